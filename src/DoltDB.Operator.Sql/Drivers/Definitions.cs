namespace DoltDB.Operator.Sql.Drivers;

/// <summary>What an engine has. What it lacks is refused with <see cref="DriverError.Unsupported"/> before anything is changed.</summary>
[Flags]
public enum DriverCapabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Databases.</summary>
    Databases = 1,

    /// <summary>Accounts.</summary>
    Users = 1 << 1,

    /// <summary>Privileges.</summary>
    Grants = 1 << 2,

    /// <summary>Roles that accounts can be members of.</summary>
    Roles = 1 << 3,

    /// <summary>A limit of connections an account.</summary>
    MaxUserConnections = 1 << 4,

    /// <summary>Accounts that must connect encrypted.</summary>
    RequireTLS = 1 << 5,

    /// <summary>Branches and ignore patterns.</summary>
    Branches = 1 << 6,

    /// <summary>Accounts have a host part.</summary>
    Hosts = 1 << 7,
}

/// <summary>What a server says of itself.</summary>
/// <param name="Version">Version of the engine, such as 10.11.6-MariaDB.</param>
/// <param name="Capabilities">What can be managed with the account that logged in.</param>
public sealed record ServerDescription(string Version, DriverCapabilities Capabilities);

/// <summary>A database as it is.</summary>
/// <param name="Charset">Character set or encoding; null where the engine does not tell.</param>
/// <param name="Collation">Collation; null where the engine does not tell.</param>
public sealed record DatabaseState(string? Charset, string? Collation);

/// <summary>A database as it should be.</summary>
public sealed record DatabaseDefinition
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Character set; null leaves it to the server.</summary>
    public string? Charset { get; init; }

    /// <summary>Collation; null leaves it to the server.</summary>
    public string? Collation { get; init; }

    /// <summary>Branches. Dolt only.</summary>
    public IReadOnlyList<string> Branches { get; init; } = [];

    /// <summary>Patterns of tables that commits leave out. Dolt only.</summary>
    public IReadOnlyList<string> IgnorePatterns { get; init; } = [];
}

/// <summary>An account by its parts.</summary>
/// <param name="User">User part.</param>
/// <param name="Host">Host part, % for any; ignored where accounts have none.</param>
public sealed record AccountName(string User, string Host)
{
    /// <inheritdoc/>
    public override string ToString() => $"'{User}'@'{Host}'";
}

/// <summary>An account as it should be.</summary>
public sealed record AccountDefinition
{
    /// <summary>Who.</summary>
    public required AccountName Name { get; init; }

    /// <summary>Password. Never logged, never part of <see cref="ToString"/>.</summary>
    public required string Password { get; init; }

    /// <summary>
    /// Whether the account is known to have this password, because it was given it and the Secret has not changed since. Used only where the server
    /// cannot be asked whether a password fits: without it the password is set again.
    /// </summary>
    public bool IsPasswordApplied { get; init; }

    /// <summary>Most connections at once, 0 for no limit; null leaves it as it is.</summary>
    public int? MaxUserConnections { get; init; }

    /// <summary>Whether connections must be encrypted; null leaves it as it is.</summary>
    public bool? RequireTls { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name.ToString();
}

/// <summary>Privileges on a target, or roles.</summary>
public sealed record GrantDefinition
{
    /// <summary>Who.</summary>
    public required AccountName Account { get; init; }

    /// <summary>Privileges such as SELECT, or ALL; empty for roles, and for revoking the grant option alone.</summary>
    public IReadOnlyList<string> Privileges { get; init; } = [];

    /// <summary>Roles; empty for privileges.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Database, or * for all, which PostgreSQL does not have.</summary>
    public string Database { get; init; } = "*";

    /// <summary>Table, or * for all; in PostgreSQL schema.table, schema.*, or a table of schema public.</summary>
    public string Table { get; init; } = "*";

    /// <summary>Whether the account may pass them on.</summary>
    public bool WithGrantOption { get; init; }
}
