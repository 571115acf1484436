namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>What PostgreSQL takes as a name. It would cut a longer one silently.</summary>
internal static class PostgreSqlNames
{
    private const int Limit = 63;

    private static readonly string[] s_systemDatabases = ["postgres", "template0", "template1", "rdsadmin", "cloudsqladmin", "azure_maintenance", "azure_sys"];

    private static readonly string[] s_systemUsers =
    [
        "postgres", "public", "none", "rdsadmin", "rds_superuser", "rdsrepladmin", "cloudsqladmin", "cloudsqlsuperuser", "azuresu", "azure_superuser",
        "azure_pg_admin", "alloydbadmin", "alloydbsuperuser",
    ];

    public static readonly NameRules Rules = new()
    {
        User = Limit,
        Identifier = Limit,
        Unit = NameUnit.Bytes,
        SystemDatabases = new HashSet<string>(s_systemDatabases, StringComparer.Ordinal),
        SystemUsers = new HashSet<string>(s_systemUsers, StringComparer.Ordinal),
    };

    /// <exception cref="DriverException">Invalid: no such account can exist, or it is not to be managed.</exception>
    public static void CheckAccount(AccountName account, ServerEndpoint server)
    {
        Rules.CheckAccount(account, server, withHost: false);
        if (account.User.StartsWith("pg_", StringComparison.Ordinal))
            throw NameRules.Invalid($"user name {account.User} begins with pg_, which the server keeps for itself");
    }
}
