using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DoltDB.Operator.Sql.Drivers.MySql;

/// <summary>MySQL from 8.0 and MariaDB from 10.5, also where the administrator is no SUPER, as in managed services.</summary>
public sealed class MySqlDriver : IDatabaseDriver
{
    private readonly DriverSessions _sessions;

    /// <summary>Creates the driver with connections of its own.</summary>
    public MySqlDriver(DriverOptions options, TimeProvider clock) => _sessions = new(new MySqlSessionConnector(clock), options, clock)
    {
        // Who speaks to such a server without TLS has said so.
        AllowPublicKeyRetrieval = true,
    };

    /// <inheritdoc/>
    public DriverCapabilities Capabilities =>
        DriverCapabilities.Databases | DriverCapabilities.Users | DriverCapabilities.Grants | DriverCapabilities.Roles
        | DriverCapabilities.MaxUserConnections | DriverCapabilities.RequireTLS | DriverCapabilities.Hosts;

    /// <inheritdoc/>
    public Task<ServerDescription> ProbeAsync(ServerEndpoint server, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, ProbeAsync, cancellationToken);

    /// <inheritdoc/>
    public Task<DatabaseState?> ReadDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => MySqlDatabases.ReadAsync(session, name), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureDatabaseAsync(ServerEndpoint server, DatabaseDefinition database, DatabaseDefinition? applied, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => MySqlDatabases.EnsureAsync(session, database, DialectOf(session)), cancellationToken);

    /// <inheritdoc/>
    public Task DropDatabaseAsync(ServerEndpoint server, string name, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => MySqlDatabases.DropAsync(session, name, DialectOf(session)), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> HasAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => StoredAccounts.HasAsync(session, account), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureAccountAsync(ServerEndpoint server, AccountDefinition account, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => MySqlAccounts.EnsureAsync(session, account, DialectOf(session)), cancellationToken);

    /// <inheritdoc/>
    public Task DropAccountAsync(ServerEndpoint server, AccountName account, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => StoredAccounts.DropAsync(session, account, DialectOf(session)), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> EnsureGrantAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => new AccountGrants(DialectOf(session)).EnsureAsync(session, grant), cancellationToken);

    /// <inheritdoc/>
    public Task RevokeAsync(ServerEndpoint server, GrantDefinition grant, CancellationToken cancellationToken) =>
        _sessions.RunAsync(server, session => new AccountGrants(DialectOf(session)).RevokeAsync(session, grant), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    /// <summary>Whether a server is MariaDB, by what it says first.</summary>
    internal static bool IsMariaDb(string serverVersion) => serverVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    private static MySqlDialect DialectOf(DriverSession session) => IsMariaDb(session.ServerVersion) ? MySqlDialect.MariaDb : MySqlDialect.MySql;

    private async Task<ServerDescription> ProbeAsync(DriverSession session)
    {
        var row = (await session.QueryAsync("SELECT VERSION(), @@version_comment")).Rows[0];
        if (row[1] is { } comment && comment.Contains("Dolt", StringComparison.OrdinalIgnoreCase))
            throw new DriverException(DriverError.Unsupported, $"{session.Server.Host}:{session.Server.Port} is a Dolt server, which needs engine Dolt");
        return new(row[0] ?? "", await AdministratorPrivileges.LimitAsync(session, Capabilities));
    }
}
