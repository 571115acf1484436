using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Kubernetes.Rates;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>
/// Mirrors a collection into a store: list, replace, watch from there. The version advances on every event and bookmark; a lost
/// connection resumes from it, an expired one (410) lists again, and so does one that was silent for longer than bookmarks take: a server
/// whose versions went back (etcd was restored) accepts a watch from one that is yet to come, and says nothing.
/// </summary>
internal sealed class Reflector<T>(
    IKubernetesClient client,
    ObjectStore<T> store,
    string? ns,
    WatchedNamespaces namespaces,
    CacheOptions<T> options,
    TimeProvider time,
    Random random,
    KubernetesMetrics metrics,
    ILogger logger)
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AbsenceDelay = TimeSpan.FromMinutes(1);

    // Servers send a bookmark each minute.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    private readonly ResourceKind<T> kind = store.Kind;
    private readonly UnreadableObjects<T> unreadable = new(store, metrics, logger);
    private readonly TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? version;
    private long heard;
    private int failures;
    private bool isAbsent;

    /// <summary>Completes with the first list.</summary>
    public Task FirstList => listed.Task;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = await TurnAsync(cancellationToken);
            if (wait <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
                continue;
            try
            {
                await Task.Delay(wait, time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>One list (when there is no version to resume from, or none to trust) and one watch; how long to wait before the next.</summary>
    private async Task<TimeSpan> TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (version is not null && time.GetElapsedTime(heard) > LongestSilence)
            {
                metrics.WatchRestarted(kind.Kind, "silent");
                version = null;
            }

            if (version is null)
                await ListAsync(cancellationToken);
            await WatchAsync(cancellationToken);
            return failures == 0 ? TimeSpan.Zero : Delay();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (KubernetesException exception) when (exception.IsExpired)
        {
            Log.WatchExpired(logger, kind.Plural, exception.Message);
            metrics.WatchRestarted(kind.Kind, "expired");
            version = null;

            // The first fresh list is at once; a server that expires everything must not be hammered.
            return failures++ == 0 ? TimeSpan.Zero : Delay();
        }
        catch (KubernetesException exception) when (options.Optional && exception.Code is (403 or 404))
        {
            return Absent();
        }
        catch (KubernetesException exception) when (exception.Code is >= 400 and < 500 and not 429)
        {
            // What the server refuses (a version it cannot read, rights that are missing) a resumed watch would not get either.
            version = null;
            if (ns is not null && exception.Code is 403 or 404 && await namespaces.IsGoneAsync(ns, cancellationToken))
            {
                isAbsent = true;
                return Absent();
            }

            return Failed(exception, "refused");
        }
        catch (Exception exception) when (
            exception is KubernetesException or HttpRequestException or IOException or TimeoutException or JsonException or KubeconfigException
                or OperationCanceledException)
        {
            return Failed(exception, "error");
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var request = new ListOptions { Namespace = ns, LabelSelector = options.LabelSelector };
        var list = await client.ListAsync(kind, request, cancellationToken);
        IReadOnlyCollection<T> items = options.Transform is { } transform ? [.. list.Items.Select(transform)] : list.Items;
        store.Replace(unreadable.Complete(items, list.Unreadable), ns);
        version = list.ResourceVersion;
        heard = time.GetTimestamp();
        listed.TrySetResult();
        if (isAbsent)
            namespaces.Return(ns!);
        isAbsent = false;
        Log.Listed(logger, kind.Plural, ns ?? "*", items.Count, version);
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var request = new WatchOptions
        {
            Namespace = ns,
            LabelSelector = options.LabelSelector,
            ResourceVersion = version!,

            // Five to ten minutes, so that the watches of many caches do not all end together.
            Timeout = TimeSpan.FromSeconds(300 + (300 * random.NextDouble())),
        };
        var started = time.GetTimestamp();
        var events = 0;
        await foreach (var change in client.WatchAsync(kind, request, cancellationToken))
        {
            Accept(change);
            heard = time.GetTimestamp();
            events++;
            failures = 0;
        }

        metrics.WatchRestarted(kind.Kind, "ended");
        if (events > 0 || time.GetElapsedTime(started) >= ShortWatch)
            failures = 0;
        else
            failures++;
    }

    private void Accept(WatchEvent<T> change)
    {
        if (change.Unreadable is { } problem)
            AcceptUnreadable(change.Type, problem);
        else if (change.Object is { } resource)
            AcceptObject(change.Type, resource);
        version = change.ResourceVersion;
    }

    private void AcceptObject(WatchEventType type, T resource)
    {
        var name = NamespacedName.Of(resource);
        unreadable.Forget(name);
        if (type == WatchEventType.Deleted)
            store.Remove(name, resource);
        else
            store.Set(options.Transform is { } transform ? transform(resource) : resource);
    }

    private void AcceptUnreadable(WatchEventType type, UnreadableObject problem)
    {
        var name = UnreadableObjects<T>.Name(problem);
        if (type != WatchEventType.Deleted && unreadable.Accept(problem) is { } last)
        {
            store.Set(last);
            return;
        }

        // Gone, or another incarnation of which nothing is known.
        store.Remove(name);
        if (type == WatchEventType.Deleted)
            unreadable.Forget(name);
    }

    /// <summary>There is nothing to list, and that is known: looked at again later.</summary>
    private TimeSpan Absent()
    {
        version = null;
        failures = 0;
        store.Replace([], ns);
        listed.TrySetResult();
        return AbsenceDelay;
    }

    private TimeSpan Failed(Exception exception, string reason)
    {
        metrics.WatchRestarted(kind.Kind, reason);
        failures++;
        var wait = Delay();
        if (exception is KubernetesException { RetryAfter: { } asked } && asked > wait)
            wait = asked;
        Log.WatchFailed(logger, exception, kind.Plural, ns ?? "*", wait);
        return wait;
    }

    private TimeSpan Delay() => BackOff.Delay(failures - 1, FirstDelay, LongestDelay, random.NextDouble());
}
