using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>An SQL account.</summary>
[CustomResource("User", "users", ShortNames = "doltuser")]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Instance", "string", ".spec.instanceRef.name", Priority = 1)]
public sealed record User : KubernetesObject
{
    /// <summary>What the account should be.</summary>
    public UserSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public UserStatus? Status { get; init; }
}

/// <summary>Desired state of a User. It lives on exactly one of doltDBRef and instanceRef.</summary>
[CelRule("has(self.doltDBRef) != has(self.instanceRef)", "exactly one of doltDBRef and instanceRef must be given")]
public sealed record UserSpec : SqlObjectSpec
{
    /// <summary>User part of the account.</summary>
    [SchemaRequired]
    [SchemaSize(MaxLength = 80)]
    public string? Name { get; init; }

    /// <summary>Host part of the account; % (any) when left out. PostgreSQL has none.</summary>
    [SchemaSize(MaxLength = 255)]
    public string? Host { get; init; }

    /// <summary>Take over an account that was there before this object: its password is replaced, and deleting the object drops it. Without it such an account is left alone, except on a DoltDB, where it is taken over always.</summary>
    public bool? Adopt { get; init; }

    /// <summary>Password of the account.</summary>
    [SchemaRequired]
    public PasswordReference? PasswordSecretKeyRef { get; init; }

    /// <summary>How many connections the account may have at once; 0 for no limit. Not on Dolt, which ignores it.</summary>
    [SchemaRange(Minimum = 0)]
    public int? MaxUserConnections { get; init; }

    /// <summary>Refuse connections of the account that are not encrypted. Dolt takes it for new accounts only; PostgreSQL has it in pg_hba.conf instead.</summary>
    [JsonPropertyName("requireTLS")]
    public bool? RequireTls { get; init; }
}

/// <summary>The key of a Secret in the same namespace that holds a password.</summary>
[AtomicMap]
public sealed record PasswordReference : JsonShape
{
    /// <summary>Name of the Secret.</summary>
    public string? Name { get; init; }

    /// <summary>Key in the Secret.</summary>
    [SchemaRequired]
    public string? Key { get; init; }

    /// <summary>Make the Secret, or the key in it, with a random password of 32 characters when there is none. What is there is never overwritten.</summary>
    public bool? Generate { get; init; }
}

/// <summary>Observed state of a User.</summary>
public sealed record UserStatus : SqlObjectStatus
{
    /// <summary>What was last applied; an account that the spec no longer names is dropped by it.</summary>
    public AppliedUser? Applied { get; init; }

    /// <summary>The account that the spec named before, until it is dropped.</summary>
    public AppliedUser? Former { get; init; }
}

/// <summary>An account as it was last applied.</summary>
public sealed record AppliedUser : JsonShape
{
    /// <summary>The server: kind, namespace and name of the DoltDB or ExternalInstance.</summary>
    public string? Server { get; init; }

    /// <summary>User part.</summary>
    public string? Name { get; init; }

    /// <summary>Host part; absent where accounts have none.</summary>
    public string? Host { get; init; }

    /// <summary>Incarnation of the password (uid and version of its Secret) that the account was given.</summary>
    public string? Password { get; init; }
}
