using DoltDB.Operator.Sandbox.SimulatedDolt;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;
using DoltDB.Operator.Sql;
using DoltDB.Operator.Sql.Protocol;

namespace DoltDB.Operator.Simulation.World;

/// <summary>SQL connections without sockets: with latency, links that are cut, servers that are frozen, and deadlines in virtual time.</summary>
/// <param name="servers">Finds the server of an address; null when nothing runs there.</param>
/// <param name="isCut">Whether nothing passes between here and that address.</param>
/// <param name="gate">Completes while the process that calls is alive and not paused.</param>
/// <param name="watch">Told of every statement before it is sent, and of its outcome.</param>
internal sealed class SimulatedConnector(
    Func<string, SimulatedDoltServer?> servers, Func<string, bool> isCut, Func<Task> gate, TimeProvider time, Random random, IStatementWatch? watch) : IDoltConnector
{
    /// <inheritdoc/>
    async Task<IDoltServer> IDoltConnector.ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken) =>
        await ConnectAsync(endpoint, deadline, cancellationToken);

    /// <summary>A session with the server at the address.</summary>
    public async Task<DoltServer> ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken)
    {
        await gate();
        await Task.Delay(Latency(), time, cancellationToken);
        if (isCut(endpoint.Host))
            await HangAsync(endpoint.Host, deadline, cancellationToken);
        if (servers(endpoint.Host) is not { Engine.IsStopped: false } server)
            throw new IOException($"{endpoint.Host}: connection refused");
        if (!await server.Engine.Running.CompletesWithinAsync(deadline, time, cancellationToken))
            throw new TimeoutException($"{endpoint.Host} did not answer within {deadline.TotalMilliseconds:0} ms");
        await gate();
        if (server.Engine.IsStopped)
            throw new IOException($"{endpoint.Host}: the connection was closed by the server");
        var account = server.Engine.Accounts.FindForLogin(endpoint.User, "10.0.0.1");
        if (account is null || account.AuthenticationString != NativePassword.Hash(endpoint.Password ?? ""))
            throw new DoltException(1045, $"Access denied for user '{endpoint.User}'");
        var transport = new Transport(this, server.Engine, endpoint.Host, account.Name);
        return new DoltServer(transport, time);
    }

    private TimeProvider Time => time;

    private IStatementWatch? Watch => watch;

    private bool IsCut(string host) => isCut(host);

    private Task Gate() => gate();

    private TimeSpan Latency() => TimeSpan.FromMicroseconds(200 + random.Next(1500));

    private async Task HangAsync(string host, TimeSpan deadline, CancellationToken cancellationToken)
    {
        await Task.Delay(deadline, time, cancellationToken);
        throw new TimeoutException($"{host} did not answer within {deadline.TotalMilliseconds:0} ms");
    }

    private sealed class Transport : ISqlTransport
    {
        private readonly SimulatedConnector owner;
        private readonly DoltEngine engine;
        private readonly string host;
        private readonly Session session;
        private readonly StatementExecutor executor;
        private readonly TaskCompletionSource closed = new();

        public Transport(SimulatedConnector owner, DoltEngine engine, string host, AccountName account)
        {
            (this.owner, this.engine, this.host) = (owner, engine, host);
            session = engine.Sessions.Open("10.0.0.1", () => closed.TrySetResult());
            session.Account = account;
            session.User = account.User;
            executor = new StatementExecutor(engine);
        }

        public string ServerVersion => "8.0.33-simulated";

        public bool IsOpen => !closed.Task.IsCompleted;

        public async Task<SqlResult> QueryAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken)
        {
            await owner.Gate();
            if (!IsOpen)
                throw new IOException($"{host}: the connection is closed");
            owner.Watch?.Sending(host, statement);
            try
            {
                var result = await AnsweredAsync(ExecuteAsync(statement), deadline, cancellationToken);
                owner.Watch?.Answered(host, statement);
                return result;
            }
            catch (IOException)
            {
                await DisposeAsync();
                throw;
            }
        }

        public async Task ResetAsync(TimeSpan deadline, CancellationToken cancellationToken)
        {
            await owner.Gate();
            if (!IsOpen)
                throw new IOException($"{host}: the connection is closed");
            await AnsweredAsync(ServeAsync(() => Task.FromResult(Reset())), deadline, cancellationToken);
        }

        private async Task<T> AnsweredAsync<T>(Task<T> working, TimeSpan deadline, CancellationToken cancellationToken)
        {
            var late = Task.Delay(deadline, owner.Time, cancellationToken);
            var first = await Task.WhenAny(working, closed.Task, late);
            await owner.Gate();
            if (first == late)
            {
                await DisposeAsync();
                throw new TimeoutException($"{host} did not answer within {deadline.TotalMilliseconds:0} ms");
            }

            if (first == closed.Task && !working.IsCompleted)
                throw new IOException($"{host}: the connection was closed by the server");
            return await working;
        }

        public ValueTask DisposeAsync()
        {
            closed.TrySetResult();
            engine.Sessions.Remove(session);
            return ValueTask.CompletedTask;
        }

        private Task<SqlResult> ExecuteAsync(string text) =>
            ServeAsync(async () => Translate(await executor.ExecuteAsync(session, new Parser(text).ParseNext(), engine.Stopped)));

        private bool Reset()
        {
            session.Reset();
            return true;
        }

        private async Task<T> ServeAsync<T>(Func<Task<T>> work)
        {
            await Task.Delay(owner.Latency(), owner.Time, CancellationToken.None);
            if (owner.IsCut(host))
                await new TaskCompletionSource().Task;
            await engine.Running;
            if (engine.IsStopped)
                throw new IOException($"{host}: the connection was closed by the server");
            try
            {
                var result = await work();
                await engine.Running;
                await Task.Delay(owner.Latency(), owner.Time, CancellationToken.None);
                if (owner.IsCut(host))
                    await new TaskCompletionSource().Task;
                return result;
            }
            catch (SqlError error)
            {
                throw new DoltException(error.Code, error.Message);
            }
            catch (OperationCanceledException exception)
            {
                throw new IOException($"{host}: the connection was closed by the server", exception);
            }
        }

        private SqlResult Translate(StatementResult result) => new()
        {
            Columns = result.Rows is { } set ? [.. set.Columns.Select(static column => column.Name)] : [],
            Rows = result.Rows is { } rows ? [.. rows.Rows.Select(static row => (IReadOnlyList<string?>)[.. row.Select(SqlValue.Format)])] : [],
            AffectedRows = result.Affected,
            Warnings = session.Warnings.Count,
        };
    }
}

/// <summary>Sees the statements of a process.</summary>
internal interface IStatementWatch
{
    /// <summary>The statement is about to be sent.</summary>
    void Sending(string host, string statement);

    /// <summary>The server did it, and the caller knows.</summary>
    void Answered(string host, string statement);
}
