using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>A built-in kind and the definition that describes it.</summary>
internal sealed record BuiltInDefinition(string Group, string Version, string Kind, string Name);

/// <summary>
/// The schemas of the built-in kinds, compiled on first use, and the way to schemas of custom resources. Safe for concurrent use.
/// </summary>
internal sealed class SchemaRegistry
{
    /// <summary>Marks a default that the server's own code fills in, as opposed to the zero value of its types.</summary>
    internal const string ServerDefaultMark = "x-server-default";

    private const string ObjectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<(string Group, string Version, string Kind), ObjectSchema?> found = new();
    private readonly Lazy<JsonObject> definitions = new(LoadDefinitions);
    private readonly Lazy<IReadOnlyList<BuiltInDefinition>> builtIns;
    private readonly SchemaCompiler compiler;

    public SchemaRegistry()
    {
        builtIns = new(() => ListBuiltIns());
        compiler = new SchemaCompiler(Definition, builtIn: true);
    }

    /// <summary>All built-in kinds with a schema.</summary>
    public IReadOnlyList<BuiltInDefinition> BuiltIns => builtIns.Value;

    /// <summary>The schema of a built-in kind; null when the kind has none.</summary>
    public ObjectSchema? Find(string group, string version, string kind) =>
        found.GetOrAdd((group, version, kind), static (key, self) => self.Compile(key.Group, key.Version, key.Kind), this);

    /// <summary>The schema of a built-in kind, or one that accepts everything.</summary>
    public ObjectSchema FindOrPermissive(string group, string version, string kind) =>
        Find(group, version, kind) ?? ObjectSchema.Permissive(group, version, kind);

    /// <summary>Compiles one version of a custom resource definition.</summary>
    /// <exception cref="SchemaException">The schema is missing, not structural, or one of its rules does not compile.</exception>
    public ObjectSchema FromCrd(JsonObject crd, string version)
    {
        SchemaNode objectMeta;
        lock (gate) objectMeta = compiler.Definition(ObjectMetaName);
        return CustomResourceSchema.Compile(crd, version, objectMeta);
    }

    /// <summary>The OpenAPI text of a named definition; null when there is none. Not to be changed by the caller.</summary>
    public JsonObject? Definition(string name) => definitions.Value[name] as JsonObject;

    private ObjectSchema? Compile(string group, string version, string kind)
    {
        var definition = BuiltIns.FirstOrDefault(b => b.Group == group && b.Version == version && b.Kind == kind);
        if (definition is null) return null;
        lock (gate)
        {
            var root = compiler.Definition(definition.Name);
            return new ObjectSchema
            {
                Group = group,
                Version = version,
                Kind = kind,
                Root = root,
                IsBuiltIn = true,
                HasStatusSubresource = root.Property("status") is not null && root.Property("spec") is not null,
            };
        }
    }

    private List<BuiltInDefinition> ListBuiltIns()
    {
        var list = new List<BuiltInDefinition>();
        foreach (var (name, value) in definitions.Value)
        {
            if ((value as JsonObject)?["x-kubernetes-group-version-kind"] is not JsonArray { Count: 1 } kinds) continue;
            var kind = kinds[0]!.AsObject();
            list.Add(new BuiltInDefinition(kind.Text("group") ?? "", kind.Text("version") ?? "", kind.Text("kind") ?? "", name));
        }

        return list;
    }

    private static JsonObject LoadDefinitions()
    {
        var schemas = Resource("built-in-schemas.json");
        foreach (var (name, defaults) in Resource("built-in-defaults.json"))
        {
            var properties = schemas[name]!["properties"]!.AsObject();
            foreach (var (property, value) in defaults!.AsObject())
            {
                var schema = properties[property]!.AsObject();
                schema["default"] = value?.DeepClone();
                schema[ServerDefaultMark] = true;
            }
        }

        // Concurrent readers must not race on the lazy parts of the tree.
        Materialize(schemas);
        return schemas;
    }

    private static void Materialize(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (_, value) in fields) Materialize(value);
                break;
            case JsonArray array:
                foreach (var item in array) Materialize(item);
                break;
        }
    }

    private static JsonObject Resource(string name)
    {
        var type = typeof(SchemaRegistry);
        using var stream = type.Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"embedded resource {name} is missing");
        using var reader = new StreamReader(stream);
        return JsonNode.Parse(reader.ReadToEnd(), documentOptions: new JsonDocumentOptions { MaxDepth = 256 })!.AsObject();
    }
}
