using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Simulation.World;

/// <summary>One process of the operator: the real controller over an API and servers that may fail. It can die or stand still between any two actions.</summary>
internal sealed class SimulatedOperator : IEventRecorder, IDisposable
{
    private readonly SimulatedWorld world;
    private readonly KubernetesMetrics metrics = new();
    private readonly SimulatedController controller;
    private TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DoltDb? answered;

    public SimulatedOperator(SimulatedWorld world, string name)
    {
        this.world = world;
        Name = name;
        running.SetResult();
        Caches = new SimulatedCaches(world, SimulatedOperators.UsualLag);
        var caches = new ClusterCaches(Caches);
        var connector = new SimulatedConnector(world.ServerAt, host => world.IsCut("operator", host), WaitAsync, world.Time, world.Random, new RoleWatch(this));
        var services = new ControllerServices(world.Time, world.Random, metrics, NullLoggerFactory.Instance);
        var client = new UnreliableClient(this);
        var credentials = new AdministratorCredentials(client, world.Time, caches.Secrets);
        var reconciler = ClusterController.CreateReconciler(client, caches, credentials, new DoltConnections(connector, new DoltConnectionsOptions(), world.Time), this, services);
        controller = new SimulatedController(new PassWatch(this, reconciler, caches.Clusters), world.Time, IsExpected, world.Violate)
            .Watch(caches.Clusters, static cluster => [NamespacedName.Of(cluster)], Predicates.IgnoresStatus)
            .Watch(caches.Sets, static set => Owner(set.Metadata))
            .Watch(caches.Services, static service => Owner(service.Metadata))
            .Watch(caches.ConfigMaps, static map => Owner(map.Metadata), Predicates.IgnoresStatus)
            .Watch(caches.Budgets, static budget => Owner(budget.Metadata), Predicates.IgnoresStatus)
            .Watch(caches.Pods, static pod => Named(pod.Metadata))
            .Watch(caches.Claims, static claim => Named(claim.Metadata));
        world.Go(controller.RunAsync);
    }

    public string Name { get; }

    public SimulatedCaches Caches { get; }

    public bool IsDead { get; private set; }

    /// <summary>Whether another operator leads already, and this one does not know yet.</summary>
    public bool IsStale { get; set; }

    /// <summary>What the present pass began with; null before the first.</summary>
    public PassKnowledge? Pass { get; private set; }

    /// <summary>Ends it as SIGKILL does.</summary>
    public void Kill()
    {
        IsDead = true;
        controller.IsGone = true;
        Caches.IsGone = true;
        running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Stops it in its tracks.</summary>
    public void Freeze() => running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => running.TrySetResult();

    /// <inheritdoc/>
    public void Record(ObjectReference regarding, EventType type, string reason, string message) => world.Trace($"{Name} says {reason}: {message}");

    public void Dispose() => metrics.Dispose();

    private Task WaitAsync() => running.Task;

    private static bool IsExpected(Exception exception) => exception is KubernetesException or HttpRequestException or TimeoutException;

    private static IEnumerable<NamespacedName> Owner(ObjectMeta metadata) =>
        metadata.Controller() is { Kind: "DoltDB" } owner ? [new NamespacedName(metadata.Namespace ?? "", owner.Name)] : [];

    private static IEnumerable<NamespacedName> Named(ObjectMeta metadata) =>
        metadata.Labels?.GetValueOrDefault(ClusterLabels.Name) is { } name ? [new NamespacedName(metadata.Namespace ?? "", name)] : [];

    /// <summary>Notes what each pass can know of the DoltDB: the cache's version, or one that it was answered before, which its memory may hold.</summary>
    private sealed class PassWatch(SimulatedOperator owner, IReconciler inner, IObjectCache<DoltDb> clusters) : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
        {
            var cached = clusters.Get(key);
            var hasHandOver = cached?.Status?.HandOver is not null || owner.answered?.Status?.HandOver is not null || owner.world.Cluster()?.Status?.HandOver is not null;
            owner.Pass = new PassKnowledge(long.TryParse(cached?.Metadata.ResourceVersion, CultureInfo.InvariantCulture, out var version) ? version : -1, hasHandOver, cached?.Status?.CurrentPrimary);
            return inner.ReconcileAsync(key, cancellationToken);
        }
    }

    private sealed class RoleWatch(SimulatedOperator owner) : IStatementWatch
    {
        public void Sending(string host, string statement)
        {
            owner.world.Restraints.BeforeStatement(owner, owner.world.PodAt(host)?.Name ?? host, statement);
            owner.world.Invariants.BeforeStatement(owner, host, statement);
            if (owner.world.PodAt(host) is { } pod && owner.world.Refuses(pod.Name, statement))
                throw new DoltException(1105, $"{pod.Name} refuses");
        }

