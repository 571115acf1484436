using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Hosting;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>A sandbox with an operator in it, as a user of a laptop has it, and what a user does with both.</summary>
internal sealed class Laptop : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SqlDeadline = TimeSpan.FromSeconds(15);

    private readonly string directory;
    private readonly List<RunningOperator> operators = [];

    private Laptop(SandboxHost host, string directory)
    {
        this.directory = directory;
        Host = host;
        Client = host.ApiServer.Connect("user");
    }

    public SandboxHost Host { get; }

    /// <summary>Every operator that was started, dead ones included.</summary>
    public IReadOnlyList<RunningOperator> Operators => operators;

    /// <summary>The user's access to the API server.</summary>
    public KubernetesClient Client { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A sandbox; <paramref name="withOperator"/> also starts an operator.</summary>
    public static async Task<Laptop> StartAsync(bool withOperator = true)
    {
        var directory = Directory.CreateTempSubdirectory("doltdb-scenario-").FullName;
        var host = await SandboxHost.StartAsync(
            new SandboxOptions { DataDirectory = directory, Listen = null, Definitions = [.. CrdsCommand.ReadAll()], IsEphemeral = true }, Token);
        var laptop = new Laptop(host, directory);
        if (withOperator)
            laptop.StartOperator();
        return laptop;
    }

    /// <summary>Starts one more operator; its requests are counted under <c>operator-N</c>.</summary>
    public RunningOperator StartOperator(bool leaderElect = false)
    {
        var started = RunningOperator.Start(Host, $"operator-{operators.Count}", leaderElect);
        operators.Add(started);
        return started;
    }

    public Task<IReadOnlyList<AppliedManifest>> ApplyAsync(string yaml) => Host.ApplyAsync(yaml, "manifest", Token);

    public Task<DoltDb?> GetAsync(string name) => Client.GetAsync(DoltKinds.DoltDb, In(name), Token);

    public Task<T?> GetAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject => Client.GetAsync(kind, In(name), Token);

    /// <summary>Waits until the DoltDB is as told.</summary>
    public async Task<DoltDb> AwaitAsync(string name, Func<DoltDb, bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var cluster = await GetAsync(name);
            if (cluster is not null && condition(cluster))
                return cluster;
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"waited for {what}; {name} is {cluster?.Status?.Phase}: {string.Join("; ", cluster?.Status?.Conditions?.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}") ?? [])}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    public Task<DoltDb> AwaitReadyAsync(string name) => AwaitAsync(name, IsReady, "Ready");

    public Task<DoltDb> AwaitConditionAsync(string name, string type, string status, string? reason = null) => AwaitAsync(
        name, cluster => cluster.Status?.Conditions?.Any(c => c.Type == type && c.Status == status && (reason is null || c.Reason == reason)) == true, $"{type}={status} {reason}");

    public static bool IsReady(DoltDb cluster) =>
        cluster.Status?.ObservedGeneration == cluster.Metadata.Generation && cluster.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    /// <summary>A session through a Service's address, as a client has it.</summary>
    public async Task<DoltServer> ConnectServiceAsync(string cluster, string service)
    {
        var found = await GetAsync(BuiltInKinds.Service, service) ?? throw new InvalidOperationException($"no Service {service}");
        return await ConnectAsync(cluster, found.Spec!.ClusterIP!, found.Spec.Ports![0].Port);
    }

    /// <summary>A session with one server.</summary>
    public async Task<DoltServer> ConnectPodAsync(string cluster, string pod)
    {
        var found = await GetAsync(BuiltInKinds.Pod, pod) ?? throw new IOException($"no pod {pod}");
        return await ConnectAsync(cluster, found.Status?.PodIP ?? throw new IOException($"{pod} has no address"), 3306);
    }

    /// <summary>Repeats until the statement answers the text; connections that break are made anew.</summary>
    public static async Task AwaitAnswerAsync(Func<Task<DoltServer>> connect, string statement, string expected)
    {
        var began = TimeProvider.System.GetTimestamp();
        string? last;
        do
        {
            try
            {
                await using var session = await connect();
                last = (await session.QueryAsync(statement, SqlDeadline, Token)).Rows is [[var value, ..], ..] ? value : null;
                if (last == expected)
                    return;
            }
            catch (Exception exception) when (exception is DoltException or IOException or TimeoutException)
            {
                last = exception.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
        while (TimeProvider.System.GetElapsedTime(began) < Patience);
        throw new TimeoutException($"{statement} answers '{last}', not '{expected}'");
    }

    /// <summary>Repeats the work while connections break or the server refuses, as a client does.</summary>
    public static async Task RetryAsync(Func<Task> work)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception exception) when (exception is DoltException or IOException or TimeoutException && TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
            }
        }
    }

    public static Task<SqlResult> RunAsync(ISqlSession session, string statement) => session.QueryAsync(statement, SqlDeadline, Token);

    /// <summary>Kills the server of a pod, as the kernel would.</summary>
    public void KillServer(string pod) => (Host.Container(In(pod)) ?? throw new InvalidOperationException($"{pod} does not run")).Kill();

    public async ValueTask DisposeAsync()
    {
        foreach (var running in operators)
            await running.DisposeAsync();
        Client.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static NamespacedName In(string name) => new("default", name);

    private async Task<DoltServer> ConnectAsync(string cluster, string host, int port)
    {
        var secret = await GetAsync(BuiltInKinds.Secret, ClusterNames.Credentials(cluster)) ?? throw new InvalidOperationException("no credentials");
        var endpoint = new DoltEndpoint { Host = host, Port = port, User = Text(secret, "admin-user"), Password = Text(secret, "admin-password") };
        return await new DoltConnector(TimeProvider.System).ConnectAsync(endpoint, SqlDeadline, Token);
    }

    private static string Text(Secret secret, string key) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data![key]));
}

/// <summary>One operator in this process.</summary>
internal sealed class RunningOperator : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly KubernetesMetrics metrics = new();
    private readonly KubernetesClient client;
    private readonly SandboxHost host;
    private readonly Task<bool> running;
    private IDisposable? dead;

    private RunningOperator(SandboxHost host, string userAgent, bool leaderElect)
    {
        this.host = host;
        UserAgent = userAgent;
        client = host.ApiServer.Connect(userAgent);
        var services = new ControllerServices(TimeProvider.System, new Random(1), metrics, NullLoggerFactory.Instance);
        Runtime = new OperatorRuntime(client, new OperatorOptions { LeaderElect = leaderElect }, "default", services);
        running = Runtime.RunAsync(stopping.Token);
    }

    public string UserAgent { get; }

    public OperatorRuntime Runtime { get; }

    public static RunningOperator Start(SandboxHost host, string userAgent, bool leaderElect) => new(host, userAgent, leaderElect);

    /// <summary>Ends it as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await running;
    }

    /// <summary>Ends it as SIGKILL does: from now on nothing that it sends arrives.</summary>
    public Task KillAsync()
    {
        dead = host.ApiServer.Faults.Fail(context => context.Kind.UserAgent == UserAgent, 403);
        return StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Runtime.DisposeAsync();
        client.Dispose();
        metrics.Dispose();
        dead?.Dispose();
        stopping.Dispose();
    }
}
