using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>
/// Turns OpenAPI v3 schemas into <see cref="SchemaNode"/> trees. Named definitions are compiled once and shared; a definition may refer
/// to itself. Not safe for concurrent use: its owner holds a lock.
/// </summary>
internal sealed class SchemaCompiler(Func<string, JsonObject?> definitions, bool builtIn, SchemaNode? objectMeta = null)
{
    private const string ReferencePrefix = "#/components/schemas/";

    private string? resourcePath;

    private readonly Dictionary<string, SchemaNode> compiled = new(StringComparer.Ordinal);

    /// <summary>The node of a named definition; permissive when there is no such definition.</summary>
    public SchemaNode Definition(string name)
    {
        if (compiled.TryGetValue(name, out var known)) return known;
        if (definitions(name) is not { } schema) return SchemaNode.Permissive;
        return Compile(schema, name, name);
    }

    /// <summary>Compiles an inline schema. <paramref name="path"/> is named in errors.</summary>
    public SchemaNode Compile(JsonObject schema, string path) => Compile(schema, path, null);

    /// <summary>Compiles the schema of a whole resource, whose metadata is that of every object.</summary>
    public SchemaNode CompileResource(JsonObject schema, string path)
    {
        resourcePath = path;
        return Compile(schema, path, null);
    }

    private SchemaNode Compile(JsonObject schema, string path, string? definition)
    {
        if (Reference(schema) is { } reference && Refines(schema) is false) return Definition(reference);
        if (Reference(schema) is { } refined) schema = Refine(refined, schema);
        var node = Shell(schema, path, definition);
        if (definition is not null) compiled[definition] = node;
        node.Attach(Properties(schema, path), Child(schema, "items", path), Child(schema, "additionalProperties", path));
        if (!builtIn)
        {
            node.AttachCombinations(Parts(schema, "allOf", path), Parts(schema, "anyOf", path), Parts(schema, "oneOf", path),
                Child(schema, "not", path));
            node.AttachRules(CelRule.CompileAll(schema["x-kubernetes-validations"] as JsonArray, node, path));
        }

        return node;
    }

    private SchemaNode Shell(JsonObject schema, string path, string? definition) => new()
    {
        Type = TypeOf(schema, definition, path),
        List = schema.Text("x-kubernetes-list-type") switch { "map" => ListKind.Map, "set" => ListKind.Set, _ => ListKind.Atomic },
        ListKeys = Strings(schema, "x-kubernetes-list-map-keys", sorted: true),
        AtomicMap = schema.Text("x-kubernetes-map-type") == "atomic" || (builtIn && IsOpen(schema)),
        PreservesUnknown = schema.Flag("x-kubernetes-preserve-unknown-fields") || IsOpen(schema),
        EmbeddedResource = schema.Flag("x-kubernetes-embedded-resource"),
        Nullable = schema.Flag("nullable"),
        Required = Strings(schema, "required", sorted: false),
        Limits = ValueLimits.Read(schema, path),
        ComputedDefaults = definition is null ? null : BuiltInDefaults.For(definition),
    };

    /// <summary>A built-in object without any structure is raw JSON; in a custom resource it is an object without fields.</summary>
    private bool IsOpen(JsonObject schema) =>
        (builtIn && schema["properties"] is null && schema["additionalProperties"] is null && schema.Text("type") is (null or "object"))
        || (schema["additionalProperties"] is JsonValue open && open.TryGetValue(out bool allowed) && allowed);

    private static SchemaType TypeOf(JsonObject schema, string? definition, string path)
    {
        if (schema.Flag("x-kubernetes-int-or-string") || schema.Text("format") == "int-or-string") return SchemaType.IntOrString;
        if (definition?.EndsWith(".resource.Quantity", StringComparison.Ordinal) == true) return SchemaType.Quantity;
        return schema.Text("type") switch
        {
            null or "" => SchemaType.Any,
            "object" => SchemaType.Object,
            "array" => SchemaType.Array,
            "string" => SchemaType.String,
            "integer" => SchemaType.Integer,
            "number" => SchemaType.Number,
            "boolean" => SchemaType.Boolean,
            var other => throw new SchemaException(path + ".type", $"Unsupported value: {JsonFacts.Quote(other)}"),
        };
    }

