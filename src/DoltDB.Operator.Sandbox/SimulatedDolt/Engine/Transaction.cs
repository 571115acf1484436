using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>One SQL transaction: a snapshot of every database and the changes made on top of it.</summary>
internal sealed class Transaction(ImmutableSortedDictionary<string, Database> snapshot)
{
    private ImmutableDictionary<string, Entry> _entries = ImmutableDictionary.Create<string, Entry>(StringComparer.OrdinalIgnoreCase);

    public bool HasChanges => !_entries.IsEmpty;

    public IEnumerable<string> ChangedDatabases => _entries.Keys;

    public ImmutableSortedDictionary<string, Database> Snapshot => snapshot;

    /// <summary>The database as this transaction sees it, or null.</summary>
    public Database? Find(string name) => _entries.TryGetValue(name, out var entry) ? entry.Working : snapshot.GetValueOrDefault(name);

    public void Apply(string name, DatabaseChange change)
    {
        var entry = _entries.GetValueOrDefault(name) ?? new Entry(snapshot[name], snapshot[name], []);
        _entries = _entries.SetItem(name, entry with { Working = change.Apply(entry.Working), Changes = entry.Changes.Add(change) });
    }

    /// <summary>A mark to which <see cref="Revert"/> goes back when a statement fails halfway.</summary>
    public object Mark() => _entries;

    public void Revert(object mark) => _entries = (ImmutableDictionary<string, Entry>)mark;

    /// <summary>What each changed database becomes on top of the current values.</summary>
    /// <exception cref="SqlError">1213: somebody else changed the same rows.</exception>
    public IEnumerable<(string Name, ImmutableList<DatabaseChange> Changes, Database Result)> Merge(ImmutableSortedDictionary<string, Database> current)
    {
        foreach (var (name, entry) in _entries)
        {
            if (!current.TryGetValue(name, out var now)) throw SqlErrors.NoSuchDatabase(name);
            if (ReferenceEquals(now, entry.Base)) yield return (name, entry.Changes, entry.Working);
            else yield return (name, entry.Changes, MergeInto(now, entry));
        }
    }

    private static Database MergeInto(Database now, Entry entry)
    {
        foreach (var change in entry.Changes)
            if (Conflicts(change, entry.Base, now))
                throw new SqlError(1213, "serialization failure: this transaction conflicts with a committed transaction from another client, try restarting transaction.");
        return entry.Changes.Aggregate(now, (database, change) => change.Apply(database));
    }

    private static bool Conflicts(DatabaseChange change, Database before, Database now) => change switch
    {
        RowsPut put => put.Rows.Any(row => Differs(put.Branch, put.Table, row.Key, before, now)),
        RowsRemoved removed => removed.Keys.Any(key => Differs(removed.Branch, removed.Table, key, before, now)),
        _ => false,
    };

    private static bool Differs(string branch, string table, RowKey key, Database before, Database now) =>
        !ReferenceEquals(FindRow(branch, table, key, before), FindRow(branch, table, key, now));

    private static object?[]? FindRow(string branch, string table, RowKey key, Database database) =>
        database.Branches.TryGetValue(branch, out var found) && found.Working.Tables.TryGetValue(table, out var rows) ? rows.Rows.GetValueOrDefault(key) : null;

    private sealed record Entry(Database Base, Database Working, ImmutableList<DatabaseChange> Changes);
}
