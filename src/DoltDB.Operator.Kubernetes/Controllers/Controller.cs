using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Queues;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Controllers;

/// <summary>A loop that a <see cref="ControllerManager"/> runs while it leads.</summary>
public interface IController
{
    /// <summary>Name in logs, metrics and health reports.</summary>
    string Name { get; }

    /// <summary>
    /// Runs until <paramref name="stopping"/>, then finishes the passes in hand; <paramref name="abort"/> cancels those too.
    /// </summary>
    Task RunAsync(CancellationToken stopping, CancellationToken abort);
}

/// <summary>
/// The loop of one kind: changes in the watch caches become keys of the primary kind, workers give the keys to the reconciler. Runs once.
/// </summary>
public sealed class Controller<TPrimary> : IController, IDisposable
    where TPrimary : class, IKubernetesObject
{
    private readonly ControllerOptions options;
    private readonly IObjectCache<TPrimary> primaries;
    private readonly IReconciler reconciler;
    private readonly ControllerServices services;
    private readonly ILogger logger;
    private readonly WorkQueue<NamespacedName> queue;
    private readonly List<Func<CancellationToken, Task>> syncs = [];
    private readonly List<Func<IDisposable>> watches = [];
    private long passes;
    private int reportedDepth;

    /// <summary>A controller of the cached primary kind; <paramref name="predicate"/> says which of its changes matter (all by default).</summary>
    public Controller(
        ControllerOptions options,
        IObjectCache<TPrimary> primaries,
        IReconciler reconciler,
        ControllerServices services,
        Func<CacheChange<TPrimary>, bool>? predicate = null)
    {
        this.options = options;
        this.primaries = primaries;
        this.reconciler = reconciler;
        this.services = services;
        logger = services.Loggers.CreateLogger($"DoltDB.Operator.Controllers.{options.Name}");
        queue = new WorkQueue<NamespacedName>(options.Queue, services.Time, services.Random);
        Watches(primaries, static resource => [NamespacedName.Of(resource)], predicate);
    }

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <summary>Also wakes the primary object that controls a changed object of this kind (by ownerReference).</summary>
    public Controller<TPrimary> Owns<T>(IObjectCache<T> cache, Func<CacheChange<T>, bool>? predicate = null)
        where T : class, IKubernetesObject
    {
        var kind = primaries.Kind;
        return Watches(
            cache,
            resource => resource.Metadata.Controller() is { } owner && owner.Kind == kind.Kind && SameGroup(owner.ApiVersion, kind.Group)
                ? [new NamespacedName(kind.Namespaced ? resource.Metadata.Namespace ?? "" : "", owner.Name)]
                : [],
            predicate);
    }

    /// <summary>Also wakes the keys that <paramref name="map"/> gives for a changed object; asked for the old and the new state.</summary>
    public Controller<TPrimary> Watches<T>(
        IObjectCache<T> cache,
        Func<T, IEnumerable<NamespacedName>> map,
        Func<CacheChange<T>, bool>? predicate = null)
        where T : class, IKubernetesObject
    {
        syncs.Add(cache.WaitForSyncAsync);
        watches.Add(() => cache.Subscribe(change => OnChange(change, map, predicate)));
        return this;
    }

    /// <summary>Asks for a pass for the key now.</summary>
    public void Enqueue(NamespacedName key)
    {
        queue.Add(key);
        ReportDepth();
    }

    /// <summary>Asks for a pass for the key after a delay.</summary>
    public void EnqueueAfter(NamespacedName key, TimeSpan delay) => queue.AddAfter(key, delay);

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        using var takeNoMore = CancellationTokenSource.CreateLinkedTokenSource(stopping, abort);
        using var cancelPasses = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var subscriptions = new List<IDisposable>();
        try
        {
            foreach (var sync in syncs)
                await sync(takeNoMore.Token);
            subscriptions.AddRange(watches.Select(watch => watch()));
            Log.ControllerStarted(logger, Name, options.Workers);
            using var limit = takeNoMore.Token.UnsafeRegister(_ => cancelPasses.CancelAfter(options.StopLimit), null);
            await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => Task.Run(() => WorkAsync(takeNoMore.Token, cancelPasses.Token), CancellationToken.None)));
        }
        catch (OperationCanceledException) when (takeNoMore.IsCancellationRequested)
        {
            // Stopped before the caches were there.
        }
        finally
        {
            subscriptions.ForEach(static subscription => subscription.Dispose());
            queue.ShutDown();
            Log.ControllerStopped(logger, Name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => queue.Dispose();

    private static bool SameGroup(string apiVersion, string group)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? group.Length == 0 : apiVersion.AsSpan(0, slash).SequenceEqual(group);
    }

    private void OnChange<T>(CacheChange<T> change, Func<T, IEnumerable<NamespacedName>> map, Func<CacheChange<T>, bool>? predicate)
        where T : class, IKubernetesObject
    {
        try
        {
            if (predicate is not null && !predicate(change))
                return;
            EnqueueAll(change.Old, map);
            EnqueueAll(change.New, map);
        }
        catch (Exception exception)
        {
            // A mapping that fails for one object must not end the watch of all.
            Log.MappingFailed(logger, exception, Name, NamespacedName.Of(change.Current).ToString());
        }
    }

    private void EnqueueAll<T>(T? resource, Func<T, IEnumerable<NamespacedName>> map)
        where T : class
    {
        if (resource is null)
            return;
        foreach (var key in map(resource))
            Enqueue(key);
    }

    private async Task WorkAsync(CancellationToken stopping, CancellationToken abort)
    {
        while (!stopping.IsCancellationRequested)
        {
            NamespacedName key;
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

            ReportDepth();
            try
            {
                await PassAsync(key, abort);
            }
            finally
            {
                queue.Done(key);
            }
        }
    }

    private async Task PassAsync(NamespacedName key, CancellationToken abort)
    {
        var pass = Interlocked.Increment(ref passes);
        using var scope = logger.BeginScope(new PassScope(key, primaries.Get(key)?.Metadata.Uid, pass));
        var started = services.Time.GetTimestamp();
        var result = "success";
        try
        {
            var outcome = await reconciler.ReconcileAsync(key, abort);
            queue.Forget(key);
            if (outcome.RequeueAfter is { } delay)
                queue.AddAfter(key, delay);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            result = "aborted";
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            // Another writer was faster: the watch brings the new state within milliseconds, and so does the first back-off.
            result = "conflict";
            Log.PassConflicted(logger, Name, key.ToString(), exception.Message);
            queue.AddRateLimited(key);
        }
        catch (KubernetesException exception) when (exception.IsNamespaceTerminating)
        {
            // The object is about to be deleted itself, of which the watch tells.
            result = "namespace_terminating";
            Log.PassOutlived(logger, Name, key.ToString(), exception.Message);
            queue.AddRateLimited(key);
        }
        catch (Exception exception)
        {
            result = "error";
            queue.AddRateLimited(key);
            Log.PassFailed(logger, exception, Name, key.ToString(), queue.Retries(key));
        }

        services.Metrics.Reconciled(Name, result, services.Time.GetElapsedTime(started));
    }

    private void ReportDepth()
    {
        var depth = queue.Depth;
        services.Metrics.QueueDepthChanged(Name, depth - Interlocked.Exchange(ref reportedDepth, depth));
    }
}
