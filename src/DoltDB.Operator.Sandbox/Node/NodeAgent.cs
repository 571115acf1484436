using System.Collections.Concurrent;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>The kubelet of the sandbox's one node: a worker for each pod that is bound to it.</summary>
internal sealed class NodeAgent : IAsyncDisposable
{
    /// <summary>Name of the node.</summary>
    public const string NodeName = "sandbox";

    private readonly NodeServices services;
    private readonly ConcurrentDictionary<NamespacedName, PodWorker> workers = new();
    private readonly ConcurrentDictionary<NamespacedName, Task> endings = new();
    private readonly IDisposable pods;
    private readonly IDisposable claims;

    /// <summary>Starts to run the pods of the cache; the caches must be synced.</summary>
    public NodeAgent(NodeServices services, IObjectCache<Pod> pods, IObjectCache<PersistentVolumeClaim> claims)
    {
        this.services = services;
        this.pods = pods.Subscribe(OnPod);
        this.claims = claims.Subscribe(OnClaim);
    }

    /// <summary>The container of a running pod (the first when none is named), or null: where faults are injected.</summary>
    public IRunningContainer? Container(NamespacedName pod, string? container = null) =>
        workers.TryGetValue(pod, out var worker) ? worker.Container(container) : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        pods.Dispose();
        claims.Dispose();
        await Task.WhenAll(workers.Values.Select(worker => worker.KillAsync()).Concat(endings.Values));
    }

    private void OnPod(CacheChange<Pod> change)
    {
        if (change.New is null)
            Remove(change.Old!);
        else if (change.New.Spec?.NodeName == NodeName)
            AddOrUpdate(change.New);
    }

    private void AddOrUpdate(Pod pod)
    {
        var name = NamespacedName.Of(pod);
        if (workers.TryGetValue(name, out var known))
        {
            if (known.Uid == pod.Metadata.Uid)
            {
                known.Update(pod);
                return;
            }

            Remove(known.Pod);
        }

        if (pod.Status?.Phase is "Succeeded" or "Failed")
            return;
        var worker = new PodWorker(pod, services);
        workers[name] = worker;

        // A pod of the same name has the same address and volumes: it begins when the one before has ended.
        var before = endings.GetValueOrDefault(name, Task.CompletedTask);
        _ = Task.Run(async () =>
        {
            worker.Update(pod);
            await before;
            await worker.RunAsync();
        });
    }

    private void Remove(Pod pod)
    {
        var name = NamespacedName.Of(pod);
        if (!workers.TryGetValue(name, out var worker) || worker.Uid != pod.Metadata.Uid || !workers.TryRemove(name, out _))
            return;
        services.Logs.Remove(name);
        var before = endings.GetValueOrDefault(name, Task.CompletedTask);
        endings[name] = Task.Run(async () =>
        {
            await Task.WhenAll(before, worker.KillAsync());
            services.Volumes.RemovePod(worker.Pod);
        });
    }

    private void OnClaim(CacheChange<PersistentVolumeClaim> change)
    {
        if (change.New is null)
            services.Volumes.RemoveClaim(NamespacedName.Of(change.Old!));
    }
}