        public void Answered(string host, string statement) => owner.world.Invariants.AfterStatement(host, statement);
    }

    /// <summary>The API as the operator reaches it: late, sometimes refusing, sometimes doing without answering.</summary>
    private sealed class UnreliableClient(SimulatedOperator owner) : IKubernetesClient
    {
        private readonly KubernetesClient inner = owner.world.Client;

        public Task<T?> GetAsync<T>(ResourceKind<T> kind, NamespacedName name, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => CallAsync(() => inner.GetAsync(kind, name, cancellationToken));

        public Task<ObjectList<T>> ListAsync<T>(ResourceKind<T> kind, ListOptions options, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => CallAsync(() => inner.ListAsync(kind, options, cancellationToken));

        public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceKind<T> kind, WatchOptions options, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => throw new NotSupportedException("watches are simulated by the caches");

        public Task<T> CreateAsync<T>(ResourceKind<T> kind, T resource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => WriteAsync(() => inner.CreateAsync(kind, resource, cancellationToken), $"creates {kind.Kind} {resource.Metadata.Name}");

        public Task<T> ReplaceAsync<T>(ResourceKind<T> kind, T resource, string? subresource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => resource is DoltDb cluster && subresource == "status"
                ? CallAsync(
                    () =>
                    {
                        owner.world.Restraints.BeforeStatus(owner, cluster);
                        return inner.ReplaceAsync(kind, resource, subresource, cancellationToken);
                    },
                    isWrite: true)
                : WriteAsync(() => inner.ReplaceAsync(kind, resource, subresource, cancellationToken), $"replaces {kind.Kind} {resource.Metadata.Name}");

        public Task<T> ApplyAsync<T>(ResourceKind<T> kind, T resource, string fieldManager, string? subresource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => WriteAsync(() => inner.ApplyAsync(kind, resource, fieldManager, subresource, cancellationToken), $"applies {kind.Kind} {resource.Metadata.Name}");

        public Task<T> MergePatchAsync<T>(ResourceKind<T> kind, NamespacedName name, JsonObject patch, string? subresource, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => WriteAsync(() => inner.MergePatchAsync(kind, name, patch, subresource, cancellationToken), $"patches {kind.Kind} {name.Name}");

        public Task<bool> DeleteAsync<T>(ResourceKind<T> kind, NamespacedName name, DeleteOptions options, CancellationToken cancellationToken)
            where T : class, IKubernetesObject => WriteAsync(
            () =>
            {
                if (kind.Kind == "Pod")
                    owner.world.Invariants.BeforeRemoval(owner, name.Name, isForced: true);
                return inner.DeleteAsync(kind, name, options, cancellationToken);
            },
            $"deletes {kind.Kind} {name.Name}");

        public Task<EvictionResult> EvictAsync(NamespacedName pod, DeleteOptions options, CancellationToken cancellationToken) =>
            WriteAsync(
                () =>
                {
                    owner.world.Invariants.BeforeRemoval(owner, pod.Name, isForced: false);
                    return inner.EvictAsync(pod, options, cancellationToken);
                },
                $"evicts {pod.Name}");

        public Task BindAsync(NamespacedName pod, string node, CancellationToken cancellationToken) => throw new NotSupportedException("the operator binds no pods");

        private Task<T> WriteAsync<T>(Func<Task<T>> call, string what) => CallAsync(
            () =>
            {
                owner.world.Restraints.BeforeWrite(owner, what);
                return call();
            },
            isWrite: true);

        private async Task<T> CallAsync<T>(Func<Task<T>> call, bool isWrite = false)
        {
            var world = owner.world;
            await owner.WaitAsync();
            await world.DelayAsync(0, 4);
            await owner.WaitAsync();
            if (world.IsCut("operator", "api"))
            {
                await world.DelayAsync(1000, 3000);
                await owner.WaitAsync();
                throw new HttpRequestException("simulated: the API server cannot be reached");
            }

            if (world.Random.NextDouble() < world.ApiErrorRate)
                throw new KubernetesException(world.Pick<int>(isWrite ? [409, 500, 429, 503] : [500, 429, 503]), null, "simulated refusal");
            var losesAnswer = isWrite && world.Random.NextDouble() < world.LostAnswerRate;
            var result = await call();
            await world.DelayAsync(0, 4);
            await owner.WaitAsync();
            if (losesAnswer)
                throw new HttpRequestException("simulated: the answer was lost");
            owner.answered = result as DoltDb ?? owner.answered;
            return result;
        }
    }
}
