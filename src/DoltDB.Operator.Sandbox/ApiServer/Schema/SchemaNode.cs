using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

internal enum SchemaType
{
    Any,
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
    IntOrString,
    Quantity,
}

internal enum ListKind
{
    Atomic,
    Set,
    Map,
}

/// <summary>A field of an object: its schema and what belongs to the field rather than to its type.</summary>
internal sealed record SchemaProperty(string Name, SchemaNode Node)
{
    /// <summary>The field's element in a field set, <c>f:NAME</c>.</summary>
    public string PathKey { get; } = "f:" + Name;

    public JsonNode? Default { get; init; }

    /// <summary>The default is the zero value that the API server's own types write, not one that a user chose.</summary>
    public bool DefaultIsZeroValue { get; init; }

    public bool Nullable { get; init; }

    /// <summary>Lists are merged by strategic merge patches.</summary>
    public bool PatchMerges { get; init; }

    /// <summary>Fields that a strategic merge patch with <c>$retainKeys</c> does not name are dropped.</summary>
    public bool PatchRetainsKeys { get; init; }

    public string? PatchMergeKey { get; init; }
}

/// <summary>
/// Compiled schema of one value. Nodes of named definitions are shared and may form cycles, so children are attached once, right
/// after construction; afterwards a node never changes.
/// </summary>
internal sealed class SchemaNode
{
    /// <summary>Accepts anything and keeps everything; objects are merged field by field.</summary>
    public static readonly SchemaNode Permissive = new() { PreservesUnknown = true };

    private Dictionary<string, SchemaProperty> byName = new(0);

    public SchemaType Type { get; init; }

    public ListKind List { get; init; }

    /// <summary>Fields that identify an item of a map list, sorted by name.</summary>
    public string[] ListKeys { get; init; } = [];

    /// <summary>The object is owned and replaced as one value.</summary>
    public bool AtomicMap { get; init; }

    public bool PreservesUnknown { get; init; }

    public bool EmbeddedResource { get; init; }

    public bool Nullable { get; init; }

    public string[] Required { get; init; } = [];

    /// <summary>Limits on the value; null when the type is all there is to check.</summary>
    public ValueLimits? Limits { get; init; }

    public IReadOnlyList<CelRule> Rules { get; private set; } = [];

    /// <summary>A rule here or anywhere below.</summary>
    public bool ContainsRules { get; private set; }

    /// <summary>Defaults that depend on other fields of the same object.</summary>
    public Action<JsonObject>? ComputedDefaults { get; init; }

    public IReadOnlyList<SchemaProperty> Properties { get; private set; } = [];

    public IReadOnlyList<SchemaProperty> PropertiesWithDefault { get; private set; } = [];

    public SchemaNode? Items { get; private set; }

    public SchemaNode? AdditionalProperties { get; private set; }

    public IReadOnlyList<SchemaNode> AllOf { get; private set; } = [];

    public IReadOnlyList<SchemaNode> AnyOf { get; private set; } = [];

    public IReadOnlyList<SchemaNode> OneOf { get; private set; } = [];

    public SchemaNode? Not { get; private set; }

    /// <summary>An object whose fields are named by the schema, as opposed to a map of equal values.</summary>
    public bool IsStruct => Properties.Count > 0;

    public SchemaProperty? Property(string name) => byName.GetValueOrDefault(name);

    /// <summary>The schema of a field or map entry; null when the schema does not know the name.</summary>
    public SchemaNode? Child(string name) => byName.TryGetValue(name, out var property) ? property.Node : AdditionalProperties;

    internal void Attach(List<SchemaProperty> properties, SchemaNode? items, SchemaNode? additional)
    {
        Properties = properties;
        byName = properties.ToDictionary(p => p.Name, StringComparer.Ordinal);
        PropertiesWithDefault = [.. properties.Where(p => p.Default is not null)];
        Items = items;
        AdditionalProperties = additional;
    }

    internal void AttachCombinations(List<SchemaNode> allOf, List<SchemaNode> anyOf, List<SchemaNode> oneOf, SchemaNode? not)
    {
        AllOf = allOf;
        AnyOf = anyOf;
        OneOf = oneOf;
        Not = not;
    }

    internal void AttachRules(IReadOnlyList<CelRule> rules)
    {
        Rules = rules;
        ContainsRules = rules.Count > 0 || Items?.ContainsRules == true || AdditionalProperties?.ContainsRules == true
            || Properties.Any(p => p.Node.ContainsRules);
    }
}
