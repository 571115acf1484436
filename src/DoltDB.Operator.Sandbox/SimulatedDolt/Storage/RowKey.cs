using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>The primary key of a row, or the hidden number of a row in a table without one.</summary>
internal readonly struct RowKey(ImmutableArray<object?> parts) : IComparable<RowKey>, IEquatable<RowKey>
{
    public static bool operator <(RowKey left, RowKey right) => left.CompareTo(right) < 0;

    public static bool operator >(RowKey left, RowKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(RowKey left, RowKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RowKey left, RowKey right) => left.CompareTo(right) >= 0;

    public static bool operator ==(RowKey left, RowKey right) => left.Equals(right);

    public static bool operator !=(RowKey left, RowKey right) => !left.Equals(right);

    public ImmutableArray<object?> Parts { get; } = parts;

    public int CompareTo(RowKey other)
    {
        for (var i = 0; i < Parts.Length; i++)
        {
            var order = SqlValue.Compare(Parts[i], other.Parts[i]);
            if (order != 0) return order;
        }

        return 0;
    }

    public bool Equals(RowKey other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is RowKey other && Equals(other);

    public override int GetHashCode() => Parts.Length == 0 ? 0 : SqlValue.Format(Parts[0])?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => string.Join(",", Parts.Select(p => SqlValue.Format(p) ?? "NULL"));
}
