using System.Threading.Channels;

namespace DoltDB.Operator.Sandbox.ApiServer.Store;

/// <summary>The objects of one kind, their recent history and those who watch them. Guarded by the store's lock.</summary>
internal sealed class ResourceTable(int historyLimit)
{
    private readonly SortedDictionary<string, SortedDictionary<string, StoredObject>> namespaces = new(StringComparer.Ordinal);
    private readonly Queue<StoreEvent> history = new();
    private readonly List<StoreWatch> watches = [];

    /// <summary>Events up to this revision are forgotten.</summary>
    public long ForgottenUpTo { get; private set; }

    public int Count { get; private set; }

    public StoredObject? Find(string ns, string name) =>
        namespaces.TryGetValue(ns, out var objects) && objects.TryGetValue(name, out var stored) ? stored : null;

    public List<StoredObject> Snapshot(string? ns)
    {
        if (ns is not null)
            return namespaces.TryGetValue(ns, out var objects) ? [.. objects.Values] : [];
        var all = new List<StoredObject>(Count);
        foreach (var objects in namespaces.Values)
            all.AddRange(objects.Values);
        return all;
    }

    /// <summary>The objects as they were at an earlier revision that the history still covers.</summary>
    public List<StoredObject> SnapshotAt(string? ns, long revision)
    {
        var objects = Snapshot(ns).ToDictionary(stored => stored.Key);
        foreach (var change in history.Reverse())
        {
            if (change.Revision <= revision)
                break;
            var key = change.Object.Key;
            if (ns is not null && key.Namespace != ns)
                continue;
            if (change.Previous is null)
                objects.Remove(key);
            else
                objects[key] = change.Previous;
        }

        return [.. objects.Values.OrderBy(s => s.Key.Namespace, StringComparer.Ordinal).ThenBy(s => s.Key.Name, StringComparer.Ordinal)];
    }

    public void Restore(StoredObject stored) => Set(stored);

    public void Apply(StoreEvent change)
    {
        if (change.IsDelete)
            Remove(change.Object.Key);
        else
            Set(change.Object);
        history.Enqueue(change);
        while (history.Count > historyLimit)
            ForgottenUpTo = history.Dequeue().Revision;
        foreach (var watch in watches)
            watch.Offer(change);
        watches.RemoveAll(static watch => watch.IsEnded);
    }

    public void Forget(long revision)
    {
        while (history.TryPeek(out var oldest) && oldest.Revision <= revision)
            history.Dequeue();
        ForgottenUpTo = Math.Max(ForgottenUpTo, revision);
    }

    public void Subscribe(StoreWatch watch, long? after)
    {
        if (after is { } revision)
        {
            foreach (var change in history)
            {
                if (change.Revision > revision)
                    watch.Offer(change);
            }
        }

        watches.Add(watch);
    }

    public void Unsubscribe(StoreWatch watch) => watches.Remove(watch);

    public void EndWatches()
    {
        foreach (var watch in watches)
            watch.End();
        watches.Clear();
    }

    private void Set(StoredObject stored)
    {
        if (!namespaces.TryGetValue(stored.Key.Namespace, out var objects))
            namespaces.Add(stored.Key.Namespace, objects = new SortedDictionary<string, StoredObject>(StringComparer.Ordinal));
        if (!objects.ContainsKey(stored.Key.Name))
            Count++;
        objects[stored.Key.Name] = stored;
    }

    private void Remove(ObjectKey key)
    {
        if (!namespaces.TryGetValue(key.Namespace, out var objects) || !objects.Remove(key.Name))
            return;
        Count--;
        if (objects.Count == 0)
            namespaces.Remove(key.Namespace);
    }
}

/// <summary>One reader of a kind's changes. Ends when the reader is too slow, when the store ends it, or when it is disposed.</summary>
public sealed class StoreWatch : IDisposable
{
    // A reader that is this far behind lists anew, as with a real API server.
    private const int Capacity = 16_384;

    private readonly Channel<StoreEvent> changes =
        Channel.CreateBounded<StoreEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    private readonly Action<StoreWatch> unsubscribe;
    private readonly string? ns;
    private readonly string? name;

    internal StoreWatch(string? ns, string? name, Action<StoreWatch> unsubscribe)
    {
        this.ns = ns;
        this.name = name;
        this.unsubscribe = unsubscribe;
    }

    /// <summary>Objects that existed when the watch began; empty when it began after a revision.</summary>
    public IReadOnlyList<StoredObject> Initial { get; internal init; } = [];

    /// <summary>Store revision at the begin.</summary>
    public long StartRevision { get; internal init; }

    /// <summary>The changes, in order of revision; completes when the watch ends.</summary>
    public ChannelReader<StoreEvent> Changes => changes.Reader;

    internal bool IsEnded { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => unsubscribe(this);

    internal void Offer(StoreEvent change)
    {
        var key = change.Object.Key;
        if (IsEnded || (ns is not null && key.Namespace != ns) || (name is not null && key.Name != name))
            return;
        if (!changes.Writer.TryWrite(change))
            End();
    }

    internal void End()
    {
        IsEnded = true;
        changes.Writer.TryComplete();
    }
}
