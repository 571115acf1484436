namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>The kept connections of a driver that speaks the MySQL protocol. Every exception is a <see cref="DriverException"/> or a cancellation.</summary>
internal sealed class DriverSessions(IDoltConnector connector, DriverOptions options, TimeProvider clock) : IAsyncDisposable
{
    private readonly DoltConnections _connections = new(connector, new DoltConnectionsOptions(), clock);

    /// <summary>Runs work that has the connection to the server for itself.</summary>
    public async Task<T> RunAsync<T>(ServerEndpoint server, Func<DriverSession, Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        await using var lease = await LeaseAsync(server, cancellationToken);
        var session = lease.Server as ISqlSession ?? throw new InvalidOperationException("the connector opens connections that run no statements of the driver's");
        try
        {
            return await work(new(server, session, lease.Server.ServerVersion, options, cancellationToken));
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

    private async Task<DoltLease> LeaseAsync(ServerEndpoint server, CancellationToken cancellationToken)
    {
        try
        {
            return await _connections.GetAsync(EndpointOf(server), options.ConnectDeadline, cancellationToken);
        }
        catch (Exception exception) when (DriverErrors.Has(exception))
        {
            throw DriverErrors.OfLogin(exception, server);
        }
    }

    private static DoltEndpoint EndpointOf(ServerEndpoint server) => new()
    {
        Host = server.Host,
        Port = server.Port,
        User = server.User,
        Password = server.Password,
        UseTls = server.Tls.Mode != TlsMode.Disable,
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
internal sealed class DriverSession(ServerEndpoint server, ISqlSession session, string serverVersion, DriverOptions options, CancellationToken cancellationToken)
{
    public ServerEndpoint Server => server;

    /// <summary>The version of the handshake.</summary>
    public string ServerVersion => serverVersion;

    public Task<SqlResult> QueryAsync(string statement) => session.QueryAsync(statement, options.StatementDeadline, cancellationToken);

    public async Task ExecuteAsync(string statement) => await session.QueryAsync(statement, options.StatementDeadline, cancellationToken);

    /// <summary>Creates or drops a database, which may take longer.</summary>
    public async Task ExecuteLongAsync(string statement) => await session.QueryAsync(statement, options.DatabaseDeadline, cancellationToken);

    /// <summary>Leaves a database that was the current one.</summary>
    public async Task LeaveAsync(string statement)
    {
        if (session.IsUsable)
            await session.QueryAsync(statement, options.StatementDeadline, CancellationToken.None);
    }

    /// <summary>Ends what a failed call left open, whoever cancelled it; a connection that cannot do that is of no further use.</summary>
    public async Task RollBackAsync()
    {
        if (session.IsUsable)
            await session.QueryAsync("ROLLBACK", options.StatementDeadline, CancellationToken.None);
    }
}
