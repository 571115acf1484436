using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>A row of <c>dolt_status</c>.</summary>
internal sealed record TableStatus(string Table, bool Staged, string Status);

/// <summary>What differs between the head commit, the staged tables and the working set of a branch.</summary>
internal static class WorkingInventory
{
    private const string IgnoreTable = "dolt_ignore";

    /// <summary>The table of ignore patterns before anything is in it: it can be read and written though it is not stored.</summary>
    private static readonly Table EmptyIgnoreTable = new(new TableSchema(
        IgnoreTable,
        [
            new Column { Name = "pattern", Type = new ColumnType(ColumnKind.VarChar, 2048), Nullable = false },
            new Column { Name = "ignored", Type = new ColumnType(ColumnKind.Boolean), Nullable = false },
        ],
        [0],
        []));

    /// <summary>A table that is there without being stored; null for any other.</summary>
    public static Table? FindUnstored(string table) => table.Equals(IgnoreTable, StringComparison.OrdinalIgnoreCase) ? EmptyIgnoreTable : null;

    public static List<TableStatus> Describe(Database database, Branch branch)
    {
        var head = database.Commits[branch.Head].Root;
        var rows = Compare(head, branch.Staged, staged: true).ToList();
        rows.AddRange(Compare(branch.Staged, branch.Working, staged: false).Where(s => s.Status != "new table" || !IsIgnored(branch, s.Table)));
        return rows;
    }

    /// <summary>The working set as DOLT_ADD('-A') stages it: new tables that match an ignore pattern stay out.</summary>
    public static Root Stageable(Branch branch)
    {
        var root = branch.Working;
        foreach (var name in branch.Working.Tables.Keys)
            if (!branch.Staged.Tables.ContainsKey(name) && IsIgnored(branch, name)) root = root.Without(name);
        return root;
    }

    private static bool IsIgnored(Branch branch, string table) =>
        branch.Working.Tables.TryGetValue(IgnoreTable, out var patterns)
        && patterns.Rows.Values.Any(row => SqlValue.IsTrue(row[1]) && LikePattern.Matches(table, (SqlValue.Format(row[0]) ?? "").Replace('*', '%')));

    private static IEnumerable<TableStatus> Compare(Root before, Root after, bool staged)
    {
        foreach (var (name, table) in after.Tables)
        {
            if (!before.Tables.TryGetValue(name, out var old)) yield return new TableStatus(name, staged, "new table");
            else if (old.Hash != table.Hash) yield return new TableStatus(name, staged, "modified");
        }

        foreach (var name in before.Tables.Keys)
            if (!after.Tables.ContainsKey(name)) yield return new TableStatus(name, staged, "deleted");
    }
}