    private List<SchemaProperty> Properties(JsonObject schema, string path)
    {
        var properties = new List<SchemaProperty>();
        if (schema["properties"] is not JsonObject declared) return properties;
        foreach (var (name, value) in declared)
        {
            if (value is not JsonObject child) continue;
            if (name == "metadata" && objectMeta is not null && (path == resourcePath || schema.Flag("x-kubernetes-embedded-resource")))
            {
                properties.Add(new SchemaProperty(name, objectMeta));
                continue;
            }

            properties.Add(Property(name, child, $"{path}.properties[{name}]"));
        }

        return properties;
    }

    private SchemaProperty Property(string name, JsonObject schema, string path)
    {
        var strategy = schema.Text("x-kubernetes-patch-strategy") ?? "";
        var value = schema["default"];
        return new SchemaProperty(name, Compile(schema, path))
        {
            Default = value?.DeepClone(),
            DefaultIsZeroValue = builtIn && IsZero(value) && !schema.Flag(SchemaRegistry.ServerDefaultMark),
            Nullable = schema.Flag("nullable"),
            PatchMerges = strategy.Contains("merge", StringComparison.Ordinal),
            PatchRetainsKeys = strategy.Contains("retainKeys", StringComparison.Ordinal),
            PatchMergeKey = schema.Text("x-kubernetes-patch-merge-key"),
        };
    }

    private static bool IsZero(JsonNode? value) => value switch
    {
        JsonObject { Count: 0 } => true,
        JsonValue scalar => JsonFacts.Show(scalar) is "\"\"" or "0" or "false",
        _ => false,
    };

    private SchemaNode? Child(JsonObject schema, string name, string path) =>
        schema[name] is JsonObject child ? Compile(child, $"{path}.{name}") : null;

    private List<SchemaNode> Parts(JsonObject schema, string name, string path)
    {
        var parts = new List<SchemaNode>();
        if (schema[name] is not JsonArray array || schema.Flag("x-kubernetes-int-or-string")) return parts;
        for (var i = 0; i < array.Count; i++)
        {
            if (array[i] is JsonObject part) parts.Add(Compile(part, $"{path}.{name}[{i}]"));
        }

        return parts;
    }

    private static string? Reference(JsonObject schema)
    {
        var target = schema.Text("$ref")
            ?? (schema["allOf"] is JsonArray { Count: 1 } parts && parts[0] is JsonObject only ? only.Text("$ref") : null);
        return target?.StartsWith(ReferencePrefix, StringComparison.Ordinal) == true ? target[ReferencePrefix.Length..] : null;
    }

    /// <summary>Whether the schema changes the type it refers to, beyond what belongs to the field.</summary>
    private static bool Refines(JsonObject schema)
    {
        foreach (var (name, _) in schema)
        {
            if (name is "x-kubernetes-map-type" or "x-kubernetes-list-type" or "enum") return true;
        }

        return false;
    }

    private JsonObject Refine(string reference, JsonObject schema)
    {
        var merged = definitions(reference)?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in schema)
        {
            if (name is not ("$ref" or "allOf" or "default")) merged[name] = value?.DeepClone();
        }

        return merged;
    }

    private static string[] Strings(JsonObject schema, string name, bool sorted)
    {
        if (schema[name] is not JsonArray array) return [];
        var strings = array.Select(n => JsonFacts.TryString(n, out var text) ? text : "").ToArray();
        if (sorted) Array.Sort(strings, StringComparer.Ordinal);
        return strings;
    }
}
