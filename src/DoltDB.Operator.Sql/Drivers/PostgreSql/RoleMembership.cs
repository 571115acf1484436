namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>
/// How an administrator who is no superuser gets to act for a role that it created: to grant on what the role owns, to end its sessions and to
/// take over what it leaves. Until 15 being a member is enough. From 16 on the one who creates a role is a member who may only administer
/// it, and lets itself inherit its privileges and act as the role. Pure.
/// </summary>
internal static class RoleMembership
{
    private const int FirstWithOptions = 16;

    /// <summary>The condition by which the administrator can act for role <c>r</c> of a query on pg_roles.</summary>
    public static string Condition(int serverMajor) => serverMajor >= FirstWithOptions
        ? "(pg_has_role(r.oid, 'USAGE') AND pg_has_role(r.oid, 'SET'))"
        : "pg_has_role(r.oid, 'MEMBER')";

    /// <summary>The statement that lets the administrator act for the role; null when it can already. <paramref name="role"/> is quoted.</summary>
    public static string? Join(int serverMajor, string role, bool canActFor) => (canActFor, serverMajor >= FirstWithOptions) switch
    {
        (true, _) => null,
        (_, true) => $"GRANT {role} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE",
        _ => $"GRANT {role} TO CURRENT_USER",
    };
}
