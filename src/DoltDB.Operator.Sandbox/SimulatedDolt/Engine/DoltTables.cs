using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Dolt's system tables of a database: history, branches, tags, status, backups.</summary>
internal static class DoltTables
{
    /// <summary>Null for a name that is none of them, such as the user's dolt_ignore.</summary>
    public static ResultSet? TryRead(StatementContext context, string databaseName, string table)
    {
        if (table is not ("dolt_log" or "dolt_branches" or "dolt_tags" or "dolt_status" or "dolt_backups" or "dolt_remotes" or "dolt_commits")) return null;
        var (database, branch) = context.Open(databaseName);
        return table switch
        {
            "dolt_log" => Commits(Revisions.History(database, database.GetBranch(branch).Head)),
            "dolt_commits" => Commits(database.Commits.Values.OrderByDescending(c => c.Date)),
            "dolt_branches" => ResultSet.OfTexts(
                "name hash latest_committer latest_committer_email latest_commit_date latest_commit_message remote branch dirty",
                database.Branches.Select(b => Describe(database, b.Key, b.Value))),
            "dolt_tags" => ResultSet.OfTexts("tag_name tag_hash tagger email date message", database.Tags.Select(t => Describe(database, t.Key, t.Value))),
            "dolt_status" => ResultSet.OfTexts(
                "table_name staged status",
                WorkingInventory.Describe(database, database.GetBranch(branch)).Select(s => new object?[] { s.Table, s.Staged ? 1L : 0L, s.Status })),
            "dolt_backups" => ResultSet.OfTexts(
                "name url params", Backups.Load(context.Engine, database.Name).Select(b => new object?[] { b.Key, b.Value, "{}" })),
            _ => ResultSet.OfTexts("name url fetch_specs params", []),
        };
    }

    private static ResultSet Commits(IEnumerable<CommitRecord> commits) => ResultSet.OfTexts(
        "commit_hash committer email date message commit_order",
        commits.Select((c, i) => new object?[] { c.Hash, c.Committer, c.Email, c.Date, c.Message, (long)i + 1 }));

    private static object?[] Describe(Database database, string name, Branch branch)
    {
        var head = database.Commits[branch.Head];
        return [name, head.Hash, head.Committer, head.Email, head.Date, head.Message, "", "", head.Root.Hash == branch.Working.Hash ? 0L : 1L];
    }

    private static object?[] Describe(Database database, string name, string hash)
    {
        var commit = database.Commits[hash];
        return [name, hash, commit.Committer, commit.Email, commit.Date, ""];
    }
}
