using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;

namespace DoltDB.Operator.Simulation.World;

/// <summary>Drives a real reconciler: one key after another, again after what it asks for, with back-off after failures.</summary>
internal sealed class SimulatedController(IReconciler reconciler, TimeProvider time, Func<Exception, bool> isExpected, Action<string> onUnexpected)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    private readonly Queue<NamespacedName> ready = new();
    private readonly HashSet<NamespacedName> queued = [];
    private readonly Dictionary<NamespacedName, DateTimeOffset> due = [];
    private readonly Dictionary<NamespacedName, int> failures = [];
    private TaskCompletionSource wake = new();

    /// <summary>Set when the process is gone: nothing is begun any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Enqueues what <paramref name="keys"/> says at every change of the cache that the predicate lets pass.</summary>
    public SimulatedController Watch<T>(IObjectCache<T> cache, Func<T, IEnumerable<NamespacedName>> keys, Func<CacheChange<T>, bool>? predicate = null)
        where T : class, IKubernetesObject
    {
        cache.Subscribe(change =>
        {
            if (predicate is not null && !predicate(change))
                return;
            foreach (var key in keys(change.Current))
                Add(key);
        });
        return this;
    }

    /// <summary>Works until the process is gone.</summary>
    public async Task RunAsync()
    {
        while (!IsGone)
        {
            if (!ready.TryDequeue(out var key))
            {
                wake = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await wake.Task;
                continue;
            }

            queued.Remove(key);
            await PassAsync(key);
        }
    }

    private async Task PassAsync(NamespacedName key)
    {
        try
        {
            var result = await reconciler.ReconcileAsync(key, CancellationToken.None);
            failures.Remove(key);
            if (result.RequeueAfter is { } delay)
                _ = AddAfterAsync(key, delay);
        }
        catch (Exception exception)
        {
            if (!isExpected(exception))
                onUnexpected(exception.ToString());
            var count = failures[key] = failures.GetValueOrDefault(key) + 1;
            var backOff = FirstDelay * Math.Pow(2, Math.Min(count, 16));
            _ = AddAfterAsync(key, backOff < LongestDelay ? backOff : LongestDelay);
        }
    }

    /// <summary>As the real queue: of several delayed adds of a key the earliest counts.</summary>
    private async Task AddAfterAsync(NamespacedName key, TimeSpan delay)
    {
        var when = time.GetUtcNow() + delay;
        if (due.TryGetValue(key, out var scheduled) && scheduled <= when)
            return;
        due[key] = when;
        await Task.Delay(delay, time);
        if (due.GetValueOrDefault(key) != when)
            return;
        due.Remove(key);
        Add(key);
    }

    private void Add(NamespacedName key)
    {
        if (IsGone || !queued.Add(key))
            return;
        ready.Enqueue(key);
        wake.TrySetResult();
    }
}
