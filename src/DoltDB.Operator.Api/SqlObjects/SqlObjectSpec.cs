using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>What every SQL object says about where it lives and about its upkeep.</summary>
public abstract record SqlObjectSpec : JsonShape
{
    /// <summary>The DoltDB on which the object lives.</summary>
    [JsonPropertyName("doltDBRef")]
    public DoltDbReference? DoltDbRef { get; init; }

    /// <summary>The ExternalInstance on which the object lives, instead of a DoltDB.</summary>
    public InstanceReference? InstanceRef { get; init; }

    /// <summary>How often the object is looked at again, such as 30s.</summary>
    public string? RequeueInterval { get; init; }

    /// <summary>How long a failed attempt waits, such as 5s.</summary>
    public string? RetryInterval { get; init; }

    /// <summary>What deleting the object does to the database: Delete removes its counterpart there (also when left out), Skip leaves it.</summary>
    [SchemaEnum("Skip", "Delete")]
    public string? CleanupPolicy { get; init; }
}

/// <summary>An ExternalInstance by name, in the referring object's namespace when none is given.</summary>
public sealed record InstanceReference : JsonShape
{
    /// <summary>Name of the ExternalInstance.</summary>
    [SchemaRequired]
    [SchemaSize(MinLength = 1, MaxLength = 253)]
    public string? Name { get; init; }

    /// <summary>Namespace of the ExternalInstance, which must allow this one.</summary>
    public string? Namespace { get; init; }
}

/// <summary>What the status of every SQL object says.</summary>
public abstract record SqlObjectStatus : JsonShape
{
    /// <summary>Generation of the spec that the status is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Aspects of the state; Ready is one.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>Observed state of an object that only has conditions.</summary>
public sealed record ConditionsStatus : JsonShape
{
    /// <summary>Aspects of the state; Ready is one.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
