namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>In what the engines that speak the MySQL protocol differ.</summary>
internal sealed record MySqlDialect
{
    private static readonly string[] s_systemDatabases = ["information_schema", "mysql", "performance_schema", "sys"];
    private static readonly string[] s_systemUsers = ["mysql.sys", "mysql.session", "mysql.infoschema", "mariadb.sys", "rdsadmin"];

    public static readonly MySqlDialect Dolt = new()
    {
        Privileges = PrivilegeCatalog.Dolt,
        NameComparer = StringComparer.OrdinalIgnoreCase,
        FindsAccountsByHost = true,
        Names = new()
        {
            User = 32,
            Identifier = 64,
            Unit = NameUnit.Characters,
            BasicPlaneOnly = true,
            // A slash separates a database from its revision; how Dolt prints a backtick within a name in SHOW GRANTS is not documented.
            Forbidden = "/`",
            SystemDatabases = new HashSet<string>(["information_schema", "mysql", "performance_schema", "dolt_cluster"], StringComparer.Ordinal),
            SystemUsers = new HashSet<string>(["__dolt_local_user__", "event_scheduler", "binlog-applier"], StringComparer.Ordinal),
        },
    };

    public static readonly MySqlDialect MySql = new()
    {
        Privileges = PrivilegeCatalog.MySql,
        Names = NamesOf(user: 32),
        HasPatterns = true,
        HasRoles = true,
    };

    public static readonly MySqlDialect MariaDb = new()
    {
        Privileges = PrivilegeCatalog.MariaDb,
        Names = NamesOf(user: 80),
        HasPatterns = true,
        HasRoles = true,
        HasOneDefaultRole = true,
    };

    public required PrivilegeCatalog Privileges { get; init; }

    public required NameRules Names { get; init; }

    /// <summary>Compares databases and tables.</summary>
    public StringComparer NameComparer { get; init; } = StringComparer.Ordinal;

    /// <summary>Whether <c>_</c> and <c>%</c> in the database of a grant match any characters. In Dolt they stand for themselves.</summary>
    public bool HasPatterns { get; init; }

    /// <summary>
    /// Whether SHOW GRANTS, GRANT and REVOKE take the name of an account that is not there for a login from its host, and act on another
    /// account that such a login would get.
    /// </summary>
    public bool FindsAccountsByHost { get; init; }

    /// <summary>Whether roles can be granted.</summary>
    public bool HasRoles { get; init; }

    /// <summary>Whether only one role of an account is active after login; otherwise all can be.</summary>
    public bool HasOneDefaultRole { get; init; }

    private static NameRules NamesOf(int user) => new()
    {
        User = user,
        UnquotesUsers = true,
        ForbiddenInHost = "@",
        Identifier = 64,
        Unit = NameUnit.Characters,
        BasicPlaneOnly = true,
        SystemDatabases = new HashSet<string>(s_systemDatabases, StringComparer.Ordinal),
        SystemUsers = new HashSet<string>(s_systemUsers, StringComparer.Ordinal),
    };
}
