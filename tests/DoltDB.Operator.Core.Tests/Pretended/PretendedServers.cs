using System.Globalization;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Pretended;

/// <summary>Dolt servers by address, without sockets. What a test does not set answers at once.</summary>
internal sealed class PretendedServers(TimeProvider time) : IDoltConnector
{
    private readonly Dictionary<string, PretendedServer> servers = [];

    /// <summary>The server of the address.</summary>
    public PretendedServer this[string host] => servers.TryGetValue(host, out var server) ? server : servers[host] = new PretendedServer(time);

    /// <inheritdoc/>
    public async Task<IDoltServer> ConnectAsync(DoltEndpoint endpoint, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var server = this[endpoint.Host];
        if (server.Refusal is { } refusal)
            throw refusal;
        try
        {
            await server.AnswerAsync(server.IsFrozen || server.LetsClientsWait, deadline);
        }
        catch (TimeoutException late)
        {
            throw new NoGreetingException(late.Message, late);
        }

        return new Connection(server);
    }

    private sealed class Connection(PretendedServer server) : IDoltServer
    {
        public bool IsUsable { get; private set; } = true;

        public string ServerVersion => "8.0.33";

        public Task<DoltRoleReport> ReadRoleAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
            DoAsync("role", server.IsFrozen, deadline, () => new DoltRoleReport(server.Role, server.Epoch));

        public Task<string> ReadEngineVersionAsync(TimeSpan deadline, CancellationToken cancellationToken) => DoAsync("version", server.IsFrozen, deadline, () => "1.57.2");

        public Task<IReadOnlyDictionary<string, string>> HashDatabasesAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
            DoAsync<IReadOnlyDictionary<string, string>>("databases", server.IsSlow || server.IsFrozen, deadline, () => new Dictionary<string, string>(server.Databases));

        public Task<string> HashAccountsAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
            DoAsync("accounts", server.IsSlow || server.IsFrozen, deadline, () => "accounts-1");

        public Task<IReadOnlyList<DoltReplicationStatus>> ReadReplicationStatusAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
            DoAsync<IReadOnlyList<DoltReplicationStatus>>("lag", server.IsFrozen, deadline, () => server.Replication);

        public Task<RunningVariables> ReadVariablesAsync(bool isMember, TimeSpan deadline, CancellationToken cancellationToken) =>
            DoAsync("variables", server.IsFrozen, deadline, () => isMember ? server.Variables : server.Variables with { AckWritesTimeout = null });

        public Task AssumeRoleAsync(DoltRole role, long epoch, TimeSpan deadline, CancellationToken cancellationToken) => DoAsync("assume", server.IsFrozen, deadline, () =>
        {
            if (server.RoleRefusal is { } refusal)
                throw refusal;
            (server.Role, server.Epoch) = (role, epoch);
            IsUsable = server.KeepsSessions;
            return role;
        });

        public Task<bool> ResyncDatabaseAsync(string database, TimeSpan deadline, CancellationToken cancellationToken) => DoAsync($"resync {database}", server.IsFrozen, deadline, () => true);

        public Task FlushPrivilegesAsync(TimeSpan deadline, CancellationToken cancellationToken) => DoAsync("flush", server.IsFrozen, deadline, () => true);

        public Task SetAdministratorAsync(string user, string password, TimeSpan deadline, CancellationToken cancellationToken) =>
            DoAsync("administrator", server.IsFrozen, deadline, () => server.RotationRefusal is { } refusal ? throw refusal : true);

