namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>The statements about accounts' grants. Names of privileges come from <see cref="PrivilegeCatalog"/>, everything else is quoted.</summary>
internal static class GrantStatements
{
    public static string Account(AccountName account) => $"{SqlQuoting.Literal(account.User)}@{SqlQuoting.Literal(account.Host)}";

    public static string Show(AccountName account) => $"SHOW GRANTS FOR {Account(account)}";

    /// <summary>Names are compared by the caller: the server's comparison ignores case of hosts and spaces at the end.</summary>
    public static string FindAccount(AccountName account) => $"SELECT User, Host FROM mysql.user WHERE User = {SqlQuoting.Literal(account.User)}";

    public static string DropAccount(AccountName account) => $"DROP USER {Account(account)}";

    public static string Grant(IEnumerable<string> privileges, string target, AccountName account, bool withGrantOption) =>
        $"GRANT {string.Join(", ", privileges)} ON {target} TO {Account(account)}{(withGrantOption ? " WITH GRANT OPTION" : "")}";

    /// <summary>ALL without PRIVILEGES: Dolt takes nothing else on a database.</summary>
    public static string Revoke(IEnumerable<string> privileges, string target, AccountName account) =>
        $"REVOKE {string.Join(", ", privileges)} ON {target} FROM {Account(account)}";

    /// <summary>A statement of its own: together with ALL it is a syntax error in Dolt.</summary>
    public static string RevokeGrantOption(string target, AccountName account) => $"REVOKE GRANT OPTION ON {target} FROM {Account(account)}";

    public static string GrantRoles(IEnumerable<string> roles, AccountName account, bool withAdminOption) =>
        $"GRANT {string.Join(", ", roles.Select(SqlQuoting.Identifier))} TO {Account(account)}{(withAdminOption ? " WITH ADMIN OPTION" : "")}";

    public static string RevokeRole(string role, AccountName account) => $"REVOKE {SqlQuoting.Identifier(role)} FROM {Account(account)}";

    public static string ActivateAllRoles(AccountName account) => $"SET DEFAULT ROLE ALL TO {Account(account)}";

    public static string SetDefaultRole(string? role, AccountName account) =>
        $"SET DEFAULT ROLE {(role is null ? "NONE" : SqlQuoting.Identifier(role))} FOR {Account(account)}";

    /// <summary>The target of a grant; <paramref name="database"/> is spelled as the server stores it.</summary>
    public static string Target(string? database, string? table) =>
        $"{(database is null ? "*" : SqlQuoting.Identifier(database))}.{(table is null ? "*" : SqlQuoting.Identifier(table))}";

    /// <summary>A name that matches only itself where names are patterns.</summary>
    public static string EscapePattern(string name) =>
        name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal);
}
