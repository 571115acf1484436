using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Hosting;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>
/// What a user does with a Kubernetes that has an operator: a sandbox in this process or, when <see cref="ScenarioOptions"/> say so, a real cluster.
/// </summary>
internal sealed class Laptop : IAsyncDisposable
{
    private static readonly TimeSpan SqlDeadline = TimeSpan.FromSeconds(15);

    private readonly IScenarioTarget target;
    private readonly List<RunningOperator> operators = [];

    private Laptop(IScenarioTarget target) => this.target = target;

    /// <summary>The sandbox from inside, for scenarios that started with <see cref="StartInsideAsync"/>.</summary>
    public SandboxHost Host => target.Inside ?? throw new InvalidOperationException("a scenario that looks inside begins with StartInsideAsync");

    /// <summary>Every operator of this process that was started, dead ones included.</summary>
    public IReadOnlyList<RunningOperator> Operators => operators;

    /// <summary>Whether operators are the scenario's to start and kill.</summary>
    public bool OwnsOperators => target.Inside is not null;

    /// <summary>The user's access to the API server.</summary>
    public KubernetesClient Client => target.Client;

    /// <summary>The namespace of the scenario's objects.</summary>
    public string Namespace => target.Namespace;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static TimeSpan Patience => ScenarioOptions.OfProcess().Patience;

    /// <summary>A Kubernetes with an operator, whichever the environment names.</summary>
    public static async Task<Laptop> StartAsync()
    {
        var options = ScenarioOptions.OfProcess();
        if (options.OnCluster)
            return new Laptop(await ClusterTarget.StartAsync(options, Token));
        var laptop = new Laptop(await SandboxTarget.StartAsync(options.Patience, Token));
        laptop.StartOperator();
        return laptop;
    }

    /// <summary>
    /// A sandbox, for a scenario that needs the inside of one; on a real cluster the scenario is not run and says why. <paramref name="withOperator"/>
    /// also starts an operator.
    /// </summary>
    /// <param name="because">What it needs: <c>counts requests</c>.</param>
    /// <param name="withOperator">Whether an operator runs from the start.</param>
    /// <param name="ns">Where manifests go that name no namespace.</param>
    public static async Task<Laptop> StartInsideAsync(string because, bool withOperator = true, string ns = "default")
    {
        var options = ScenarioOptions.OfProcess();
        if (options.OnCluster)
            Assert.Skip($"needs the inside of the sandbox: {because}");
        var laptop = new Laptop(await SandboxTarget.StartAsync(options.Patience, Token, ns));
        if (withOperator)
            laptop.StartOperator();
        return laptop;
    }

    /// <summary>Starts one more operator; its requests are counted under <c>operator-N</c>.</summary>
    public RunningOperator StartOperator(OperatorOptions? options = null)
    {
        var started = RunningOperator.Start(Host, $"operator-{operators.Count}", options ?? new OperatorOptions());
        operators.Add(started);
        return started;
    }

    public Task<IReadOnlyList<AppliedManifest>> ApplyAsync(string yaml) => target.ApplyAsync(yaml, Token);

    public Task<DoltDb?> GetAsync(string name) => Client.GetAsync(DoltKinds.DoltDb, In(name), Token);

    public Task<T?> GetAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject => Client.GetAsync(kind, In(name), Token);

    /// <summary>The objects of the scenario's namespace with these labels.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(ResourceKind<T> kind, string labels)
        where T : class, IKubernetesObject => (await Client.ListAsync(kind, new ListOptions { Namespace = Namespace, LabelSelector = labels }, Token)).Items;

    /// <summary>Waits until the DoltDB is as told.</summary>
    public Task<DoltDb> AwaitAsync(string name, Func<DoltDb, bool> condition, string what) => AwaitAsync(DoltKinds.DoltDb, name, condition, what, Describe);

    /// <summary>Waits until the StatefulSet is as told.</summary>
    public Task<StatefulSet> AwaitSetAsync(string name, Func<StatefulSet, bool> condition, string what) =>
        AwaitAsync(BuiltInKinds.StatefulSet, name, condition, what, set => $"runs {set?.Spec?.Replicas}");

    /// <summary>Waits until the objects with these labels are as told.</summary>
    public Task<IReadOnlyList<T>> AwaitListAsync<T>(ResourceKind<T> kind, string labels, Func<IReadOnlyList<T>, bool> condition, string what)
        where T : class, IKubernetesObject =>
        PollAsync(() => ListAsync(kind, labels), condition, found => $"waited for {what}; there are {string.Join(", ", found.Select(item => item.Metadata.Name))}");

    public Task<DoltDb> AwaitReadyAsync(string name) => AwaitAsync(name, IsReady, "Ready");

    public Task<DoltDb> AwaitConditionAsync(string name, string type, string status, string? reason = null) => AwaitAsync(
        name, cluster => cluster.Status?.Conditions?.Any(c => c.Type == type && c.Status == status && (reason is null || c.Reason == reason)) == true, $"{type}={status} {reason}");

    public static bool IsReady(DoltDb cluster) =>
        cluster.Status?.ObservedGeneration == cluster.Metadata.Generation && cluster.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    /// <summary>Whether the server says that it is of this version; the simulated one says so too.</summary>
    public static bool Runs(MemberStatus member, string version) => member.EngineVersion?.Split('-')[0] == version;

