using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Queues;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Sandbox.Controllers.Garbage;

/// <summary>
/// Deletes what no owner keeps, and carries out foreground and orphaning deletions. It looks at an object when its owners change, when one
/// of them goes, or when it is itself being deleted in one of these ways.
/// </summary>
internal sealed class GarbageCollector : IController, IDisposable
{
    private const int Workers = 4;

    private readonly ObjectGraph graph;
    private readonly GarbagePass pass;
    private readonly ILogger logger;
    private readonly WorkQueue<GraphKey> queue;

    public GarbageCollector(ControllerContext context, ObjectGraph graph)
    {
        this.graph = graph;
        pass = new GarbagePass(context.Client, graph);
        logger = context.Services.Loggers.CreateLogger<GarbageCollector>();
        queue = new WorkQueue<GraphKey>(ControllerContext.Options(Name).Queue, context.Services.Time, context.Services.Random);
        graph.Listen(OnChange);
    }

    /// <inheritdoc/>
    public string Name => "garbage-collector";

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, abort);
        try
        {
            // A deletion that waits for dependents must not end because they have not been listed yet.
            await graph.WaitForSyncAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(stop.Token), CancellationToken.None)));
        queue.ShutDown();
    }

    /// <inheritdoc/>
    public void Dispose() => queue.Dispose();

    private void OnChange(ResourceKind<DependentObject> kind, CacheChange<DependentObject> change)
    {
        var isReplaced = change.Old is { } old && old.Metadata.Uid != change.New?.Metadata.Uid;
        if (isReplaced)
        {
            foreach (var (dependent, _) in graph.Dependents(change.Old!.Metadata.Uid!))
                queue.Add(dependent);
        }

        if (change.New is { } fresh && (change.Old is null || IsMarkedAnew(change.Old, fresh)) && IsOfInterest(fresh))
            queue.Add(new GraphKey(kind, NamespacedName.Of(fresh)));
        if (change.Old is { Metadata.OwnerReferences: { } owners })
            WakeWaiting(owners, change);
    }

    /// <summary>An owner that waits for its dependents looks again when one is gone or no longer its.</summary>
    private void WakeWaiting(IReadOnlyList<OwnerReference> owners, CacheChange<DependentObject> change)
    {
        foreach (var owner in owners)
        {
            var isStill = change.New?.Metadata.OwnerReferences?.Any(other => other.Uid == owner.Uid) == true;
            if (!isStill && graph.Locate(owner, change.Old!.Metadata.Namespace ?? "") is { } key && graph.Find(key)?.Metadata.DeletionTimestamp is not null)
                queue.Add(key);
        }
    }

    private static bool IsMarkedAnew(DependentObject old, DependentObject fresh) =>
        old.Metadata.Uid != fresh.Metadata.Uid
        || old.Metadata.DeletionTimestamp != fresh.Metadata.DeletionTimestamp
        || !(old.Metadata.Finalizers ?? []).SequenceEqual(fresh.Metadata.Finalizers ?? [])
        || !(old.Metadata.OwnerReferences ?? []).Select(static owner => owner.Uid).SequenceEqual((fresh.Metadata.OwnerReferences ?? []).Select(static owner => owner.Uid));

    private static bool IsOfInterest(DependentObject resource) =>
        resource.Metadata.OwnerReferences is { Count: > 0 }
        || (resource.Metadata.DeletionTimestamp is not null
            && resource.Metadata.Finalizers?.Any(static finalizer => finalizer is GarbagePass.Foreground or GarbagePass.Orphan) == true);

    private async Task WorkAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            GraphKey key;
            try
            {
                (var taken, key) = await queue.TakeAsync(stopping);
                if (!taken)
                    return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await pass.RunAsync(key, stopping);
                queue.Forget(key);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Stopped in the middle of a pass.
            }
            catch (KubernetesException exception) when (exception.Code is 404 or 409)
            {
                // Gone or changed meanwhile: the watch is about to tell.
                queue.AddRateLimited(key);
            }
            catch (Exception exception)
            {
                Log.CollectionFailed(logger, exception, key.Kind.Kind, key.Name.ToString());
                queue.AddRateLimited(key);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }
}
