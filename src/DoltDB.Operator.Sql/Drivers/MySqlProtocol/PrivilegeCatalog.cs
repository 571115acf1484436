using System.Collections.Frozen;

namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>Where a grant applies.</summary>
internal enum GrantLevel
{
    /// <summary>All databases.</summary>
    Global,

    /// <summary>All tables of a database.</summary>
    Database,

    /// <summary>One table.</summary>
    Table,
}

/// <summary>The privileges that an engine has at each level. Nothing else gets into a statement.</summary>
internal sealed record PrivilegeCatalog
{
    private static readonly string[] s_table =
    [
        "ALTER", "CREATE", "CREATE VIEW", "DELETE", "DROP", "INDEX", "INSERT", "REFERENCES", "SELECT", "SHOW VIEW", "TRIGGER", "UPDATE",
    ];

    private static readonly string[] s_database =
        [.. s_table, "ALTER ROUTINE", "CREATE ROUTINE", "CREATE TEMPORARY TABLES", "EVENT", "EXECUTE", "LOCK TABLES"];

    private static readonly string[] s_global =
    [
        .. s_database, "CREATE TABLESPACE", "CREATE USER", "FILE", "PROCESS", "RELOAD", "REPLICATION CLIENT", "REPLICATION SLAVE", "SHOW DATABASES",
        "SHUTDOWN", "SUPER",
    ];

    // They come and go with versions and plugins, so that ALL need not hold them.
    private static readonly string[] s_dynamic =
    [
        "APPLICATION_PASSWORD_ADMIN", "AUDIT_ABORT_EXEMPT", "AUDIT_ADMIN", "AUTHENTICATION_POLICY_ADMIN", "BACKUP_ADMIN", "BINLOG_ADMIN",
        "BINLOG_ENCRYPTION_ADMIN", "CLONE_ADMIN", "CONNECTION_ADMIN", "ENCRYPTION_KEY_ADMIN", "FIREWALL_ADMIN", "FIREWALL_EXEMPT", "FIREWALL_USER",
        "FLUSH_OPTIMIZER_COSTS", "FLUSH_PRIVILEGES", "FLUSH_STATUS", "FLUSH_TABLES", "FLUSH_USER_RESOURCES", "GROUP_REPLICATION_ADMIN",
        "GROUP_REPLICATION_STREAM", "INNODB_REDO_LOG_ARCHIVE", "INNODB_REDO_LOG_ENABLE", "NDB_STORED_USER", "PASSWORDLESS_USER_ADMIN",
        "PERSIST_RO_VARIABLES_ADMIN", "REPLICATION_APPLIER", "REPLICATION_SLAVE_ADMIN", "RESOURCE_GROUP_ADMIN", "RESOURCE_GROUP_USER", "ROLE_ADMIN",
        "SENSITIVE_VARIABLES_OBSERVER", "SERVICE_CONNECTION_ADMIN", "SESSION_VARIABLES_ADMIN", "SET_ANY_DEFINER", "SET_USER_ID", "SHOW_ROUTINE",
        "SKIP_QUERY_REWRITE", "SYSTEM_USER", "SYSTEM_VARIABLES_ADMIN", "TABLE_ENCRYPTION_ADMIN", "TELEMETRY_LOG_ADMIN", "TP_CONNECTION_ADMIN",
        "VERSION_TOKEN_ADMIN", "XA_RECOVER_ADMIN",
    ];

    // Who clones over the remotes API needs the first.
    private static readonly string[] s_doltDynamic = ["CLONE_ADMIN", "REPLICATION_SLAVE_ADMIN"];

    private static readonly string[] s_mariaDb =
    [
        "BINLOG ADMIN", "BINLOG MONITOR", "BINLOG REPLAY", "CONNECTION ADMIN", "FEDERATED ADMIN", "READ_ONLY ADMIN", "REPLICATION MASTER ADMIN",
        "REPLICATION SLAVE ADMIN", "SET USER", "SLAVE MONITOR",
    ];

    public static readonly PrivilegeCatalog Dolt = new()
    {
        Engine = "Dolt",
        Levels = ToSets([.. s_global, "CREATE ROLE", "DROP ROLE"], s_database, s_table),
        Optional = s_doltDynamic.ToFrozenSet(),
    };

