using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>
/// One watch cache a kind (and label selector), shared by all who ask. Caches run from <see cref="Start"/> on; those asked for later start
/// at once.
/// </summary>
public sealed class CacheRegistry : ICacheSource
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string ApiVersion, string Kind, string? Selector, bool IsMetadataOnly), Entry> entries = [];
    private readonly IKubernetesClient client;
    private readonly IReadOnlyList<string?> namespaces;
    private readonly WatchedNamespaces watched;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly KubernetesMetrics metrics;
    private readonly ILogger logger;
    private SupervisedLoops? loops;

    /// <summary>A registry that watches the given namespaces, or all of them when none is given. One that is gone or being deleted is empty, and looked at again each minute.</summary>
    public CacheRegistry(
        IKubernetesClient client,
        IReadOnlyCollection<string> namespaces,
        TimeProvider time,
        Random random,
        KubernetesMetrics metrics,
        ILogger<CacheRegistry> logger)
    {
        this.client = client;
        this.namespaces = namespaces.Count == 0 ? [null] : [.. namespaces.Distinct(StringComparer.Ordinal)];
        watched = new WatchedNamespaces(client, logger);
        this.time = time;
        this.random = random;
        this.metrics = metrics;
        this.logger = logger;
    }

    /// <summary>Kinds whose first list is not in yet: what readiness waits for.</summary>
    public IReadOnlyList<string> Unsynced
    {
        get
        {
            lock (gate)
                return [.. entries.Where(entry => !entry.Value.HasSynced()).Select(entry => entry.Key.Kind)];
        }
    }

    /// <inheritdoc/>
    public IObjectCache<T> Get<T>(ResourceKind<T> kind, CacheOptions<T>? options = null)
        where T : class, IKubernetesObject
    {
        lock (gate)
        {
            var key = (kind.ApiVersion, kind.Kind, options?.LabelSelector, kind.IsMetadataOnly);
            if (entries.TryGetValue(key, out var existing))
                return (IObjectCache<T>)existing.Cache;
            var entry = Create(kind, options ?? new CacheOptions<T>());
            entries.Add(key, entry);
            if (loops is not null)
                StartEntry(loops, entry);
            return (IObjectCache<T>)entry.Cache;
        }
    }

    /// <summary>Starts all caches as supervised loops.</summary>
    public void Start(SupervisedLoops supervisor)
    {
        lock (gate)
        {
            if (loops is not null)
                throw new InvalidOperationException("the caches run already");
            loops = supervisor;
            foreach (var entry in entries.Values)
                StartEntry(supervisor, entry);
        }
    }

    /// <summary>Waits until the first list of every cache is in.</summary>
    public async Task WaitForSyncAsync(CancellationToken cancellationToken)
    {
        Task[] waits;
        lock (gate)
            waits = [.. entries.Values.Select(entry => entry.WaitForSync(cancellationToken))];
        await Task.WhenAll(waits);
    }

    private Entry Create<T>(ResourceKind<T> kind, CacheOptions<T> options)
        where T : class, IKubernetesObject
    {
        var store = new ObjectStore<T>(kind);
        var scopes = kind.Namespaced ? namespaces : [null];
        var reflectors = scopes
            .Select(ns => (Name: $"cache {kind.Plural} {ns ?? "*"}", Reflector: new Reflector<T>(client, store, ns, watched, options, time, random, metrics, logger)))
            .ToArray();
        return new Entry(
            store,
            () => store.HasSynced,
            store.WaitForSyncAsync,
            [
                .. reflectors.Select(reflector => (reflector.Name, (Func<CancellationToken, Task>)reflector.Reflector.RunAsync)),
            ],
            async () =>
            {
                await Task.WhenAll(reflectors.Select(reflector => reflector.Reflector.FirstList));
                store.MarkSynced();
            });
    }

    private static void StartEntry(SupervisedLoops loops, Entry entry)
    {
        foreach (var (name, run) in entry.Loops)
            loops.Start(name, run);
        _ = entry.MarkSyncedWhenListed();
    }

    private sealed record Entry(
        object Cache,
        Func<bool> HasSynced,
        Func<CancellationToken, Task> WaitForSync,
        IReadOnlyList<(string Name, Func<CancellationToken, Task> Run)> Loops,
        Func<Task> MarkSyncedWhenListed);
}
