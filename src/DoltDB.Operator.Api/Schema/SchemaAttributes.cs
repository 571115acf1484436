namespace DoltDB.Operator.Api.Schema;

/// <summary>The member is passed through untouched; its schema is the named one of Kubernetes' own OpenAPI document.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CoreSchemaAttribute(string name) : Attribute
{
    /// <summary>Name of the schema, <c>io.k8s.api.core.v1.Affinity</c>.</summary>
    public string Name { get; } = name;
}

/// <summary>The schema default, as JSON: <c>"utf8mb4"</c> with its quotes, <c>3306</c>, <c>{"periodSeconds":40}</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaDefaultAttribute(string json) : Attribute
{
    /// <summary>The default as JSON.</summary>
    public string Json { get; } = json;
}

/// <summary>The member must be given.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaRequiredAttribute : Attribute;

/// <summary>Bounds of a number, both inclusive.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaRangeAttribute : Attribute
{
    /// <summary>Least value; none when NaN.</summary>
    public double Minimum { get; init; } = double.NaN;

    /// <summary>Greatest value; none when NaN.</summary>
    public double Maximum { get; init; } = double.NaN;
}

/// <summary>Bounds of sizes; -1 means none.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class SchemaSizeAttribute : Attribute
{
    /// <summary>Fewest characters of a text.</summary>
    public int MinLength { get; init; } = -1;

    /// <summary>Most characters of a text.</summary>
    public int MaxLength { get; init; } = -1;

    /// <summary>Fewest elements of a list.</summary>
    public int MinItems { get; init; } = -1;

    /// <summary>Most elements of a list.</summary>
    public int MaxItems { get; init; } = -1;

    /// <summary>Most characters of each element of a list of texts.</summary>
    public int ItemMaxLength { get; init; } = -1;

    /// <summary>Fewest members of an object.</summary>
    public int MinProperties { get; init; } = -1;

    /// <summary>Most members of an object.</summary>
    public int MaxProperties { get; init; } = -1;
}

/// <summary>The regular expression that a text must match.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaPatternAttribute(string pattern) : Attribute
{
    /// <summary>The pattern.</summary>
    public string Pattern { get; } = pattern;
}

/// <summary>The values that a text may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaEnumAttribute(params string[] values) : Attribute
{
    /// <summary>The values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>A list whose elements are identified by the named members.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    /// <summary>The identifying members.</summary>
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary>Objects of the type are applied as a whole: two appliers cannot own parts of one.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AtomicMapAttribute : Attribute;

/// <summary>A CEL rule of the object.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    /// <summary>The expression, true for what is valid.</summary>
    public string Rule { get; } = rule;

    /// <summary>What to tell who breaks it.</summary>
    public string Message { get; } = message;

    /// <summary>Path below the object at which the failure is reported.</summary>
    public string? FieldPath { get; init; }
}

/// <summary>What the definition of a kind says beside its schema.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CustomResourceAttribute(string kind, string plural) : Attribute
{
    /// <summary>API group of all kinds.</summary>
    public const string Group = "k8s.dolthub.com";

    /// <summary>API version of all kinds.</summary>
    public const string Version = "v1alpha";

    /// <summary>Kind.</summary>
    public string Kind { get; } = kind;

    /// <summary>Name in URLs.</summary>
    public string Plural { get; } = plural;

    /// <summary>Short names, separated by commas.</summary>
    public string ShortNames { get; init; } = "";

    /// <summary>Whether the kind has a scale subresource on spec.replicas.</summary>
    public bool Scalable { get; init; }
}

/// <summary>A column of <c>kubectl get</c>, in order of declaration.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PrinterColumnAttribute(string name, string type, string jsonPath) : Attribute
{
    /// <summary>Heading.</summary>
    public string Name { get; } = name;

    /// <summary>OpenAPI type: string, integer, boolean or date.</summary>
    public string Type { get; } = type;

    /// <summary>Where the value is.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Greater than zero: shown only with <c>-o wide</c>.</summary>
    public int Priority { get; init; }
}
