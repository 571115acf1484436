using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>A logical database on a DoltDB or on a server that is not ours.</summary>
[CustomResource("Database", "databases", ShortNames = "doltdatabase")]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("CharSet", "string", ".spec.charset")]
[PrinterColumn("Collate", "string", ".spec.collation")]
[PrinterColumn("DoltDB", "string", ".spec.doltDBRef.name")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[PrinterColumn("Name", "string", ".spec.name")]
[PrinterColumn("Phase", "string", ".status.phase", Priority = 1)]
[PrinterColumn("Instance", "string", ".spec.instanceRef.name", Priority = 1)]
[PrinterColumn("Secret", "string", ".status.binding.name", Priority = 1)]
public sealed record Database : KubernetesObject
{
    /// <summary>What the database should be.</summary>
    public DatabaseSpec? Spec { get; init; }

    /// <summary>What the operator sees of it.</summary>
    public DatabaseStatus? Status { get; init; }
}

/// <summary>Desired state of a Database. It lives on exactly one of doltDBRef, instanceRef and driver.</summary>
[CelRule(
    "(has(self.doltDBRef) ? 1 : 0) + (has(self.instanceRef) ? 1 : 0) + (has(self.driver) ? 1 : 0) == 1",
    "exactly one of doltDBRef, instanceRef and driver must be given")]
[CelRule("has(self.driver) || (!has(self.connect) && !has(self.credentials))", "connect and credentials belong to driver")]
public sealed record DatabaseSpec : SqlObjectSpec
{
    /// <summary>Name of the database in SQL.</summary>
    [SchemaRequired]
    [SchemaPattern("^[a-zA-Z0-9_]+$")]
    [SchemaSize(MaxLength = 80)]
    public string? Name { get; init; }

    /// <summary>Character set of the database; PostgreSQL takes an encoding here. On a server that is no DoltDB, utf8mb4 stands for the server's own.</summary>
    [SchemaDefault("\"utf8mb4\"")]
    public string? Charset { get; init; }

    /// <summary>Collation of the database. On a server that is no DoltDB, utf8mb4_0900_bin stands for the server's own.</summary>
    [SchemaDefault("\"utf8mb4_0900_bin\"")]
    public string? Collation { get; init; }

    /// <summary>Branches to create from main. Dolt only.</summary>
    public IReadOnlyList<string>? SystemBranches { get; init; }

    /// <summary>Patterns of tables that commits leave out. Dolt only.</summary>
    public IReadOnlyList<string>? DoltIgnorePatterns { get; init; }

    /// <summary>Take over a database that was there before this object: deleting the object may then drop it. Without it such a database is kept up but never dropped. The same goes for the account of its owner, which without it is not touched, except on a DoltDB.</summary>
    public bool? Adopt { get; init; }

    /// <summary>An account that owns the database: a User and a Grant are made for it.</summary>
    public DatabaseOwner? Owner { get; init; }

    /// <summary>A Secret with everything that an application needs to connect. Without userRef and owner an owner of the database's name is made.</summary>
    public ConnectionSecretOptions? ConnectionSecret { get; init; }

    /// <summary>What is decided about a last backup before the database is dropped.</summary>
    public FinalBackupOptions? FinalBackup { get; init; }

    /// <summary>Shorthand for an ExternalInstance: an engine (mysql, mariadb, postgresql, dolt) or the name of a DatabaseDriver of this namespace.</summary>
    [SchemaSize(MinLength = 1, MaxLength = 253)]
    public string? Driver { get; init; }

    /// <summary>With driver: host and port, sslmode (disable, require, verify-ca, verify-full), and what else the driver reads.</summary>
    public Dictionary<string, string>? Connect { get; init; }

    /// <summary>With driver: the account that may create and drop databases.</summary>
    public InlineCredentials? Credentials { get; init; }
}

/// <summary>The account that owns a database.</summary>
public sealed record DatabaseOwner : JsonShape
{
    /// <summary>User part of the account; the database's name when left out.</summary>
    [SchemaSize(MinLength = 1, MaxLength = 80)]
    public string? Name { get; init; }

    /// <summary>Host part of the account; % (any) when left out.</summary>
    [SchemaSize(MaxLength = 255)]
    public string? Host { get; init; }

    /// <summary>Password of the account; when left out one is generated in the Secret NAME-owner, key password.</summary>
    public PasswordReference? PasswordSecretKeyRef { get; init; }

    /// <summary>Privileges on the database; ALL when left out.</summary>
    [SchemaSize(MinItems = 1)]
    public IReadOnlyList<string>? Privileges { get; init; }
}

/// <summary>The Secret for applications.</summary>
public sealed record ConnectionSecretOptions : JsonShape
{
    /// <summary>Name of the Secret; the Database's when left out.</summary>
    [SchemaSize(MinLength = 1, MaxLength = 253)]
    public string? Name { get; init; }

    /// <summary>Labels of the Secret.</summary>
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>The User whose name and password go into the Secret; the owner's when left out.</summary>
    public LocalReference? UserRef { get; init; }
}

/// <summary>An object of the same namespace by name.</summary>
public sealed record LocalReference : JsonShape
{
    /// <summary>Name of the object.</summary>
    [SchemaRequired]
    [SchemaSize(MinLength = 1, MaxLength = 253)]
    public string? Name { get; init; }
}

/// <summary>What is decided about a last backup.</summary>
public sealed record FinalBackupOptions : JsonShape
{
    /// <summary>True says that no last backup is wanted. A database on a server that is not ours is not dropped before that is decided.</summary>
    public bool? Skip { get; init; }
}

/// <summary>User and password of the account that manages databases.</summary>
public sealed record InlineCredentials : JsonShape
{
    /// <summary>User name.</summary>
    [SchemaRequired]
    public CredentialSource? Username { get; init; }

    /// <summary>Password. A literal value can be read by everyone who can read the object: prefer valueFrom.</summary>
    [SchemaRequired]
    public CredentialSource? Password { get; init; }
}

/// <summary>A text, given or in a Secret of the same namespace.</summary>
[CelRule("has(self.value) != has(self.valueFrom)", "exactly one of value and valueFrom must be given")]
public sealed record CredentialSource : JsonShape
{
    /// <summary>The text.</summary>
    public string? Value { get; init; }

    /// <summary>Where the text is.</summary>
    public CredentialLocation? ValueFrom { get; init; }
}

/// <summary>Where a credential is.</summary>
public sealed record CredentialLocation : JsonShape
{
    /// <summary>A key of a Secret in the same namespace.</summary>
    [SchemaRequired]
    public SecretKeyReference? SecretKeyRef { get; init; }
}

/// <summary>Observed state of a Database.</summary>
public sealed record DatabaseStatus : SqlObjectStatus
{
    /// <summary>Pending, Creating, Ready, BackingUp, FinalBackup, Deleting or Failed: a summary of the conditions.</summary>
    public string? Phase { get; init; }

    /// <summary>What was last applied; what the spec no longer says is taken back from here.</summary>
    public AppliedDatabase? Applied { get; init; }

    /// <summary>Whether the database was there before this object.</summary>
    public bool? Adopted { get; init; }

    /// <summary>The connection Secret (Service Binding specification).</summary>
    public BindingStatus? Binding { get; init; }
}

/// <summary>A database as it was last applied.</summary>
public sealed record AppliedDatabase : JsonShape
{
    /// <summary>The server: kind, namespace and name of the DoltDB or ExternalInstance.</summary>
    public string? Server { get; init; }

    /// <summary>Name in SQL.</summary>
    public string? Name { get; init; }

    /// <summary>Branches that were asked for.</summary>
    public IReadOnlyList<string>? SystemBranches { get; init; }

    /// <summary>Patterns that were asked for.</summary>
    public IReadOnlyList<string>? DoltIgnorePatterns { get; init; }

    /// <summary>The owner's account.</summary>
    public AppliedUser? Owner { get; init; }

    /// <summary>What a DatabaseDriver was last run for.</summary>
    public string? Revision { get; init; }
}

/// <summary>A Secret that applications bind to.</summary>
public sealed record BindingStatus : JsonShape
{
    /// <summary>Name of the Secret.</summary>
    public string? Name { get; init; }
}
