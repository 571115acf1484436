using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>A driver towards one server, behind the gate.</summary>
internal sealed class ServerSession(IDatabaseDriver driver, ServerEndpoint server, ServerGate gate)
{
    /// <summary>What the engine has.</summary>
    public DriverCapabilities Capabilities => driver.Capabilities;

    /// <inheritdoc cref="IDatabaseDriver.ProbeAsync"/>
    public Task<ServerDescription> ProbeAsync(CancellationToken cancellationToken) => gate.RunAsync(server, () => driver.ProbeAsync(server, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.ReadDatabaseAsync"/>
    public Task<DatabaseState?> ReadDatabaseAsync(string name, CancellationToken cancellationToken) => gate.RunAsync(server, () => driver.ReadDatabaseAsync(server, name, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.EnsureDatabaseAsync"/>
    public Task<bool> EnsureDatabaseAsync(DatabaseDefinition database, DatabaseDefinition? applied, CancellationToken cancellationToken) =>
        gate.RunAsync(server, () => driver.EnsureDatabaseAsync(server, database, applied, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.DropDatabaseAsync"/>
    public Task DropDatabaseAsync(string name, CancellationToken cancellationToken) => RunAsync(() => driver.DropDatabaseAsync(server, name, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.HasAccountAsync"/>
    public Task<bool> HasAccountAsync(AccountName account, CancellationToken cancellationToken) => gate.RunAsync(server, () => driver.HasAccountAsync(server, account, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.EnsureAccountAsync"/>
    public Task<bool> EnsureAccountAsync(AccountDefinition account, CancellationToken cancellationToken) => gate.RunAsync(server, () => driver.EnsureAccountAsync(server, account, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.DropAccountAsync"/>
    public Task DropAccountAsync(AccountName account, CancellationToken cancellationToken) => RunAsync(() => driver.DropAccountAsync(server, account, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.EnsureGrantAsync"/>
    public Task<bool> EnsureGrantAsync(GrantDefinition grant, CancellationToken cancellationToken) => gate.RunAsync(server, () => driver.EnsureGrantAsync(server, grant, cancellationToken));

    /// <inheritdoc cref="IDatabaseDriver.RevokeAsync"/>
    public Task RevokeAsync(GrantDefinition grant, CancellationToken cancellationToken) => RunAsync(() => driver.RevokeAsync(server, grant, cancellationToken));

    private async Task RunAsync(Func<Task> call) => await gate.RunAsync(server, async () =>
    {
        await call();
        return true;
    });
}

/// <summary>Gives the driver for a server.</summary>
internal sealed class DriverSource(Func<string, IDatabaseDriver> drivers, ServerGate gate)
{
    /// <summary>The driver of the server's engine, towards the server.</summary>
    public ServerSession Open(SqlServer server) => new(drivers(server.Engine), server.Endpoint, gate);
}
