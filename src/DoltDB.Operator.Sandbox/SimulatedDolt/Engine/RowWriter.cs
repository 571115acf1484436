using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Collects the rows that one statement removes and writes, and sees them when it looks for duplicates.</summary>
internal sealed class RowWriter(Table table)
{
    private readonly SortedDictionary<RowKey, object?[]> _written = [];
    private readonly SortedSet<RowKey> _removed = [];
    private long _nextAutoIncrement = table.NextAutoIncrement;
    private long _nextRowNumber = table.NextRowNumber;

    /// <summary>First value that was generated for an AUTO_INCREMENT column; 0 for none.</summary>
    public long LastGenerated { get; private set; }

    public ImmutableArray<RowKey> Removed => [.. _removed];

    public ImmutableArray<StoredRow> Written => [.. _written.Select(r => new StoredRow(r.Key, r.Value))];

    public long NextAutoIncrement()
    {
        if (LastGenerated == 0) LastGenerated = _nextAutoIncrement;
        return _nextAutoIncrement++;
    }

    public object?[] Read(RowKey key) => _written.TryGetValue(key, out var cells) ? cells : table.Rows[key];

    public void Put(object?[] cells, RowKey? key = null)
    {
        var auto = table.AutoIncrementColumn;
        if (auto >= 0 && cells[auto] is long value && value >= _nextAutoIncrement) _nextAutoIncrement = value + 1;
        _written[key ?? table.KeyOf(cells, _nextRowNumber++)] = cells;
    }

    public void Remove(RowKey key)
    {
        _written.Remove(key);
        if (table.Rows.ContainsKey(key)) _removed.Add(key);
    }

    /// <summary>The row that has the same primary or unique key, if any.</summary>
    public RowKey? FindClash(object?[] cells)
    {
        if (!table.Schema.PrimaryKey.IsEmpty)
        {
            var key = table.KeyOf(cells, 0);
            if (_written.ContainsKey(key) || (table.Rows.ContainsKey(key) && !_removed.Contains(key))) return key;
        }

        foreach (var unique in table.Schema.UniqueKeys)
            if (FindClash(unique, cells) is { } clash) return clash;
        return null;
    }

    private RowKey? FindClash(ImmutableArray<int> unique, object?[] cells)
    {
        if (unique.Any(i => cells[i] is null)) return null;
        foreach (var (key, row) in table.Rows.Where(r => !_removed.Contains(r.Key)).Concat(_written))
            if (unique.All(i => SqlValue.Compare(row[i], cells[i]) == 0)) return key;
        return null;
    }
}
