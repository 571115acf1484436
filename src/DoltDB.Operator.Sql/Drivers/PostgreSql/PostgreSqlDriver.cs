namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>PostgreSQL from 13, also where the administrator is no superuser. Accounts are roles that log in; the host of an account means nothing.</summary>
/// <param name="options">Deadlines.</param>
/// <param name="clock">Measures them.</param>
public sealed class PostgreSqlDriver(DriverOptions options, TimeProvider clock) : IDatabaseDriver
{
    // Where databases and roles are managed from. Not every service has the first.
    private static readonly string[] s_maintenanceDatabases = ["postgres", "defaultdb", "template1"];

    private readonly PostgreSqlSources _sources = new(options, clock);

    /// <inheritdoc/>
    public DriverCapabilities Capabilities =>
        DriverCapabilities.Databases | DriverCapabilities.Users | DriverCapabilities.Grants | DriverCapabilities.Roles | DriverCapabilities.MaxUserConnections;

    /// <inheritdoc/>
    public Task<ServerDescription> ProbeAsync(ServerEndpoint server, CancellationToken cancellationToken) => OnServerAsync(server, async session =>
    {
        var row = (await session.QueryAsync(
            "SELECT current_setting('server_version'), (rolsuper OR rolcreatedb)::text, (rolsuper OR rolcreaterole)::text FROM pg_roles WHERE rolname = current_user"))[0];
        var lacking = (row[1] is "true" ? DriverCapabilities.None : DriverCapabilities.Databases)
            | (row[2] is "true" ? DriverCapabilities.None : DriverCapabilities.Users | DriverCapabilities.Roles | DriverCapabilities.MaxUserConnections);
        return new ServerDescription(row[0] ?? "", Capabilities & ~lacking);
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseState?> ReadDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken) =>
        OnServerAsync(server, session => PostgreSqlDatabases.ReadAsync(session, name), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureDatabaseAsync(ServerEndpoint server, DatabaseDefinition database, DatabaseDefinition? applied, CancellationToken cancellationToken) =>
        OnServerAsync(server, session => PostgreSqlDatabases.EnsureAsync(session, database), cancellationToken);

    /// <inheritdoc/>
    public async Task DropDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken)
    {
        PostgreSqlNames.Rules.CheckDatabase(name);
        await _sources.CloseAsync(server, name);
        await OnServerAsync(server, session => PostgreSqlDatabases.DropAsync(session, name), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> HasAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) =>
        OnServerAsync(server, session => PostgreSqlAccounts.HasAsync(session, account.User), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureAccountAsync(ServerEndpoint server, AccountDefinition account, CancellationToken cancellationToken) =>
        OnServerAsync(server, session => PostgreSqlAccounts.EnsureAsync(session, account), cancellationToken);

    /// <inheritdoc/>
    public Task DropAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) => OnServerAsync(server, session =>
    {
        PostgreSqlNames.CheckAccount(account, server);
        return PostgreSqlAccounts.DropAsync(session, account.User, (database, work) => InDatabaseAsync(server, database, work, cancellationToken));
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> EnsureGrantAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken)
    {
        Check(server, grant);
        if (grant.Roles.Count > 0)
            return await OnServerAsync(server, session => PostgreSqlGrants.EnsureRolesAsync(session, grant), cancellationToken);
        var target = GrantTarget.Create(grant);
        await using var session = await _sources.OpenAsync(server, target.Database, cancellationToken);
        return await PostgreSqlGrants.EnsureAsync(session, grant, target);
    }

    /// <inheritdoc/>
    public async Task RevokeAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken)
    {
        Check(server, grant);
        if (grant.Roles.Count > 0)
        {
            await OnServerAsync(server, session => PostgreSqlGrants.RevokeRolesAsync(session, grant), cancellationToken);
            return;
        }

        var target = GrantTarget.Create(grant);
        try
        {
            await InDatabaseAsync(server, target.Database, session => PostgreSqlGrants.RevokeAsync(session, grant, target), cancellationToken);
        }
        catch (DriverException exception) when (exception.Error == DriverError.Missing)
        {
            // Privileges go with the database or the table that they are for.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    private static void Check(ServerEndpoint server, GrantDefinition grant)
    {
        PostgreSqlNames.CheckAccount(grant.Account, server);
        if (grant.Roles.Count > 0 && grant.Privileges.Count > 0)
            throw NameRules.Invalid("a grant has privileges or roles, not both");
        foreach (var role in grant.Roles)
            PostgreSqlNames.Rules.CheckIdentifier("role name", role);
    }

    private async Task InDatabaseAsync(ServerEndpoint server, string database, Func<PostgreSqlSession, Task> work, CancellationToken cancellationToken)
    {
        await using var session = await _sources.OpenAsync(server, database, cancellationToken);
        await work(session);
    }

    private Task OnServerAsync(ServerEndpoint server, Func<PostgreSqlSession, Task> work, CancellationToken cancellationToken) => OnServerAsync(server, async session =>
    {
        await work(session);
        return true;
    }, cancellationToken);

    private async Task<T> OnServerAsync<T>(ServerEndpoint server, Func<PostgreSqlSession, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var session = await OpenMaintenanceAsync(server, cancellationToken);
        return await work(session);
    }

    private async Task<PostgreSqlSession> OpenMaintenanceAsync(ServerEndpoint server, CancellationToken cancellationToken)
    {
        foreach (var database in s_maintenanceDatabases[..^1])
        {
            try
            {
                return await _sources.OpenAsync(server, database, cancellationToken);
            }
            catch (DriverException exception) when (exception.Error == DriverError.Missing)
            {
                // The next one may be there.
            }
        }

        return await _sources.OpenAsync(server, s_maintenanceDatabases[^1], cancellationToken);
    }
}
