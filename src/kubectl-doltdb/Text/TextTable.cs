using System.Text;

namespace DoltDB.Kubectl.Text;

/// <summary>Columns as kubectl prints them: as wide as their widest cell, three spaces apart, the last one unpadded.</summary>
internal sealed class TextTable(params string[] headers)
{
    private const int Gap = 3;
    private readonly List<string[]> rows = [headers];

    /// <summary>Adds a row; a missing value is shown as <c>-</c>.</summary>
    public void Add(params string?[] cells) => rows.Add([.. cells.Select(cell => string.IsNullOrEmpty(cell) ? "-" : cell)]);

    /// <summary>The lines, each after the indent.</summary>
    public string Render(string indent = "")
    {
        var widths = Enumerable.Range(0, headers.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append(indent);
            for (var column = 0; column < row.Length - 1; column++)
                text.Append(row[column].PadRight(widths[column] + Gap));
            text.Append(row[^1]).Append('\n');
        }

        return text.ToString();
    }
}
