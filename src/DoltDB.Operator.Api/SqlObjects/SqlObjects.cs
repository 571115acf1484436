using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>What every SQL object says about its upkeep.</summary>
public abstract record SqlObjectSpec : JsonShape
{
    /// <summary>The DoltDB on which the object lives.</summary>
    [JsonPropertyName("doltDBRef")]
    [SchemaRequired]
    public DoltDbReference? DoltDbRef { get; init; }

    /// <summary>How often the object is looked at again, such as 30s.</summary>
    public string? RequeueInterval { get; init; }

    /// <summary>How long a failed attempt waits, such as 5s.</summary>
    public string? RetryInterval { get; init; }

    /// <summary>What deleting the object does to the database: Delete removes its counterpart there (also when left out), Skip leaves it.</summary>
    [SchemaEnum("Skip", "Delete")]
    public string? CleanupPolicy { get; init; }
}

/// <summary>Observed state of an object that only has conditions.</summary>
public sealed record ConditionsStatus : JsonShape
{
    /// <summary>Aspects of the state; Ready is one.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>A logical database with its branches and ignore patterns.</summary>
[CustomResource("Database", "databases", ShortNames = "doltdatabase")]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("CharSet", "string", ".spec.charset")]
[PrinterColumn("Collate", "string", ".spec.collation")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Name", "string", ".spec.name")]
public sealed record Database : KubernetesObject
{
    /// <summary>What the database should be.</summary>
    public DatabaseSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public ConditionsStatus? Status { get; init; }
}

/// <summary>Desired state of a Database.</summary>
public sealed record DatabaseSpec : SqlObjectSpec
{
    /// <summary>Name of the database in SQL.</summary>
    [SchemaRequired]
    [SchemaPattern("^[a-zA-Z0-9_]+$")]
    [SchemaSize(MaxLength = 80)]
    public string? Name { get; init; }

    /// <summary>Character set of the database.</summary>
    [SchemaDefault("\"utf8mb4\"")]
    public string? Charset { get; init; }

    /// <summary>Collation of the database.</summary>
    [SchemaDefault("\"utf8mb4_0900_bin\"")]
    public string? Collation { get; init; }

    /// <summary>Branches to create from main.</summary>
    public IReadOnlyList<string>? SystemBranches { get; init; }

    /// <summary>Patterns of tables that commits leave out.</summary>
    public IReadOnlyList<string>? DoltIgnorePatterns { get; init; }
}

/// <summary>An SQL account.</summary>
[CustomResource("User", "users", ShortNames = "doltuser")]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record User : KubernetesObject
{
    /// <summary>What the account should be.</summary>
    public UserSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public ConditionsStatus? Status { get; init; }
}

/// <summary>Desired state of a User.</summary>
public sealed record UserSpec : SqlObjectSpec
{
    /// <summary>User part of the account.</summary>
    [SchemaRequired]
    [SchemaSize(MaxLength = 80)]
    public string? Name { get; init; }

    /// <summary>Host part of the account; % (any) when left out.</summary>
    [SchemaSize(MaxLength = 255)]
    public string? Host { get; init; }

    /// <summary>Password of the account.</summary>
    [SchemaRequired]
    public SecretKeyReference? PasswordSecretKeyRef { get; init; }
}

/// <summary>Privileges of an account.</summary>
[CustomResource("Grant", "grants", ShortNames = "doltgrant")]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("Database", "string", ".spec.database")]
[PrinterColumn("Table", "string", ".spec.table")]
[PrinterColumn("Username", "string", ".spec.username")]
[PrinterColumn("GrantOpt", "string", ".spec.grantOption")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record Grant : KubernetesObject
{
    /// <summary>What should be granted.</summary>
    public GrantSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public ConditionsStatus? Status { get; init; }
}

/// <summary>Desired state of a Grant.</summary>
public sealed record GrantSpec : SqlObjectSpec
{
    /// <summary>Privileges such as SELECT, or ALL.</summary>
    [SchemaRequired]
    [SchemaSize(MinItems = 1)]
    public IReadOnlyList<string>? Privileges { get; init; }

    /// <summary>Database, or * for all.</summary>
    [SchemaDefault("\"*\"")]
    public string? Database { get; init; }

    /// <summary>Table, or * for all.</summary>
    [SchemaDefault("\"*\"")]
    public string? Table { get; init; }

    /// <summary>User part of the account.</summary>
    [SchemaRequired]
    public string? Username { get; init; }

    /// <summary>Host part of the account; % (any) when left out.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the account may pass the privileges on.</summary>
    [SchemaDefault("false")]
    public bool? GrantOption { get; init; }
}