    /// <summary>A session through a Service's address, as a client has it.</summary>
    public async Task<DoltServer> ConnectServiceAsync(string cluster, string service) => await ConnectAsync(cluster, await target.ServiceAddressAsync(service, Token));

    /// <summary>A session through a Service's address as another account than the administrator.</summary>
    public async Task<DoltServer> ConnectServiceAsync(string service, string user, string password)
    {
        var address = await target.ServiceAddressAsync(service, Token);
        return await new DoltConnector(TimeProvider.System).ConnectAsync(new DoltEndpoint { Host = address.Host, Port = address.Port, User = user, Password = password }, SqlDeadline, Token);
    }

    /// <summary>Waits until the Ready condition of a Database, User or Grant has the reason, for its newest spec.</summary>
    public async Task<Condition> AwaitSqlObjectAsync<T>(ResourceKind<T> kind, string name, string reason = "Created")
        where T : KubernetesObject
    {
        Condition? Ready(T? found)
        {
            var conditions = System.Text.Json.JsonSerializer.SerializeToNode(found!, kind.TypeInfo)?["status"]?["conditions"];
            return System.Text.Json.JsonSerializer.Deserialize(conditions, ApiJson.Default.IReadOnlyListCondition).Find("Ready");
        }

        var seen = await AwaitAsync(
            kind,
            name,
            found => Ready(found) is { } ready && ready.Reason == reason && ready.ObservedGeneration == found.Metadata.Generation,
            $"{kind.Kind} {name}: {reason}",
            found => $"{Ready(found)?.Reason}: {Ready(found)?.Message}");
        return Ready(seen)!;
    }

    /// <summary>Deletes an object and waits until it is gone.</summary>
    public async Task DeleteAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject
    {
        await Client.DeleteAsync(kind, In(name), new DeleteOptions(), Token);
        await AwaitGoneAsync(kind, name);
    }

    /// <summary>Waits until a deleted object is gone.</summary>
    public Task AwaitGoneAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject =>
        PollAsync(() => GetAsync(kind, name), static found => found is null, found => $"{kind.Kind} {name} is still there, with {string.Join(", ", found?.Metadata.Finalizers ?? [])}");

    /// <summary>A session with one server.</summary>
    public async Task<DoltServer> ConnectPodAsync(string cluster, string pod) => await ConnectAsync(cluster, await target.PodAddressAsync(pod, Token));

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

    /// <summary>What a key of a Secret says.</summary>
    public static string Text(Secret secret, string key) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data![key]));

    /// <summary>Repeats until it is so.</summary>
    public static Task AwaitTrueAsync(Func<Task<bool>> isSo, string what) => PollAsync(isSo, static so => so, _ => $"waited for {what}");

    /// <summary>Repeats the reading until it has the answer, which the message of a failure tells.</summary>
    public static Task AwaitTextAsync(Func<Task<string>> read, string expected) => PollAsync(read, text => text == expected, text => $"waited for '{expected}', not '{text}'");

    /// <summary>Kills, freezes or thaws the server of a pod, as the kernel would.</summary>
    public Task SignalAsync(string pod, ServerSignal signal) => target.SignalAsync(pod, signal, Token);

    /// <summary>Deletes a pod; <paramref name="atOnce"/> leaves its server no time.</summary>
    public Task DeletePodAsync(string pod, bool atOnce = false) =>
        Client.DeleteAsync(BuiltInKinds.Pod, In(pod), new DeleteOptions { GracePeriodSeconds = atOnce ? 0 : null }, Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var running in operators)
            await running.DisposeAsync();
        await target.DisposeAsync();
    }

    private static string Describe(DoltDb? cluster) =>
        $"is {cluster?.Status?.Phase}: {string.Join("; ", cluster?.Status?.Conditions?.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}") ?? [])}; "
        + string.Join("; ", cluster?.Status?.Members?.Select(m => $"{m.Name} ready={m.Ready} reachable={m.Reachable} {m.Role}@{m.Epoch} {m.Message}") ?? []);

    private async Task<T> AwaitAsync<T>(ResourceKind<T> kind, string name, Func<T, bool> condition, string what, Func<T?, string> describe)
        where T : class, IKubernetesObject =>
        (await PollAsync(() => GetAsync(kind, name), found => found is not null && condition(found), found => $"waited for {what} until {TimeProvider.System.GetUtcNow():HH:mm:ss}; {name} {describe(found)}{string.Concat(operators.Select(static one => one.Log.Tail()))}"))!;

    private static async Task<T> PollAsync<T>(Func<Task<T>> read, Func<T, bool> condition, Func<T, string> describe)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = await read();
            if (condition(found))
                return found;
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
                throw new TimeoutException(describe(found));
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private NamespacedName In(string name) => new(Namespace, name);

    private async Task<DoltServer> ConnectAsync(string cluster, Address address)
    {
        var secret = await GetAsync(BuiltInKinds.Secret, ClusterNames.Credentials(cluster)) ?? throw new InvalidOperationException("no credentials");
        var endpoint = new DoltEndpoint { Host = address.Host, Port = address.Port, User = Text(secret, "admin-user"), Password = Text(secret, "admin-password") };
        return await new DoltConnector(TimeProvider.System).ConnectAsync(endpoint, SqlDeadline, Token);
    }
}
