using System.Globalization;
using System.Text;
using DoltDB.Operator.Sql;

namespace DoltDB.Kubectl.Sql;

/// <summary>Answers as text, in the two forms of the mysql client.</summary>
internal static class ResultText
{
    private const string Null = "NULL";

    /// <summary>A framed table with the number of its rows, or how many rows were changed.</summary>
    public static string Table(SqlResult result)
    {
        if (result.Columns.Count == 0)
            return string.Create(CultureInfo.InvariantCulture, $"Query OK, {Rows(result.AffectedRows)} affected\n");
        var widths = result.Columns
            .Select((column, index) => result.Rows.Select(row => Cell(row[index]).Length).Append(column.Length).Max())
            .ToArray();
        var rule = "+" + string.Concat(widths.Select(width => new string('-', width + 2) + "+")) + "\n";
        var text = new StringBuilder(rule);
        AppendRow(text, result.Columns, widths);
        text.Append(rule);
        foreach (var row in result.Rows)
            AppendRow(text, [.. row.Select(Cell)], widths);
        if (result.Rows.Count > 0)
            text.Append(rule);
        return text.Append(CultureInfo.InvariantCulture, $"{Rows(result.Rows.Count)} in set\n").ToString();
    }

    /// <summary>Lines of values between tabs, the names of the columns first; nothing for a statement without rows.</summary>
    public static string Batch(SqlResult result)
    {
        var text = new StringBuilder();
        if (result.Columns.Count > 0)
            text.AppendJoin('\t', result.Columns.Select(Escape)).Append('\n');
        foreach (var row in result.Rows)
            text.AppendJoin('\t', row.Select(value => value is null ? Null : Escape(value))).Append('\n');
        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        for (var column = 0; column < widths.Length; column++)
            text.Append("| ").Append(cells[column].PadRight(widths[column])).Append(' ');
        text.Append("|\n");
    }

    private static string Rows(long count) => count == 1 ? "1 row" : string.Create(CultureInfo.InvariantCulture, $"{count} rows");

    private static string Cell(string? value) => value is null ? Null : value.ReplaceLineEndings("\\n");

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
}
