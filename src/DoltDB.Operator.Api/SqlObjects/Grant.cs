using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

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
[PrinterColumn("Instance", "string", ".spec.instanceRef.name", Priority = 1)]
public sealed record Grant : KubernetesObject
{
    /// <summary>What should be granted.</summary>
    public GrantSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public GrantStatus? Status { get; init; }
}

/// <summary>Desired state of a Grant. It lives on exactly one of doltDBRef and instanceRef.</summary>
[CelRule("has(self.doltDBRef) != has(self.instanceRef)", "exactly one of doltDBRef and instanceRef must be given")]
[CelRule("has(self.privileges) != has(self.roles)", "exactly one of privileges and roles must be given")]
public sealed record GrantSpec : SqlObjectSpec
{
    /// <summary>Privileges such as SELECT, or ALL.</summary>
    [SchemaSize(MinItems = 1)]
    public IReadOnlyList<string>? Privileges { get; init; }

    /// <summary>Roles that the account becomes a member of, instead of privileges. MySQL, MariaDB and PostgreSQL; the target does not matter then.</summary>
    [SchemaSize(MinItems = 1)]
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Database, or * for all.</summary>
    [SchemaDefault("\"*\"")]
    public string? Database { get; init; }

    /// <summary>Table, or * for all. In PostgreSQL schema.table, or schema.*; without a schema it is public.</summary>
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

/// <summary>Observed state of a Grant.</summary>
public sealed record GrantStatus : SqlObjectStatus
{
    /// <summary>What was last applied; what the spec no longer says is revoked by it.</summary>
    public AppliedGrant? Applied { get; init; }
}

/// <summary>A grant as it was last applied.</summary>
public sealed record AppliedGrant : JsonShape
{
    /// <summary>The server: kind, namespace and name of the DoltDB or ExternalInstance.</summary>
    public string? Server { get; init; }

    /// <summary>Privileges; absent for roles.</summary>
    public IReadOnlyList<string>? Privileges { get; init; }

    /// <summary>Roles; absent for privileges.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Database, or * for all.</summary>
    public string? Database { get; init; }

    /// <summary>Table, or * for all.</summary>
    public string? Table { get; init; }

    /// <summary>User part of the account.</summary>
    public string? Username { get; init; }

    /// <summary>Host part of the account; absent where accounts have none.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the account may pass the privileges on.</summary>
    public bool? GrantOption { get; init; }
}
