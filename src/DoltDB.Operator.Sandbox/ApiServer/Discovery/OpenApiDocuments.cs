using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Discovery;

/// <summary>OpenAPI v3: what <c>kubectl explain</c> shows, and how kubectl learns that the server validates fields itself.</summary>
internal static class OpenApiDocuments
{
    private const string Reference = "#/components/schemas/";
    private const string ObjectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    /// <summary>The list of documents: one a group and version.</summary>
    public static JsonObject Index(IReadOnlyList<ResourceType> types, long revision)
    {
        var paths = new JsonObject();
        foreach (var type in types.DistinctBy(type => (type.Group, type.Version)))
        {
            var path = PathOf(type);
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={revision}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>The document of a group and version; null when nothing of it is served.</summary>
    public static JsonObject? Document(IReadOnlyList<ResourceType> types, string path, SchemaRegistry schemas)
    {
        var served = types.Where(type => PathOf(type) == path).ToList();
        if (served.Count == 0)
            return null;
        var (paths, components) = (new JsonObject(), new JsonObject());
        foreach (var type in served)
        {
            var name = type.IsCustom ? CustomName(type) : schemas.BuiltIns.FirstOrDefault(b => b.Group == type.Group && b.Version == type.Version && b.Kind == type.Kind)?.Name;
            if (name is null)
                continue;
            if (type.IsCustom)
                AddCustom(type, name, components, schemas);
            else
                Add(name, components, schemas);
            paths[$"/{path}/{(type.Namespaced ? "namespaces/{namespace}/" : "")}{type.Plural}/{{name}}"] = Operations(type, name);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = DiscoveryHandler.GitVersion },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = components },
        };
    }

    private static string PathOf(ResourceType type) => type.Group.Length == 0 ? $"api/{type.Version}" : $"apis/{type.Group}/{type.Version}";

    private static string CustomName(ResourceType type) =>
        string.Join('.', type.Group.Split('.').Reverse().Append(type.Version).Append(type.Kind));

    private static JsonObject Operations(ResourceType type, string name)
    {
        var kind = new JsonObject { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind };
        var body = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = Reference + name } };
        var answers = new JsonObject
        {
            ["200"] = new JsonObject { ["description"] = "OK", ["content"] = new JsonObject { ["application/json"] = body } },
        };
        return new JsonObject
        {
            ["get"] = new JsonObject
            {
                ["responses"] = answers.DeepClone(), ["x-kubernetes-action"] = "get", ["x-kubernetes-group-version-kind"] = kind.DeepClone(),
            },
            ["patch"] = new JsonObject
            {
                ["parameters"] = new JsonArray(Parameter("dryRun"), Parameter("fieldManager"), Parameter("fieldValidation"), Parameter("force")),
                ["responses"] = answers,
                ["x-kubernetes-action"] = "patch",
                ["x-kubernetes-group-version-kind"] = kind,
            },
        };
    }

    private static JsonObject Parameter(string name) => new()
    {
        ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
    };

    private static void AddCustom(ResourceType type, string name, JsonObject components, SchemaRegistry schemas)
    {
        var version = type.Definition!["spec"]!["versions"]!.AsArray().First(v => v!["name"]!.ToString() == type.Version)!;
        var schema = version["schema"]?["openAPIV3Schema"]?.DeepClone().AsObject() ?? new JsonObject { ["type"] = "object" };
        if (schema["properties"] is JsonObject properties)
            properties["metadata"] = new JsonObject { ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = Reference + ObjectMeta }) };
        schema["x-kubernetes-group-version-kind"] =
            new JsonArray(new JsonObject { ["group"] = type.Group, ["version"] = type.Version, ["kind"] = type.Kind });
        components[name] = schema;
        Add(ObjectMeta, components, schemas);
    }

    /// <summary>A definition and all that it refers to.</summary>
    private static void Add(string name, JsonObject components, SchemaRegistry schemas)
    {
        if (components.ContainsKey(name) || schemas.Definition(name) is not { } definition)
            return;
        components[name] = definition.DeepClone();
        foreach (var reference in References(definition))
            Add(reference, components, schemas);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject obj => obj.SelectMany(member => member is { Key: "$ref", Value: JsonValue value }
            ? [value.GetValue<string>()[Reference.Length..]]
            : References(member.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };
}
