using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Simulation.World;

/// <summary>Watch caches that follow the API server with a delay, and can be held back or lose their watch.</summary>
internal sealed class SimulatedCaches(SimulatedWorld world, TimeSpan usualLag) : ICacheSource
{
    private readonly Dictionary<string, object> caches = new(StringComparer.Ordinal);
    private readonly List<Action> relists = [];

    /// <summary>How late changes arrive at most.</summary>
    public TimeSpan Lag { get; set; } = usualLag;

    /// <summary>Ends all for good: the process is gone.</summary>
    public bool IsGone { get; set; }

    private SimulatedWorld World => world;

    /// <inheritdoc/>
    public IObjectCache<T> Get<T>(ResourceKind<T> kind, CacheOptions<T>? options = null)
        where T : class, IKubernetesObject
    {
        var key = $"{kind.Group}/{kind.Plural}?{options?.LabelSelector}";
        if (caches.TryGetValue(key, out var known))
            return (IObjectCache<T>)known;
        var cache = new Kubernetes.Caching.ObjectStore<T>(kind);
        caches.Add(key, cache);
        var feed = new Feed<T>(this, cache, kind, options ?? new CacheOptions<T>());
        relists.Add(feed.Relist);
        feed.Relist();
        cache.MarkSynced();
        world.Api.Follow($"{kind.Group}/{kind.Plural}", feed.OnChange);
        return cache;
    }

    /// <summary>Whether changes are lost at the moment.</summary>
    public bool IsDeaf { get; private set; }

    /// <summary>Changes are lost until <see cref="Reconnect"/>.</summary>
    public void LoseWatches() => IsDeaf = true;

    /// <summary>Lists everything anew.</summary>
    public void Reconnect()
    {
        IsDeaf = false;
        relists.ForEach(static relist => relist());
    }

    private sealed class Feed<T>(SimulatedCaches owner, Kubernetes.Caching.ObjectStore<T> cache, ResourceKind<T> kind, CacheOptions<T> options)
        where T : class, IKubernetesObject
    {
        private readonly Relay relay = new(owner.World.Time, owner.World.Go);
        private long listed;

        public void Relist()
        {
            var all = owner.World.Api.Objects.List($"{kind.Group}/{kind.Plural}", null);
            listed = all.Revision;
            cache.Replace([.. all.Items.Where(Matches).Select(stored => Read(stored))]);
        }

        public void OnChange(StoreEvent change)
        {
            if (owner.IsGone || owner.IsDeaf)
                return;
            relay.Deliver(() => Arrive(change), owner.Lag * owner.World.Random.NextDouble());
        }

        private void Arrive(StoreEvent change)
        {
            if (owner.IsGone || owner.IsDeaf || change.Revision <= listed)
                return;
            if (change.IsDelete || !Matches(change.Object))
                cache.Remove(new NamespacedName(change.Object.Key.Namespace, change.Object.Key.Name), Read(change.Object));
            else
                cache.Set(Read(change.Object));
        }

        private bool Matches(StoredObject stored)
        {
            if (options.LabelSelector is not { } selector)
                return true;
            var parts = selector.Split('=');
            return stored.Label(parts[0]) is { } value && (parts.Length == 1 || value == parts[1]);
        }

        private T Read(StoredObject stored)
        {
            var read = JsonSerializer.Deserialize(stored.Json.Span, kind.TypeInfo)!;
            return options.Transform is { } transform ? transform(read) : read;
        }
    }
}
