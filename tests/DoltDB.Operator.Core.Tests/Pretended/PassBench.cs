using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Clusters;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sql;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Core.Tests.Pretended;

/// <summary>Whole passes over the cluster <c>ns/db</c>: a real API server whose writes may go wrong, pods that the test makes, and pretended servers.</summary>
internal sealed class PassBench : IEventRecorder, IAsyncDisposable
{
    private static readonly NamespacedName Name = new("ns", "db");

    private readonly KubernetesMetrics metrics = new();
    private readonly SupervisedLoops loops = new(NullLogger.Instance);
    private readonly SandboxApiServer server;
    private readonly KubernetesClient user;
    private readonly ClusterCaches caches;
    private readonly DoltConnections connections;
    private readonly IReconciler reconciler;
    private readonly CacheRegistry registry;

    private PassBench(SandboxApiServer server)
    {
        this.server = server;
        user = server.Connect("user");
        Api = new TroubledClient(server.Connect("operator"));
        Servers = new PretendedServers(Clock);
        registry = new CacheRegistry(user, [], TimeProvider.System, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        caches = new ClusterCaches(registry);
        connections = new DoltConnections(Servers, new DoltConnectionsOptions(), Clock);
        var services = new ControllerServices(Clock, new Random(1), metrics, NullLoggerFactory.Instance);
        reconciler = ClusterController.CreateReconciler(Api, caches, new AdministratorCredentials(Api, Clock, caches.Secrets), connections, this, services);
    }

    public ManualTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public TroubledClient Api { get; }

    public PretendedServers Servers { get; }

    /// <summary>What users were told.</summary>
    public List<string> Events { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The cluster as the API server has it.</summary>
    public DoltDb Cluster => caches.Clusters.Get(Name)!;

    /// <summary>A cluster of that spec whose objects are made, with that many pods that run.</summary>
    public static async Task<PassBench> StartAsync(int replicas, string? spec = null, Func<string, Exception?>? trouble = null)
    {
        var options = new SandboxApiServerOptions { Listen = null, Definitions = RepositoryFiles.In("config/crd").Select(RepositoryFiles.Read).ToList() };
        var bench = new PassBench(await SandboxApiServer.StartAsync(options, Token));
        await bench.user.CreateAsync(BuiltInKinds.Namespace, new Namespace { Metadata = new ObjectMeta { Name = Name.Namespace } }, Token);
        bench.registry.Start(bench.loops);
        await bench.registry.WaitForSyncAsync(Token);
        var cluster = new DoltDb
        {
            Metadata = new ObjectMeta { Name = Name.Name, Namespace = Name.Namespace },
            Spec = JsonSerializer.Deserialize(spec ?? Situation.Replicated(replicas, 0), ApiJson.Default.DoltDbSpec),
        };
        await bench.user.CreateAsync(DoltKinds.DoltDb, cluster, Token);
        await Eventually.HoldsAsync(() => bench.Cluster is not null, "the DoltDB in the cache");
        bench.Api.Trouble = trouble ?? bench.Api.Trouble;
        await bench.PassAsync();
        for (var ordinal = 0; ordinal < replicas; ordinal++)
            await bench.RunPodAsync(ordinal);
        return bench;
    }

    /// <summary>A replicated cluster whose primary is ordinal 0, with nothing left to do.</summary>
    public static async Task<PassBench> SteadyAsync(int replicas)
    {
        var bench = await StartAsync(replicas);
        for (var ordinal = 0; ordinal < replicas; ordinal++)
            (bench.Servers[Address(ordinal)].Role, bench.Servers[Address(ordinal)].Epoch) = (DoltRole.Standby, 0);
        await bench.UntilAsync(() => bench.Cluster.Status is { CurrentPrimaryPodIndex: 0 } status && status.Conditions.Find(ClusterConditions.Ready)?.Status == Conditions.True);
        return bench;
    }

    public static string Address(int ordinal) => $"10.0.0.{ordinal}";

    /// <summary>One pass, a second after the one before. What fails it fails the test.</summary>
    public async Task PassAsync()
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        try
        {
            await reconciler.ReconcileAsync(Name, Token);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            // It wrote to the spec meanwhile: the queue brings another pass.
        }

        var live = (await user.GetAsync(DoltKinds.DoltDb, Name, Token))!;
        await Eventually.HoldsAsync(() => Cluster?.Metadata.ResourceVersion == live.Metadata.ResourceVersion, "the DoltDB in the cache");
    }

    /// <summary>Passes until it holds.</summary>
    public Task UntilAsync(Func<bool> condition) => Eventually.HoldsAsync(
        async () =>
        {
            if (condition())
                return true;
            await PassAsync();
            return condition();
        },
        "passes that come to it");

    /// <summary>The condition of the cluster as its reason and message.</summary>
    public string? Condition(string type) => Cluster.Status?.Conditions.Find(type) is { } found ? $"{found.Reason}: {found.Message}" : null;

    /// <summary>A user deletes an object of the cluster.</summary>
    public async Task DeleteAsync<T>(ResourceKind<T> kind, IObjectCache<T> cache, string name)
        where T : class, IKubernetesObject
    {
        await user.DeleteAsync(kind, Name with { Name = name }, new DeleteOptions { GracePeriodSeconds = 0 }, Token);
        await Eventually.HoldsAsync(() => cache.Get(Name with { Name = name }) is null, $"{name} gone from the cache");
    }

    /// <summary>The server and its pod are gone.</summary>
    public async Task LoseAsync(int ordinal)
    {
        Servers[Address(ordinal)].Refusal = new IOException("connection refused");
        await DeleteAsync(BuiltInKinds.Pod, caches.Pods, $"db-{ordinal}");
    }

    /// <summary>The pod that a Service selects by name.</summary>
    public string? SelectedBy(string service) => caches.Services.Get(Name with { Name = service })?.Spec?.Selector?.GetValueOrDefault(ClusterLabels.PodName);

    /// <summary>A user gives the DoltDB a label.</summary>
    public Task LabelAsync(string key, string value) => PatchAsync(new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [key] = value } } });

    /// <summary>A user changes the spec of the DoltDB.</summary>
    public Task ChangeAsync(JsonObject spec) => PatchAsync(new JsonObject { ["spec"] = spec });

    /// <summary>The status of the DoltDB says something else, as another operator left it.</summary>
    public Task FindAsync(JsonObject status) => PatchAsync(new JsonObject { ["status"] = status }, "status");

    /// <summary>A Service of the cluster is deleted, so that it is to be applied again.</summary>
    public Task LoseServiceAsync(string name) => DeleteAsync(BuiltInKinds.Service, caches.Services, name);

    /// <inheritdoc/>
    public void Record(ObjectReference regarding, EventType type, string reason, string message) => Events.Add($"{reason}: {message}");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await loops.DisposeAsync();
        await connections.DisposeAsync();
        await server.DisposeAsync();
        metrics.Dispose();
    }

    private async Task PatchAsync(JsonObject patch, string? subresource = null)
    {
        var changed = await user.MergePatchAsync(DoltKinds.DoltDb, Name, patch, subresource, Token);
        await Eventually.HoldsAsync(() => Cluster.Metadata.ResourceVersion == changed.Metadata.ResourceVersion, "the change in the cache");
    }

    private async Task RunPodAsync(int ordinal)
    {
        var template = (await user.GetAsync(BuiltInKinds.StatefulSet, Name, Token))!.Spec!.Template!;
        var pod = await user.CreateAsync(
            BuiltInKinds.Pod,
            new Pod
            {
                Metadata = new ObjectMeta
                {
                    Name = $"db-{ordinal}",
                    Namespace = Name.Namespace,
                    Labels = new(template.Metadata!.Labels ?? []),
                    Annotations = new(template.Metadata.Annotations ?? []),
                },
                Spec = template.Spec,
            },
            Token);
        var status = new PodStatus
        {
            PodIP = Address(ordinal),
            Phase = "Running",
            Conditions = [new PodCondition { Type = "Ready", Status = "True" }],
            ContainerStatuses = [new ContainerStatus { Name = "dolt", Image = "dolt", ImageID = "dolt", Ready = true, State = new ContainerState { Running = new() { StartedAt = Clock.GetUtcNow() } } }],
        };
        var running = await user.ReplaceAsync(BuiltInKinds.Pod, pod with { Status = status }, "status", Token);
        await Eventually.HoldsAsync(() => caches.Pods.Get(NamespacedName.Of(running))?.Status?.PodIP == Address(ordinal), "the pod in the cache");
    }
}
