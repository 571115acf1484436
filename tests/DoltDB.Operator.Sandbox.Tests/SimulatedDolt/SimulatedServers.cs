using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DoltDB.Operator.Sandbox.SimulatedDolt;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Sandbox.Tests.SimulatedDolt;

/// <summary>Simulated servers on loopback addresses, each with a data directory of its own, and sessions to them.</summary>
internal sealed class SimulatedServers : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("simulated-dolt-");
    private readonly ConcurrentBag<IAsyncDisposable> sessions = [];
    private readonly Dictionary<int, SimulatedDoltServer> servers = [];
    private readonly int port = FreePort();
    private readonly int count;

    private SimulatedServers(int count) => this.count = count;

    public SimulatedNetwork Network { get; } = new(TimeProvider.System);

    public List<string> Printed { get; } = [];

    /// <summary>One server without a cluster section, or several in a cluster, all standbys at epoch 0.</summary>
    public static SimulatedServers Start(int count)
    {
        var servers = new SimulatedServers(count);
        for (var ordinal = 0; ordinal < count; ordinal++)
            servers.Start(ordinal, configuration: null);
        return servers;
    }

    public SimulatedDoltServer this[int ordinal] => servers[ordinal];

    public string DirectoryOf(int ordinal) => Path.Combine(root.FullName, Name(ordinal));

    public SimulatedDoltServer Start(int ordinal, string? configuration)
    {
        Directory.CreateDirectory(DirectoryOf(ordinal));
        return servers[ordinal] = SimulatedDoltServer.Start(new SimulatedDoltOptions
        {
            HostName = Name(ordinal),
            WorkingDirectory = DirectoryOf(ordinal),
            ConfigYaml = configuration ?? Configuration(ordinal),
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOLT_ROOT_PATH"] = DirectoryOf(ordinal),
                ["DOLT_ROOT_HOST"] = "%",
                ["DOLT_ROOT_PASSWORD"] = "secret",
            },
            Address = AddressOf(ordinal),
            EngineVersion = "1.57.2-simulated",
            Network = Network,
            Clock = TimeProvider.System,
            Log = line =>
            {
                lock (Printed)
                    Printed.Add(line);
            },
        });
    }

    public async Task<DoltServer> ConnectAsync(int ordinal, string user = "root", string password = "secret", string? database = null, TimeSpan? within = null)
    {
        var endpoint = new DoltEndpoint { Host = AddressOf(ordinal).ToString(), Port = port, User = user, Password = password, Database = database };
        var session = await new DoltConnector(TimeProvider.System).ConnectAsync(endpoint, within ?? Deadline, TestContext.Current.CancellationToken);
        sessions.Add(session);
        return session;
    }

    /// <summary>Makes a server primary at epoch 1 and returns a fresh session to it. A change of its role that just came into effect closes the first session.</summary>
    public async Task<DoltServer> PromoteAsync(int ordinal, long epoch = 1)
    {
        try
        {
            await AssumePrimaryAsync(ordinal, epoch);
        }
        catch (IOException)
        {
            await AssumePrimaryAsync(ordinal, epoch);
        }

        return await ConnectAsync(ordinal);
    }

    private async Task AssumePrimaryAsync(int ordinal, long epoch)
    {
        var session = await ConnectAsync(ordinal);
        await session.AssumeRoleAsync(DoltRole.Primary, epoch, Deadline, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until the query's single value is the expected one.</summary>
    public async Task AwaitAsync(int ordinal, string query, string expected)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = await TryReadAsync(ordinal, query);
            if (found == expected)
                return;
            if (TimeProvider.System.GetElapsedTime(deadline) > Deadline)
                throw new TimeoutException($"{query} on {Name(ordinal)} is '{found}', not '{expected}'");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in sessions)
            await session.DisposeAsync();
        foreach (var server in servers.Values)
            server.Kill();
        root.Delete(recursive: true);
    }

    private async Task<string?> TryReadAsync(int ordinal, string query)
    {
        try
        {
            await using var session = await ConnectAsync(ordinal);
            return (await session.RunAsync(query)).Rows is [[var value, ..], ..] ? value : null;
        }
        catch (Exception e) when (e is DoltException or IOException)
        {
            return null;
        }
    }

    /// <summary>What a server is configured with when a test says nothing.</summary>
    public string Configuration(int ordinal)
    {
        var yaml = new StringBuilder($"listener:\n  host: 0.0.0.0\n  port: {port}\n");
        if (count == 1)
            return yaml.ToString();
        yaml.Append("cluster:\n  standby_remotes:\n");
        for (var other = 0; other < count; other++)
        {
            if (other != ordinal)
                yaml.Append($"  - name: {Name(other)}\n    remote_url_template: http://{Name(other)}:50051/{{database}}\n");
        }

        return yaml.Append("  bootstrap_role: standby\n  bootstrap_epoch: 0\n  remotesapi:\n    port: 50051\n").ToString();
    }

    private static string Name(int ordinal) => $"dolt-{ordinal}";

    /// <summary>An address that no other test has: it follows from the port.</summary>
    private IPAddress AddressOf(int ordinal) => new([127, 50, (byte)(port >> 8), (byte)(((port & 0x3f) * 4) + ordinal)]);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal static class SessionExtensions
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Runs a statement and returns what it answers.</summary>
    public static Task<SqlResult> RunAsync(this ISqlSession session, string statement) =>
        session.QueryAsync(statement, Deadline, TestContext.Current.CancellationToken);

    /// <summary>The single value that a query answers.</summary>
    public static async Task<string?> ReadAsync(this ISqlSession session, string query) => (await session.RunAsync(query)).Rows[0][0];

    /// <summary>The error that a statement ends with.</summary>
    public static async Task<DoltException> FailAsync(this ISqlSession session, string statement) =>
        await Should.ThrowAsync<DoltException>(() => session.RunAsync(statement));
}
