namespace DoltDB.Operator.Sql.Drivers.MySql;

/// <summary>Opens sessions in which statements mean the same on every server.</summary>
internal sealed class MySqlSessionConnector(TimeProvider clock) : IDoltConnector
{
    private readonly DoltConnector _inner = new(clock);

    /// <inheritdoc/>
    public async Task<IDoltServer> ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var budget = new DeadlineBudget(clock, deadline);
        var server = await _inner.ConnectAsync(endpoint, budget.Remaining, cancellationToken);
        try
        {
            await server.ExecuteAsync(SetMode(server.ServerVersion), budget.Remaining, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    // A server may run without backslash escapes or with double quotes for names. Without NO_AUTO_CREATE_USER, MariaDB creates the missing account
    // of a GRANT, without a password; MySQL has no such mode and never does that.
    private static string SetMode(string serverVersion) =>
        $"SET SESSION sql_mode = '{(MySqlDriver.IsMariaDb(serverVersion) ? "STRICT_ALL_TABLES,NO_AUTO_CREATE_USER" : "STRICT_ALL_TABLES")}'";
}
