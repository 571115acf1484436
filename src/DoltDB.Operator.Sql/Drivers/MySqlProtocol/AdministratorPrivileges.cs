namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>What an account may manage by its own grants.</summary>
internal static class AdministratorPrivileges
{
    /// <summary>The capabilities of the engine without those that the account that logged in has no privileges for.</summary>
    public static async Task<DriverCapabilities> LimitAsync(DriverSession session, DriverCapabilities capabilities)
    {
        var answer = await session.QueryAsync("SHOW GRANTS");
        List<GrantLine> lines = [.. answer.Rows.Select(row => GrantLine.Parse(row[0] ?? "")).OfType<GrantLine>()];
        bool Has(string privilege) => lines.Exists(line => line.Privileges.Contains(privilege) || line.Privileges.Contains("ALL PRIVILEGES") || line.Privileges.Contains("ALL"));

        // What comes with a role is not in these lines.
        if (lines.Exists(line => line.Roles.Count > 0))
            return capabilities;
        if (!Has("CREATE"))
            capabilities &= ~DriverCapabilities.Databases;
        if (!Has("CREATE USER"))
            capabilities &= ~(DriverCapabilities.Users | DriverCapabilities.MaxUserConnections | DriverCapabilities.RequireTLS);
        if (!lines.Exists(line => line.WithGrantOption))
            capabilities &= ~DriverCapabilities.Grants;
        return capabilities;
    }
}
