using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DoltDB.Operator.Sql.Drivers.Dolt;

/// <summary>Dolt servers. What Dolt answers to a failing statement is hardly ever told by its code: the state is read again instead.</summary>
public sealed class DoltDriver : IDatabaseDriver
{
    private readonly DriverSessions _sessions;
    private readonly AccountGrants _grants = new(MySqlDialect.Dolt);

    /// <summary>Creates the driver with connections of its own.</summary>
    public DoltDriver(DriverOptions options, TimeProvider clock) => _sessions = new(new DoltConnector(clock), options, clock);

    /// <inheritdoc/>
    public DriverCapabilities Capabilities =>
        DriverCapabilities.Databases | DriverCapabilities.Users | DriverCapabilities.Grants | DriverCapabilities.RequireTLS
        | DriverCapabilities.Branches | DriverCapabilities.Hosts;

    /// <inheritdoc/>
    public Task<ServerDescription> ProbeAsync(ServerEndpoint server, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, async session => new ServerDescription(await ReadVersionAsync(session), await AdministratorPrivileges.LimitAsync(session, Capabilities)), cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseState?> ReadDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => DoltDatabases.ReadAsync(session, name), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureDatabaseAsync(ServerEndpoint server, DatabaseDefinition database, DatabaseDefinition? applied, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => DoltDatabases.EnsureAsync(session, database, applied), cancellationToken);

    /// <inheritdoc/>
    public Task DropDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => DoltDatabases.DropAsync(session, name), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> HasAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => StoredAccounts.HasAsync(session, account), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureAccountAsync(ServerEndpoint server, AccountDefinition account, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => DoltAccounts.EnsureAsync(session, account), cancellationToken);

    /// <inheritdoc/>
    public Task DropAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => StoredAccounts.DropAsync(session, account, MySqlDialect.Dolt), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureGrantAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => _grants.EnsureAsync(session, grant), cancellationToken);

    /// <inheritdoc/>
    public Task RevokeAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => _grants.RevokeAsync(session, grant), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    private static async Task<string> ReadVersionAsync(DriverSession session)
    {
        try
        {
            return (await session.QueryAsync(DoltDatabaseStatements.ReadVersion)).Rows[0][0] ?? "";
        }
        catch (DoltException exception)
        {
            throw new DriverException(DriverError.Unsupported, $"{session.Server.Host}:{session.Server.Port} is no Dolt server", exception);
        }
    }
}