    public static readonly PrivilegeCatalog MySql = new()
    {
        Engine = "MySQL",
        Levels = ToSets([.. s_global, "CREATE ROLE", "DROP ROLE"], s_database, s_table),
        Optional = s_dynamic.ToFrozenSet(),
    };

    public static readonly PrivilegeCatalog MariaDb = new()
    {
        Engine = "MariaDB",
        Levels = ToSets(
            [.. s_global.Where(name => name != "REPLICATION CLIENT"), .. s_mariaDb],
            [.. s_database, "DELETE HISTORY", "SHOW CREATE ROUTINE"],
            [.. s_table, "DELETE HISTORY"]),
        Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["REPLICATION CLIENT"] = "BINLOG MONITOR",
            ["REPLICATION REPLICA"] = "REPLICATION SLAVE",
            ["REPLICATION REPLICA ADMIN"] = "REPLICATION SLAVE ADMIN",
            ["REPLICA MONITOR"] = "SLAVE MONITOR",
            ["DELETE VERSIONING ROWS"] = "DELETE HISTORY",
        }.ToFrozenDictionary(),
    };

    private static readonly PrivilegeCatalog[] s_all = [Dolt, MySql, MariaDb];

    /// <summary>Name of the engine in messages.</summary>
    public required string Engine { get; init; }

    /// <summary>Names by level, as SHOW GRANTS prints them.</summary>
    public required FrozenDictionary<GrantLevel, FrozenSet<string>> Levels { get; init; }

    /// <summary>Names that can be granted globally, though ALL need not hold them.</summary>
    public FrozenSet<string> Optional { get; init; } = [];

    /// <summary>Other names of privileges.</summary>
    public FrozenDictionary<string, string> Aliases { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>What ALL means at least: what every version of the engine expands it to.</summary>
    public IEnumerable<string> AllAt(GrantLevel level) => Levels[level].Where(name => name is not ("DELETE HISTORY" or "SHOW CREATE ROUTINE"));

    /// <summary>The name of a privilege as SHOW GRANTS prints it.</summary>
    /// <exception cref="DriverException">Invalid for a name that is none, or that belongs to another level; Unsupported for one that the engine lacks.</exception>
    public string Resolve(string privilege, GrantLevel level)
    {
        var name = Normalize(privilege);
        name = Aliases.GetValueOrDefault(name, name);
        if (Levels[level].Contains(name) || (level == GrantLevel.Global && Optional.Contains(name)))
            return name;
        if (Knows(name))
            throw NameRules.Invalid($"privilege {name} cannot be granted on {Describe(level)}");
        if (IsKnown(name) || name is "PROXY")
            throw new DriverException(DriverError.Unsupported, $"{Engine} has no privilege {name}");
        throw NameRules.Invalid($"there is no privilege {privilege}");
    }

    /// <summary>Upper case, one space between words.</summary>
    public static string Normalize(string privilege) =>
        string.Join(' ', privilege.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>Whether any engine of this protocol has a privilege of that name.</summary>
    public static bool IsKnown(string name) => s_all.Any(catalog => catalog.Knows(name) || catalog.Aliases.ContainsKey(name));

    private bool Knows(string name) => Levels[GrantLevel.Global].Contains(name) || Levels[GrantLevel.Database].Contains(name) || Optional.Contains(name);

    private static string Describe(GrantLevel level) => level switch
    {
        GrantLevel.Global => "all databases",
        GrantLevel.Database => "a database",
        _ => "a table",
    };

    private static FrozenDictionary<GrantLevel, FrozenSet<string>> ToSets(string[] global, string[] database, string[] table) =>
        new Dictionary<GrantLevel, FrozenSet<string>>
        {
            [GrantLevel.Global] = global.ToFrozenSet(StringComparer.Ordinal),
            [GrantLevel.Database] = database.ToFrozenSet(StringComparer.Ordinal),
            [GrantLevel.Table] = table.ToFrozenSet(StringComparer.Ordinal),
        }.ToFrozenDictionary();
}
