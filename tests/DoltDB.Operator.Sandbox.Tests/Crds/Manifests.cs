using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Testing;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DoltDB.Operator.Sandbox.Tests.Crds;

/// <summary>Manifests, judged by the committed definitions of the custom resources.</summary>
internal static class Manifests
{
    public const string Version = "v1alpha";

    private static readonly SchemaRegistry Registry = new();

    private static readonly Dictionary<string, ObjectSchema> Schemas = RepositoryFiles.In("config/crd")
        .Select(path => Registry.FromCrd(Parse(RepositoryFiles.Read(path)), Version))
        .ToDictionary(schema => schema.Kind);

    public static IReadOnlyCollection<string> Kinds => Schemas.Keys;

    /// <summary>The object that the server would store, and what it finds wrong with it.</summary>
    public static (JsonObject Stored, IReadOnlyList<string> Unknown, IReadOnlyList<FieldProblem> Problems) Admit(
        JsonObject manifest, JsonObject? old = null)
    {
        var schema = Schemas[manifest["kind"]!.GetValue<string>()];
        var stored = manifest.DeepClone().AsObject();
        var unknown = schema.Prune(stored);
        schema.ApplyDefaults(stored);
        return (stored, unknown, schema.Validate(stored, old));
    }

    /// <summary>An object of a kind with the given spec in YAML.</summary>
    public static JsonObject OfKind(string kind, string spec) => new()
    {
        ["apiVersion"] = "k8s.dolthub.com/" + Version,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = "sample", ["namespace"] = "default" },
        ["spec"] = Parse(spec),
    };

    /// <summary>The only document of a YAML text.</summary>
    public static JsonObject Parse(string yaml) => ParseAll(yaml).Single();

    /// <summary>The documents of a YAML text.</summary>
    public static IReadOnlyList<JsonObject> ParseAll(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => Convert(document.RootNode)!.AsObject())];
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(
            child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Convert(child.Value)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
        _ => ((YamlScalarNode)node).Value,
    };

    private static JsonNode? Plain(string text)
    {
        if (text is "" or "~" or "null")
            return null;
        return text is "true" or "false" || (text[0] is '-' or (>= '0' and <= '9') && text.All(c => c is '-' or (>= '0' and <= '9')))
            ? JsonNode.Parse(text)
            : text;
    }
}
