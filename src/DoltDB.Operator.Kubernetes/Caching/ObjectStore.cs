using System.Runtime.InteropServices;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>
/// The store behind a watch cache: objects by name, indexes and subscribers. Usable alone where objects come from elsewhere, in tests.
/// </summary>
public sealed class ObjectStore<T>(ResourceKind<T> kind) : IObjectCache<T>
    where T : class, IKubernetesObject
{
    // Writers notify under this lock, so that changes of an object arrive in order. Readers only take the short one below: a subscriber
    // may read any cache without a deadlock.
    private readonly Lock writing = new();
    private readonly Lock reading = new();
    private readonly Dictionary<NamespacedName, T> objects = [];
    private readonly Dictionary<string, Index> indexes = [];
    private readonly TaskCompletionSource synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<CacheChange<T>>[] subscribers = [];
    private T[]? snapshot;

    /// <inheritdoc/>
    public ResourceKind<T> Kind => kind;

    /// <inheritdoc/>
    public bool HasSynced => synced.Task.IsCompleted;

    /// <summary>Number of objects.</summary>
    public int Count
    {
        get
        {
            lock (reading)
                return objects.Count;
        }
    }

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => synced.Task.WaitAsync(cancellationToken);

    /// <summary>Says that the first list is in.</summary>
    public void MarkSynced() => synced.TrySetResult();

    /// <inheritdoc/>
    public T? Get(NamespacedName name)
    {
        lock (reading)
            return objects.GetValueOrDefault(name);
    }

    /// <inheritdoc/>
    public IReadOnlyList<T> List(string? ns = null)
    {
        T[] all;
        lock (reading)
            all = snapshot ??= [.. objects.Values];
        return ns is null ? all : Array.FindAll(all, resource => resource.Metadata.Namespace == ns);
    }

    /// <inheritdoc/>
    public IReadOnlyList<T> Lookup(string index, string value)
    {
        lock (reading)
        {
            if (!indexes.TryGetValue(index, out var entries))
                throw new KeyNotFoundException($"the cache of {kind.Plural} has no index {index}");
            if (!entries.Keys.TryGetValue(value, out var keys))
                return [];
            var found = new T[keys.Count];
            var i = 0;
            foreach (var key in keys)
                found[i++] = objects[key];
            return found;
        }
    }

    /// <inheritdoc/>
    public void AddIndex(string name, Func<T, IReadOnlyList<string>> values)
    {
        lock (reading)
        {
            if (indexes.ContainsKey(name))
                return;
            var index = new Index(values);
            foreach (var (key, resource) in objects)
                index.Add(key, resource);
            indexes.Add(name, index);
        }
    }

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<CacheChange<T>> onChange)
    {
        lock (writing)
        {
            foreach (var resource in List())
                onChange(new CacheChange<T>(null, resource));
            subscribers = [.. subscribers, onChange];
        }

        return new Subscription(this, onChange);
    }

    /// <summary>Stores a new state of an object.</summary>
    public void Set(T resource)
    {
        var key = NamespacedName.Of(resource);
        lock (writing)
        {
            T? old;
            lock (reading)
                old = SetLocked(key, resource);
            Notify(new CacheChange<T>(old, resource));
        }
    }

    /// <summary>Removes an object; <paramref name="last"/> is its last state when the server told it.</summary>
    public void Remove(NamespacedName key, T? last = null)
    {
        lock (writing)
        {
            T? old;
            lock (reading)
                old = RemoveLocked(key);
            if (old is not null)
                Notify(new CacheChange<T>(last ?? old, null));
        }
    }

    /// <summary>
    /// Replaces the content (of one namespace, or all) at once by a fresh list. Subscribers learn what vanished as removals and what
    /// differs as additions and changes; objects of an unchanged version are not reported.
    /// </summary>
    public void Replace(IReadOnlyCollection<T> items, string? ns = null)
    {
        lock (writing)
        {
            var changes = new List<CacheChange<T>>();
            lock (reading)
                ReplaceLocked(items, ns, changes);
            foreach (ref readonly var change in CollectionsMarshal.AsSpan(changes))
                Notify(change);
        }
    }

    private void ReplaceLocked(IReadOnlyCollection<T> items, string? ns, List<CacheChange<T>> changes)
    {
        var present = new HashSet<NamespacedName>(items.Count);
        foreach (var item in items)
            present.Add(NamespacedName.Of(item));
        foreach (var key in objects.Keys.Where(key => (ns is null || key.Namespace == ns) && !present.Contains(key)).ToArray())
            changes.Add(new CacheChange<T>(RemoveLocked(key), null));
        foreach (var item in items)
        {
            var old = SetLocked(NamespacedName.Of(item), item);
            if (old?.Metadata.ResourceVersion is not { } version || version != item.Metadata.ResourceVersion)
                changes.Add(new CacheChange<T>(old, item));
        }
    }

    private T? SetLocked(NamespacedName key, T resource)
    {
        var old = RemoveLocked(key);
        objects.Add(key, resource);
        foreach (var index in indexes.Values)
            index.Add(key, resource);
        return old;
    }

    private T? RemoveLocked(NamespacedName key)
    {
        snapshot = null;
        if (!objects.Remove(key, out var old))
            return null;
        foreach (var index in indexes.Values)
            index.Remove(key, old);
        return old;
    }

    private void Notify(CacheChange<T> change)
    {
        foreach (var subscriber in subscribers)
            subscriber(change);
    }

    private void Unsubscribe(Action<CacheChange<T>> onChange)
    {
        lock (writing)
            subscribers = [.. subscribers.Where(subscriber => subscriber != onChange)];
    }

    private sealed class Subscription(ObjectStore<T> store, Action<CacheChange<T>> onChange) : IDisposable
    {
        public void Dispose() => store.Unsubscribe(onChange);
    }

    private sealed class Index(Func<T, IReadOnlyList<string>> values)
    {
        public Dictionary<string, HashSet<NamespacedName>> Keys { get; } = [];

        public void Add(NamespacedName key, T resource)
        {
            foreach (var value in values(resource))
            {
                ref var keys = ref CollectionsMarshal.GetValueRefOrAddDefault(Keys, value, out _);
                (keys ??= []).Add(key);
            }
        }

        public void Remove(NamespacedName key, T resource)
        {
            foreach (var value in values(resource))
            {
                if (Keys.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
                    Keys.Remove(value);
            }
        }
    }
}
