namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>What one call of a driver runs its statements on.</summary>
internal interface IDriverConnection
{
    /// <summary>The session that the call has for itself now; null while it has none.</summary>
    ISqlSession? Current { get; }

    /// <summary>The session for the next statement.</summary>
    /// <exception cref="DriverException">Nobody gets in.</exception>
    Task<ISqlSession> LeaseAsync();

    /// <summary>
    /// Runs a statement that may take long on a connection of its own, so that nobody waits for it. The session goes to the next caller
    /// meanwhile: what was set in it is lost.
    /// </summary>
    Task RunAloneAsync(string statement);
}

/// <summary>A connection of <see cref="DoltConnections"/>, leased when the first statement needs it.</summary>
internal sealed class DriverConnection(
    DoltConnections connections, IDoltConnector connector, ServerEndpoint server, DoltEndpoint endpoint, DriverOptions options, CancellationToken cancellationToken)
    : IDriverConnection, IAsyncDisposable
{
    private DoltLease? _lease;

    /// <inheritdoc cref="IDriverConnection.Current"/>
    public ISqlSession? Current => _lease is { } lease ? SessionOf(lease.Server) : null;

    /// <summary>The version of the handshake; empty before the first lease.</summary>
    public string ServerVersion { get; private set; } = "";

    /// <inheritdoc cref="IDriverConnection.LeaseAsync"/>
    public async Task<ISqlSession> LeaseAsync()
    {
        var lease = _lease ??= await LogInAsync(connections.GetAsync(endpoint, options.ConnectDeadline, options.TurnDeadline, cancellationToken).AsTask());
        ServerVersion = lease.Server.ServerVersion;
        return SessionOf(lease.Server);
    }

    /// <inheritdoc cref="IDriverConnection.RunAloneAsync"/>
    public async Task RunAloneAsync(string statement)
    {
        await DisposeAsync();
        await using var own = await LogInAsync(connector.ConnectAsync(endpoint, options.ConnectDeadline, cancellationToken));
        try
        {
            await SessionOf(own).QueryAsync(statement, options.DatabaseDeadline, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            // The server let us in a moment ago: something in it holds the statement up.
            throw new DriverException(DriverError.Busy, $"{server.Host}:{server.Port} did not complete the statement within {options.DatabaseDeadline.TotalSeconds} s", exception);
        }
    }

    /// <inheritdoc cref="IAsyncDisposable.DisposeAsync"/>
    public async ValueTask DisposeAsync()
    {
        if (_lease is not { } lease)
            return;
        _lease = null;
        await lease.DisposeAsync();
    }

    private async Task<T> LogInAsync<T>(Task<T> login)
    {
        try
        {
            return await login;
        }
        catch (Exception exception) when (DriverErrors.Has(exception))
        {
            throw DriverErrors.OfLogin(exception, server);
        }
    }

    private static ISqlSession SessionOf(IDoltServer connected) =>
        connected as ISqlSession ?? throw new InvalidOperationException("the connector opens connections that run no statements of the driver's");
}
