using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>A row with the key that it is stored under. The cells are never changed in place.</summary>
internal readonly record struct StoredRow(RowKey Key, object?[] Cells);

/// <summary>Schema and rows of one table. Immutable: commits, branches, snapshots and standbys share it.</summary>
internal sealed class Table
{
    private string? _hash;

    public Table(TableSchema schema)
        : this(schema, ImmutableSortedDictionary<RowKey, object?[]>.Empty, 1, 1, UInt128.Zero)
    {
    }

    private Table(TableSchema schema, ImmutableSortedDictionary<RowKey, object?[]> rows, long nextAutoIncrement, long nextRowNumber, UInt128 rowsHash) =>
        (Schema, Rows, NextAutoIncrement, NextRowNumber, RowsHash) = (schema, rows, nextAutoIncrement, nextRowNumber, rowsHash);

    public TableSchema Schema { get; }

    public ImmutableSortedDictionary<RowKey, object?[]> Rows { get; }

    public long NextAutoIncrement { get; }

    /// <summary>The hidden key that the next row gets in a table without primary key.</summary>
    public long NextRowNumber { get; }

    /// <summary>Sum of the hashes of all rows: kept up to date at the cost of the changed rows alone.</summary>
    private UInt128 RowsHash { get; }

    /// <summary>Content hash over schema and rows.</summary>
    public string Hash => _hash ??= DoltHash.Of(Schema.ToSql(), RowsHash.ToString("x", null));

    /// <summary>The key under which the cells are stored.</summary>
    public RowKey KeyOf(object?[] cells, long rowNumber) =>
        Schema.PrimaryKey.Length == 0 ? new RowKey([rowNumber]) : new RowKey([.. Schema.PrimaryKey.Select(i => cells[i])]);

    public Table Put(IReadOnlyCollection<StoredRow> rows)
    {
        var builder = Rows.ToBuilder();
        var (hash, auto, number) = (RowsHash, NextAutoIncrement, NextRowNumber);
        var autoColumn = AutoIncrementColumn;
        foreach (var row in rows)
        {
            if (builder.TryGetValue(row.Key, out var old)) unchecked { hash -= HashOf(old); }
            builder[row.Key] = row.Cells;
            unchecked { hash += HashOf(row.Cells); }
            if (autoColumn >= 0 && row.Cells[autoColumn] is long value && value >= auto) auto = value + 1;
            if (Schema.PrimaryKey.Length == 0 && row.Key.Parts[0] is long used && used >= number) number = used + 1;
        }

        return new Table(Schema, builder.ToImmutable(), auto, number, hash);
    }

    public Table Remove(IReadOnlyCollection<RowKey> keys)
    {
        var builder = Rows.ToBuilder();
        var hash = RowsHash;
        foreach (var key in keys)
        {
            if (!builder.TryGetValue(key, out var old)) continue;
            unchecked { hash -= HashOf(old); }
            builder.Remove(key);
        }

        return new Table(Schema, builder.ToImmutable(), NextAutoIncrement, NextRowNumber, hash);
    }

    /// <summary>The same rows, each rewritten, under another schema with the same primary key.</summary>
    public Table Rewrite(TableSchema schema, Func<object?[], object?[]> rewrite)
    {
        var table = new Table(schema, ImmutableSortedDictionary<RowKey, object?[]>.Empty, NextAutoIncrement, NextRowNumber, UInt128.Zero);
        return table.Put([.. Rows.Select(row =>
        {
            var cells = rewrite(row.Value);
            return new StoredRow(schema.PrimaryKey.Length == 0 ? row.Key : table.KeyOf(cells, 0), cells);
        })]);
    }

    /// <summary>The same table without rows, counters kept when asked.</summary>
    public Table WithCounters(long nextAutoIncrement, long nextRowNumber) =>
        new(Schema, Rows, Math.Max(nextAutoIncrement, NextAutoIncrement), Math.Max(nextRowNumber, NextRowNumber), RowsHash);

    public int AutoIncrementColumn
    {
        get
        {
            for (var i = 0; i < Schema.Columns.Length; i++)
                if (Schema.Columns[i].AutoIncrement) return i;
            return -1;
        }
    }

    private static UInt128 HashOf(object?[] cells)
    {
        var text = new StringBuilder();
        foreach (var cell in cells)
        {
            var formatted = SqlValue.Format(cell);
            text.Append(formatted?.Length ?? -1).Append(':').Append(formatted);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
