using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Column types of the protocol.</summary>
internal enum WireType : byte
{
    Tiny = 1,
    Short = 2,
    Long = 3,
    Float = 4,
    Double = 5,
    Null = 6,
    Timestamp = 7,
    LongLong = 8,
    Date = 10,
    DateTime = 12,
    Json = 245,
    NewDecimal = 246,
    Blob = 252,
    VarString = 253,
    String = 254,
}

internal sealed record ResultColumn(string Name, WireType Type, string Table = "", string Database = "")
{
    public static WireType TypeOf(ColumnType type) => type.Kind switch
    {
        ColumnKind.Boolean or ColumnKind.TinyInt => WireType.Tiny,
        ColumnKind.SmallInt => WireType.Short,
        ColumnKind.Int => WireType.Long,
        ColumnKind.BigInt => WireType.LongLong,
        ColumnKind.Float => WireType.Float,
        ColumnKind.Double => WireType.Double,
        ColumnKind.Decimal => WireType.NewDecimal,
        ColumnKind.Char => WireType.String,
        ColumnKind.VarChar => WireType.VarString,
        ColumnKind.Text or ColumnKind.Blob => WireType.Blob,
        ColumnKind.Json => WireType.Json,
        ColumnKind.Date => WireType.Date,
        ColumnKind.DateTime => WireType.DateTime,
        _ => WireType.Timestamp,
    };

    public static WireType TypeOf(object? value) => value switch
    {
        long => WireType.LongLong,
        double => WireType.Double,
        decimal => WireType.NewDecimal,
        DateTime => WireType.DateTime,
        _ => WireType.VarString,
    };
}

internal sealed record ResultSet(ImmutableArray<ResultColumn> Columns, IReadOnlyList<object?[]> Rows)
{
    /// <summary>A result of text columns.</summary>
    public static ResultSet OfTexts(string columns, IEnumerable<object?[]> rows) =>
        new([.. columns.Split(' ').Select(name => new ResultColumn(name, WireType.VarString))], [.. rows]);
}

/// <summary>How a statement ended: with rows, or with counts.</summary>
internal sealed record StatementResult
{
    public static readonly StatementResult Ok = new();

    public ResultSet? Rows { get; init; }

    public long Affected { get; init; }

    public long LastInsertId { get; init; }

    public string Info { get; init; } = "";

    public static StatementResult Of(ResultSet rows) => new() { Rows = rows };

    /// <summary>The single row <c>status = 0</c> with which most Dolt procedures end.</summary>
    public static StatementResult StatusZero { get; } = Of(new ResultSet([new ResultColumn("status", WireType.LongLong)], [[0L]]));
}
