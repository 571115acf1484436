using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>What column names mean for one row: its columns, then those of the query around it.</summary>
internal sealed class RowScope(ImmutableArray<ResultColumn> columns, object?[] cells, RowScope? outer = null)
{
    /// <summary>The rows that aggregate functions run over; null outside of a group.</summary>
    public IReadOnlyList<object?[]>? Group { get; init; }

    public RowScope? Outer => outer;

    public object?[] Cells => cells;

    /// <summary>The same scope for another row of its group.</summary>
    public RowScope ForRow(object?[] row) => new(columns, row, outer);

    /// <exception cref="SqlError">1054: no such column here or around.</exception>
    public object? Read(string? table, string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope.TryRead(table, name, out var value)) return value;
        throw SqlErrors.NoSuchColumn(name);
    }

    private bool TryRead(string? table, string name, out object? value)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (!columns[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (table is not null && !columns[i].Table.Equals(table, StringComparison.OrdinalIgnoreCase)) continue;
            value = cells[i];
            return true;
        }

        value = null;
        return false;
    }
}
