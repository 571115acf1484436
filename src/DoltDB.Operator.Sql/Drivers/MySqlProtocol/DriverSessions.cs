namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>The kept connections of a driver that speaks the MySQL protocol. Every exception is a <see cref="DriverException"/> or a cancellation.</summary>
internal sealed class DriverSessions(IDoltConnector connector, DriverOptions options, TimeProvider clock) : IAsyncDisposable
{
    private readonly DoltConnections _connections = new(connector, new DoltConnectionsOptions(), clock);

    /// <summary>Whether a server without TLS may be asked for the key that a password is encrypted with.</summary>
    public bool AllowPublicKeyRetrieval { get; init; }

    /// <summary>Runs work that has the connection to the server for itself.</summary>
    public async Task<T> RunAsync<T>(ServerEndpoint server, Func<DriverSession, Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        await using var connection = new DriverConnection(_connections, connector, server, EndpointOf(server), options, cancellationToken);
        await connection.LeaseAsync();
        try
        {
            return await work(new(server, connection, connection.ServerVersion, options, cancellationToken));
        }
        catch (Exception exception) when (DriverErrors.Has(exception))
        {
            throw DriverErrors.OfStatement(exception, server);
        }
    }

    /// <summary>Runs work that answers nothing.</summary>
    public async Task RunAsync(ServerEndpoint server, Func<DriverSession, Task> work, CancellationToken cancellationToken) =>
        await RunAsync<bool>(server, async session =>
        {
            await work(session);
            return true;
        }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private DoltEndpoint EndpointOf(ServerEndpoint server) => new()
    {
        Host = server.Host,
        Port = server.Port,
        User = server.User,
        Password = server.Password,
        UseTls = server.Tls.Mode != TlsMode.Disable,
        AllowPublicKeyRetrieval = AllowPublicKeyRetrieval && server.Tls.Mode == TlsMode.Disable,
        Verification = server.Tls.Mode switch
        {
            TlsMode.VerifyIdentity => CertificateVerification.AuthorityAndName,
            TlsMode.VerifyCA => CertificateVerification.Authority,
            _ => CertificateVerification.None,
        },
        CertificateAuthorityPem = server.Tls.CertificateAuthorityPem,
        ClientCertificatePem = server.Tls.ClientCertificatePem,
        ClientKeyPem = server.Tls.ClientKeyPem,
    };
}

/// <summary>One connection for the length of one call of a driver.</summary>
internal sealed class DriverSession(
    ServerEndpoint server, IDriverConnection connection, string serverVersion, DriverOptions options, CancellationToken cancellationToken)
{
    public ServerEndpoint Server => server;

    /// <summary>The version of the handshake.</summary>
    public string ServerVersion => serverVersion;

    public async Task<SqlResult> QueryAsync(string statement) =>
        await (await connection.LeaseAsync()).QueryAsync(statement, options.StatementDeadline, cancellationToken);

    public async Task ExecuteAsync(string statement) => await QueryAsync(statement);

    /// <summary>Creates, changes or drops a database, which may take longer; what was set in the session is lost.</summary>
    public Task ExecuteLongAsync(string statement) => connection.RunAloneAsync(statement);

    /// <summary>Leaves a database that was the current one.</summary>
    public Task LeaveAsync(string statement) => EndAsync(statement);

    /// <summary>Ends what a failed call left open, whoever cancelled it; a connection that cannot do that is of no further use.</summary>
    public Task RollBackAsync() => EndAsync("ROLLBACK");

    private async Task EndAsync(string statement)
    {
        if (connection.Current is { IsUsable: true } session)
            await session.QueryAsync(statement, options.StatementDeadline, CancellationToken.None);
    }
}
