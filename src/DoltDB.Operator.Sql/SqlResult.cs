namespace DoltDB.Operator.Sql;

/// <summary>The answer to one statement, every value in the server's text form.</summary>
public sealed record SqlResult
{
    /// <summary>Column names; empty for a statement without rows.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>Rows in the order of the server, values in the order of <see cref="Columns"/>, null for SQL NULL.</summary>
    public required IReadOnlyList<IReadOnlyList<string?>> Rows { get; init; }

    /// <summary>Rows that a statement without a result changed.</summary>
    public required long AffectedRows { get; init; }

    /// <summary>How many warnings the server holds for the statement.</summary>
    public required int Warnings { get; init; }

    /// <summary>The position of a column, by its name without regard to case.</summary>
    /// <exception cref="IOException">The server answered without that column.</exception>
    public int IndexOf(string column)
    {
        for (var index = 0; index < Columns.Count; index++)
        {
            if (string.Equals(Columns[index], column, StringComparison.OrdinalIgnoreCase))
                return index;
        }

        throw new IOException($"the server's answer has no column {column}");
    }

    /// <summary>Names no value: these may be secret.</summary>
    public override string ToString() => $"{Rows.Count} rows of {Columns.Count} columns";
}
