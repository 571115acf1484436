using System.Net;
using YamlDotNet.RepresentationModel;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// Fits a server configuration that was made for a pod to a process of this machine: it listens on the pod's own loopback address instead
/// of all interfaces, and finds its peers by address instead of by cluster DNS. Pure.
/// </summary>
internal static class DoltConfigRewriter
{
    /// <summary>The configuration with addresses; <paramref name="resolve"/> gives the address of a peer's host name, null when it knows none.</summary>
    public static string Rewrite(string yaml, IPAddress address, Func<string, IPAddress?> resolve)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }, ..])
            return yaml;
        SetIn(root, "listener", "host", address.ToString());
        SetIn(root, "metrics", "host", address.ToString());
        if (Child(root, "cluster") is YamlMappingNode cluster)
        {
            SetIn(cluster, "remotesapi", "address", address.ToString());
            foreach (var remote in (Child(cluster, "standby_remotes") as YamlSequenceNode)?.OfType<YamlMappingNode>() ?? [])
                RewriteRemote(remote, resolve);
        }

        var output = new StringWriter();
        stream.Save(output, assignAnchors: false);
        return output.ToString();
    }

    private static void RewriteRemote(YamlMappingNode remote, Func<string, IPAddress?> resolve)
    {
        const string key = "remote_url_template";
        if (Child(remote, key) is not YamlScalarNode { Value: { } template })
            return;
        var start = template.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = template.IndexOfAny([':', '/'], start);
        if (start >= 3 && end > start && resolve(template[start..end]) is { } address)
            remote.Children[new YamlScalarNode(key)] = new YamlScalarNode($"{template[..start]}{address}{template[end..]}");
    }

    private static void SetIn(YamlMappingNode parent, string section, string key, string value)
    {
        if (Child(parent, section) is YamlMappingNode mapping)
            mapping.Children[new YamlScalarNode(key)] = new YamlScalarNode(value);
    }

    private static YamlNode? Child(YamlMappingNode parent, string key) =>
        parent.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;
}
