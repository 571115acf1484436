using Npgsql;
using NpgsqlTypes;

namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>One connection for the length of one call of the driver. Every value comes in the server's text form.</summary>
internal sealed class PostgreSqlSession(
    ServerEndpoint server, PostgreSqlSources sources, string database, DriverOptions options, TimeProvider clock, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const string TakeTurn = "SELECT pg_advisory_xact_lock(7310574893)";

    private PostgreSqlLease? _lease;

    public ServerEndpoint Server => server;

    /// <summary>The database that the session is in.</summary>
    public string Database => database;

    /// <summary>The major version of the server.</summary>
    public int ServerMajor { get; private set; }

    /// <summary>Connects, or does nothing when that is done.</summary>
    public async Task<NpgsqlConnection> OpenAsync()
    {
        _lease ??= await sources.LeaseAsync(server, database, isLong: false, cancellationToken);
        ServerMajor = _lease.Connection.PostgreSqlVersion.Major;
        return _lease.Connection;
    }

    /// <summary>Runs a query whose columns are all of type text; <c>$1</c> and so on stand for the parameters, which are text too.</summary>
    public async Task<List<string?[]>> QueryAsync(string query, params string[] parameters) => await RunAsync(await OpenAsync(), async (command, token) =>
    {
        var rows = new List<string?[]>();
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            var row = new string?[reader.FieldCount];
            for (var column = 0; column < row.Length; column++)
                row[column] = reader.IsDBNull(column) ? null : reader.GetString(column);
            rows.Add(row);
        }

        return rows;
    }, query, parameters, options.StatementDeadline, holdsSecret: false);

    /// <summary>Runs a statement.</summary>
    public Task ExecuteAsync(string statement) => ExecuteAsync(statement, options.StatementDeadline, holdsSecret: false);

    /// <summary>Runs a statement with a secret in it, which no message may repeat.</summary>
    public Task ExecuteSecretAsync(string statement) => ExecuteAsync(statement, options.StatementDeadline, holdsSecret: true);

    /// <summary>Creates or drops a database, which may take longer, on a connection for such statements: nobody waits for this one meanwhile.</summary>
    public async Task ExecuteLongAsync(string statement)
    {
        await DisposeAsync();
        await using var own = await sources.LeaseAsync(server, database, isLong: true, cancellationToken);
        try
        {
            await RunAsync(own.Connection, static (command, token) => command.ExecuteNonQueryAsync(token), statement, [], options.DatabaseDeadline, holdsSecret: false);
        }
        catch (DriverException exception) when (exception.InnerException is OperationCanceledException)
        {
            // The server let us in a moment ago: something in it holds the statement up.
            throw new DriverException(DriverError.Busy, $"{server.Host}:{server.Port} did not complete the statement within {options.DatabaseDeadline.TotalSeconds} s", exception);
        }
    }

    /// <summary>
    /// Runs all statements or none. Those who change the privileges of one database take turns: two changes of one object at once would
    /// fail with an internal error of the server.
    /// </summary>
    public async Task ExecuteTogetherAsync(IEnumerable<string> statements)
    {
        var connection = await OpenAsync();
        await BoundAsync(async token =>
        {
            // Without a transaction of its own, a batch is one.
            await using var batch = new NpgsqlBatch(connection);
            foreach (var statement in statements.Prepend(TakeTurn))
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            return await batch.ExecuteNonQueryAsync(token);
        }, options.StatementDeadline, holdsSecret: false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_lease is not { } lease)
            return;
        _lease = null;
        await lease.DisposeAsync();
    }

    private async Task ExecuteAsync(string statement, TimeSpan limit, bool holdsSecret) =>
        await RunAsync(await OpenAsync(), static (command, token) => command.ExecuteNonQueryAsync(token), statement, [], limit, holdsSecret);

    private Task<T> RunAsync<T>(
        NpgsqlConnection connection, Func<NpgsqlCommand, CancellationToken, Task<T>> run, string statement, string[] parameters, TimeSpan limit, bool holdsSecret) =>
        BoundAsync(async token =>
        {
            await using var command = new NpgsqlCommand(statement, connection);
            foreach (var parameter in parameters)
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter, NpgsqlDbType = NpgsqlDbType.Text });
            return await run(command, token);
        }, limit, holdsSecret);

    private async Task<T> BoundAsync<T>(Func<CancellationToken, Task<T>> run, TimeSpan limit, bool holdsSecret)
    {
        using var deadline = new CancellationTokenSource(limit, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await run(linked.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DriverException(DriverError.Unreachable, $"{server.Host}:{server.Port} did not answer within {limit.TotalSeconds} s", exception);
        }
        catch (Exception exception) when (PostgreSqlErrors.Has(exception))
        {
            throw PostgreSqlErrors.OfStatement(exception, server, holdsSecret);
        }
    }
}
