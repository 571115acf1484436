namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>Privileges in one database, and memberships in roles.</summary>
internal static class PostgreSqlGrants
{
    private const string ReadMemberships = """
        SELECT g.rolname::text, bool_or(m.admin_option)::text FROM pg_roles u LEFT JOIN pg_auth_members m ON m.member = u.oid LEFT JOIN pg_roles g ON g.oid = m.roleid
        WHERE u.rolname = $1 GROUP BY g.rolname
        """;

    /// <summary>Whether anything is left of the role in the schema, and in the database apart from CONNECT and what only lets it use that schema.</summary>
    private const string ReadRest = """
        SELECT uses_schema::text, (uses_schema OR EXISTS (SELECT FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = who.oid)
            OR EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.grantee = who.oid AND (n.nspname <> $2 OR a.privilege_type <> 'USAGE'))
            OR EXISTS (SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE a.grantee = who.oid)
            OR EXISTS (SELECT FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = current_database() AND a.grantee = who.oid AND a.privilege_type <> 'CONNECT'))::text
        FROM pg_roles who, LATERAL (SELECT
            EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a WHERE n.nspname = $2 AND a.grantee = who.oid)
            OR EXISTS (SELECT FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a WHERE n.nspname = $2 AND a.grantee = who.oid)
            AS uses_schema) AS place
        WHERE who.rolname = $1
        """;

    /// <summary>True when something was granted.</summary>
    public static async Task<bool> EnsureAsync(PostgreSqlSession session, GrantDefinition grant, GrantTarget target)
    {
        var plan = new GrantPlan(grant.Account.User, target);
        var missing = await ReadMissingAsync(session, grant, target);
        var statements = plan.Grant(missing, grant.WithGrantOption);
        if (statements.Count == 0)
            return false;
        await session.ExecuteTogetherAsync(statements);
        // What the administrator may not pass on, the server leaves out with no more than a warning.
        if (plan.Grant(await ReadMissingAsync(session, grant, target), grant.WithGrantOption).Count > 0)
            throw new DriverException(DriverError.Refused, $"user {session.Server.User} may not grant all of {string.Join(", ", grant.Privileges)} in database {target.Database}");
        return true;
    }

    public static async Task RevokeAsync(PostgreSqlSession session, GrantDefinition grant, GrantTarget target)
    {
        var user = grant.Account.User;
        var held = await HeldGrants.ReadHeldAsync(session, user, target);
        if (!held.HasRole)
            return;
        var plan = new GrantPlan(user, target);
        var onlyOption = grant.Privileges.Count == 0;
        var statements = plan.Revoke(held, onlyOption);
        if (statements.Count > 0)
            await session.ExecuteTogetherAsync(statements);
        if (onlyOption || await session.QueryAsync(ReadRest, user, target.Schema) is not [var rest, ..])
            return;
        var companions = plan.RevokeCompanions(usesSchema: rest[0] is "true" || !held.HasSchema, usesDatabase: rest[1] is "true");
        if (companions.Count > 0)
            await session.ExecuteTogetherAsync(companions);
    }

    /// <summary>True when a membership was granted.</summary>
    public static async Task<bool> EnsureRolesAsync(PostgreSqlSession session, GrantDefinition grant)
    {
        var user = grant.Account.User;
        var memberships = await session.QueryAsync(ReadMemberships, user);
        if (memberships.Count == 0)
            throw new DriverException(DriverError.Missing, $"there is no account {user}");
        List<string> missing = [.. grant.Roles.Where(role => !memberships.Exists(row => row[0] == role && (row[1] is "true" || !grant.WithGrantOption))).Distinct()];
        if (missing.Count == 0)
            return false;
        await session.ExecuteTogetherAsync([$"GRANT {List(missing)} TO {PostgreSqlQuoting.Identifier(user)}{(grant.WithGrantOption ? " WITH ADMIN OPTION" : "")}"]);
        return true;
    }

    public static async Task RevokeRolesAsync(PostgreSqlSession session, GrantDefinition grant)
    {
        var user = grant.Account.User;
        var memberships = await session.QueryAsync(ReadMemberships, user);
        List<string> held = [.. grant.Roles.Where(role => memberships.Exists(row => row[0] == role)).Distinct()];
        if (held.Count > 0)
            await session.ExecuteTogetherAsync([$"REVOKE {List(held)} FROM {PostgreSqlQuoting.Identifier(user)}"]);
    }

    private static string List(IEnumerable<string> roles) => string.Join(", ", roles.Select(PostgreSqlQuoting.Identifier));

    private static async Task<HeldGrants> ReadMissingAsync(PostgreSqlSession session, GrantDefinition grant, GrantTarget target)
    {
        var missing = await HeldGrants.ReadMissingAsync(session, grant.Account.User, target, grant.WithGrantOption);
        if (!missing.HasRole)
            throw new DriverException(DriverError.Missing, $"there is no account {grant.Account.User}");
        if (target.UsesSchema && !missing.HasPlace)
            throw new DriverException(DriverError.Missing, $"there is no {(target.Table is null ? $"schema {target.Schema}" : $"table {target.Schema}.{target.Table}")} in database {target.Database}");
        return missing;
    }
}