        public Task<IReadOnlyList<string>> ListDatabasesAsync(TimeSpan deadline, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task SetVariableAsync(DoltVariable variable, string value, TimeSpan deadline, CancellationToken cancellationToken) =>
            DoAsync($"set {variable} {value}", server.IsFrozen, deadline, () => server.VariableRefusal is { } refusal ? throw refusal : server.Variables = server.KeepsVariables ? server.Variables : variable switch
            {
                DoltVariable.LogLevel => server.Variables with { LogLevel = value },
                _ => server.Variables with { AckWritesTimeout = int.Parse(value, CultureInfo.InvariantCulture) },
            });

        public Task<IReadOnlyList<DoltTransitionRow>> TransitionToStandbyAsync(long epoch, int minimumCaughtUpStandbys, TimeSpan deadline, CancellationToken cancellationToken)
        {
            if (server.DrainRefusal is null)
                (server.Role, server.Epoch) = (DoltRole.Standby, epoch);
            return DoAsync("drain", server.IsFrozen || server.IsDrainAnswerLost, deadline, () =>
            {
                IsUsable = server.KeepsSessions;
                return server.DrainRefusal is { } refusal ? throw refusal : server.DrainRows;
            });
        }

        public ValueTask DisposeAsync()
        {
            IsUsable = false;
            return ValueTask.CompletedTask;
        }

        private async Task<T> DoAsync<T>(string statement, bool hangs, TimeSpan deadline, Func<T> answer)
        {
            server.Statements.Add(statement);
            try
            {
                await server.AnswerAsync(hangs, deadline);
            }
            catch (TimeoutException)
            {
                IsUsable = false;
                throw;
            }

            return answer();
        }
    }
}

/// <summary>One server and what it does to who asks it.</summary>
internal sealed class PretendedServer(TimeProvider time)
{
    private static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(2);

    private TaskCompletionSource answer = new();

    public DoltRole Role { get; set; } = DoltRole.Standby;

    public long Epoch { get; set; } = 1;

    public Dictionary<string, string> Databases { get; } = new() { ["shop"] = "hash-1" };

    public IReadOnlyList<DoltReplicationStatus> Replication { get; set; } = [];

    /// <summary>Whether nothing is answered.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Whether what it holds is never told.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Whether new clients are taken and hear nothing, while those that are there are served.</summary>
    public bool LetsClientsWait { get; set; }

    /// <summary>Whether a session that changed the role can be made as new.</summary>
    public bool KeepsSessions { get; set; }

    /// <summary>Why nobody may connect; null when everybody may.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Why the role cannot be changed; null when it can.</summary>
    public Exception? RoleRefusal { get; set; }

    /// <summary>Why the administrator cannot be set; null when it can.</summary>
    public Exception? RotationRefusal { get; set; }

    /// <summary>What it has of the variables that are set while it runs.</summary>
    public RunningVariables Variables { get; set; } = new(10, "info");

    /// <summary>Whether it says that it takes a variable and goes on as before.</summary>
    public bool KeepsVariables { get; set; }

    /// <summary>Why a variable cannot be set; null when it can.</summary>
    public Exception? VariableRefusal { get; set; }

    /// <summary>What a drain is answered with.</summary>
    public IReadOnlyList<DoltTransitionRow> DrainRows { get; set; } = [];

    /// <summary>Why a drain is refused, the role staying as it is; null when it is not.</summary>
    public Exception? DrainRefusal { get; set; }

    /// <summary>Whether a drain is done and never answered.</summary>
    public bool IsDrainAnswerLost { get; set; }

    /// <summary>What it was asked.</summary>
    public List<string> Statements { get; } = [];

    /// <summary>Answers what hangs at last.</summary>
    public void Answers()
    {
        var answered = answer;
        answer = new();
        answered.SetResult();
    }

    public async Task AnswerAsync(bool hangs, TimeSpan deadline)
    {
        if (!hangs)
            return;
        var answered = answer.Task;
        var began = time.GetTimestamp();
        while (deadline - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
        {
            // What takes long is many small statements: one that is not answered at all is given up earlier.
            if (await Task.WhenAny(answered, Task.Delay(left < LongestReading ? left : LongestReading, time)) == answered)
                return;
            if (IsFrozen)
                break;
        }

        throw new TimeoutException($"no answer within {deadline.TotalSeconds:0} s");
    }
}
