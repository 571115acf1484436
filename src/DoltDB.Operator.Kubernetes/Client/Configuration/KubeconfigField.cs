using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>A place in a kubeconfig file that can say where it is.</summary>
internal sealed record KubeconfigField(string File, string Path, YamlNode Node)
{
    /// <summary>File and field, for messages.</summary>
    public string Where => Path.Length == 0 ? File : $"{File}: {Path}";

    /// <summary>The directory that relative paths of this file start from.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(File)) ?? "/";

    /// <summary>Reads a file.</summary>
    public static KubeconfigField Read(string file)
    {
        try
        {
            var yaml = new YamlStream();
            using (var reader = new StreamReader(file))
                yaml.Load(reader);
            return new KubeconfigField(file, "", yaml.Documents.Count > 0 ? yaml.Documents[0].RootNode : new YamlMappingNode());
        }
        catch (YamlException exception)
        {
            throw new KubeconfigException($"{file}: line {exception.Start.Line}: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{file}: {exception.Message}", exception);
        }
    }

    /// <summary>The member of that name; null when it is absent or null.</summary>
    public KubeconfigField? Member(string name)
    {
        if (Node is not YamlMappingNode map)
            throw Wrong("must be a map");
        return map.Children.TryGetValue(new YamlScalarNode(name), out var node) && !IsNull(node)
            ? new KubeconfigField(File, Path.Length == 0 ? name : $"{Path}.{name}", node)
            : null;
    }

    /// <summary>The member of that name, which must be there.</summary>
    public KubeconfigField Required(string name) =>
        Member(name) ?? throw new KubeconfigException($"{File}: {(Path.Length == 0 ? name : $"{Path}.{name}")}: is missing");

    /// <summary>The text of a member; null when it is absent or empty.</summary>
    public string? Text(string name) => Member(name)?.Text() is { Length: > 0 } text ? text : null;

    /// <summary>The text itself.</summary>
    public string Text() => Node is YamlScalarNode { Value: { } value } ? value : throw Wrong("must be a text");

    /// <summary>A yes or no; no when the member is absent.</summary>
    public bool Flag(string name) => Member(name) is { } member
        && (member.Text() switch
        {
            "true" => true,
            "false" => false,
            _ => throw member.Wrong("must be true or false"),
        });

    /// <summary>Elements of a list; none when the member is absent.</summary>
    public IEnumerable<KubeconfigField> Elements(string name)
    {
        if (Member(name) is not { } member)
            return [];
        return member.Node is YamlSequenceNode list
            ? list.Children.Select((node, i) => new KubeconfigField(File, $"{member.Path}[{i}]", node))
            : throw member.Wrong("must be a list");
    }

    /// <summary>A path that the file gives relative to itself.</summary>
    public string? FilePath(string name) => Text(name) is { } path ? System.IO.Path.Combine(Directory, path) : null;

    /// <summary>The exception that says what is wrong here.</summary>
    public KubeconfigException Wrong(string what, Exception? inner = null) => new($"{Where}: {what}", inner);

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or null };
}
