using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Store;

/// <summary>
/// All objects of all kinds under one revision that grows with every write, with a bounded history for watches. One
/// primitive changes it: <see cref="TryReplace"/>, a compare-and-swap of one object.
/// </summary>
public sealed class ObjectStore : IAsyncDisposable
{
    // A fresh cluster's first revision; any number that is not 0 would do ("0" and "" have meanings of their own).
    private const long FirstRevision = 100;

    private readonly Lock gate = new();
    private readonly Dictionary<string, ResourceTable> tables = new(StringComparer.Ordinal);
    private readonly int historyLimit;
    private readonly ObjectLog? log;
    private long revision = FirstRevision;
    private long forgottenUpTo;

    private ObjectStore(int historyLimit, ObjectLog? log)
    {
        this.historyLimit = historyLimit;
        this.log = log;
    }

    /// <summary>Revision of the last write.</summary>
    public long Revision
    {
        get
        {
            lock (gate)
                return revision;
        }
    }

    /// <summary>
    /// Opens a store; with a directory, reads what an earlier process left there and keeps every write in it.
    /// </summary>
    /// <param name="dataDirectory">Where to keep objects; null keeps them in memory only.</param>
    /// <param name="historyLimit">Changes of each kind that a watch may go back to.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<ObjectStore> OpenAsync(string? dataDirectory, int historyLimit, CancellationToken cancellationToken)
    {
        if (dataDirectory is null)
            return new ObjectStore(historyLimit, null);
        var (log, restored) = await ObjectLog.OpenAsync(dataDirectory, cancellationToken);
        var store = new ObjectStore(historyLimit, log);
        store.Restore(restored);
        return store;
    }

    /// <summary>The current version of an object, or null.</summary>
    public StoredObject? Get(ObjectKey key)
    {
        lock (gate)
            return tables.GetValueOrDefault(key.Resource)?.Find(key.Namespace, key.Name);
    }

    /// <summary>All objects of a kind, of one namespace or of all when it is null.</summary>
    public StoreList List(string resource, string? ns)
    {
        lock (gate)
            return new StoreList(tables.GetValueOrDefault(resource)?.Snapshot(ns) ?? [], revision);
    }

    /// <summary>All objects of a kind as they were at an earlier revision.</summary>
    /// <exception cref="RevisionExpiredException">The revision is older than the history.</exception>
    public StoreList ListAt(string resource, string? ns, long at)
    {
        lock (gate)
        {
            var table = Table(resource);
            var forgotten = Math.Max(forgottenUpTo, table.ForgottenUpTo);
            if (at < forgotten)
                throw new RevisionExpiredException(at, forgotten);
            return new StoreList(table.SnapshotAt(ns, at), at);
        }
    }

    /// <summary>How many objects of a kind there are.</summary>
    public int Count(string resource)
    {
        lock (gate)
            return tables.GetValueOrDefault(resource)?.Count ?? 0;
    }

    /// <summary>
    /// Replaces the version that the caller has read by <paramref name="next"/>, whose resourceVersion is set here.
    /// </summary>
    /// <param name="key">The object.</param>
    /// <param name="expected">The version that the caller has read; null to create.</param>
    /// <param name="next">The new state; null to delete.</param>
    /// <param name="sortTop">How to serialize, see <see cref="CanonicalJson"/>.</param>
    /// <param name="result">The stored version (of a deletion, the last state); without a change, the version as it was.</param>
    /// <returns>False when another writer was faster.</returns>
    public bool TryReplace(ObjectKey key, StoredObject? expected, JsonObject? next, bool sortTop, [NotNullWhen(true)] out StoredObject? result)
    {
        lock (gate)
        {
            var table = Table(key.Resource);
            var current = table.Find(key.Namespace, key.Name);
            result = null;
            if (!ReferenceEquals(current, expected))
                return false;
            if (current is not null && next is not null && IsUnchanged(current, next, sortTop))
            {
                result = current;
                return true;
            }

            var state = next ?? current?.Copy() ?? throw new ArgumentException("There is nothing to delete.", nameof(expected));
            revision++;
            result = new StoredObject(key, revision, Stamp(state, revision, sortTop));
            var change = new StoreEvent(result, current, IsDelete: next is null);
            log?.Append(change);
            table.Apply(change);
            CompactLogIfDue();
            return true;
        }
    }

    /// <summary>Begins a watch with all objects that exist now.</summary>
    public StoreWatch WatchFromNow(string resource, string? ns, string? name)
    {
        lock (gate)
        {
            var initial = Table(resource).Snapshot(ns);
            if (name is not null)
                initial.RemoveAll(stored => stored.Key.Name != name);
            return Subscribe(resource, new StoreWatch(ns, name, w => Unsubscribe(resource, w)) { Initial = initial, StartRevision = revision }, null);
        }
    }

    /// <summary>Begins a watch with the changes after the given revision.</summary>
    /// <exception cref="RevisionExpiredException">The revision is older than the history.</exception>
    public StoreWatch WatchAfter(string resource, string? ns, string? name, long after)
    {
        lock (gate)
        {
            var forgotten = Math.Max(forgottenUpTo, Table(resource).ForgottenUpTo);
            if (after < forgotten)
                throw new RevisionExpiredException(after, forgotten);
            return Subscribe(resource, new StoreWatch(ns, name, w => Unsubscribe(resource, w)) { StartRevision = revision }, after);
        }
    }

    /// <summary>Forgets all history, so that every older revision answers 410.</summary>
    public void CompactHistory()
    {
        lock (gate)
        {
            forgottenUpTo = revision;
            foreach (var table in tables.Values)
                table.Forget(revision);
        }
    }

    /// <summary>Ends every open watch.</summary>
    public void EndWatches()
    {
        lock (gate)
        {
            foreach (var table in tables.Values)
                table.EndWatches();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        EndWatches();
        if (log is not null)
            await log.DisposeAsync();
    }

    private static byte[] Stamp(JsonObject state, long version, bool sortTop)
    {
        state["metadata"]!.AsObject()["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture);
        return CanonicalJson.Serialize(state, sortTop);
    }

    private static bool IsUnchanged(StoredObject current, JsonObject next, bool sortTop) =>
        Stamp(next, current.Revision, sortTop).AsSpan().SequenceEqual(current.Json.Span);

    private StoreWatch Subscribe(string resource, StoreWatch watch, long? after)
    {
        Table(resource).Subscribe(watch, after);
        return watch;
    }

    private void Unsubscribe(string resource, StoreWatch watch)
    {
        lock (gate)
            Table(resource).Unsubscribe(watch);
    }

    private ResourceTable Table(string resource)
    {
        if (!tables.TryGetValue(resource, out var table))
            tables.Add(resource, table = new ResourceTable(historyLimit));
        return table;
    }

    private void CompactLogIfDue()
    {
        if (log is { IsCompactionDue: true })
            log.Compact([.. tables.Values.SelectMany(table => table.Snapshot(null))], revision);
    }

    private void Restore(RestoredState restored)
    {
        revision = Math.Max(revision, restored.Revision);
        forgottenUpTo = revision;
        foreach (var stored in restored.Objects)
            Table(stored.Key.Resource).Restore(stored);
    }
}
