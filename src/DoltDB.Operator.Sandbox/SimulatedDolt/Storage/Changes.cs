using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>One step from a database value to the next: what transactions collect and the journal holds.</summary>
internal abstract record DatabaseChange
{
    public abstract Database Apply(Database database);
}

/// <summary>Rows inserted or overwritten.</summary>
internal sealed record RowsPut(string Branch, string Table, ImmutableArray<StoredRow> Rows) : DatabaseChange
{
    public override Database Apply(Database database) => Edit.Table(database, Branch, Table, t => t.Put(Rows));
}

internal sealed record RowsRemoved(string Branch, string Table, ImmutableArray<RowKey> Keys) : DatabaseChange
{
    public override Database Apply(Database database) => Edit.Table(database, Branch, Table, t => t.Remove(Keys));
}

/// <summary>A table created or replaced as a whole.</summary>
internal sealed record TablePut(string Branch, Table Table) : DatabaseChange
{
    public override Database Apply(Database database) => Edit.Working(database, Branch, root => root.With(Table));
}

internal sealed record TableDropped(string Branch, string Table) : DatabaseChange
{
    public override Database Apply(Database database) => Edit.Working(database, Branch, root => root.Without(Table));
}

/// <summary>Everything in the working set is staged, or only the named tables.</summary>
internal sealed record Staged(string Branch, ImmutableArray<string> Tables, bool All) : DatabaseChange
{
    public override Database Apply(Database database)
    {
        var branch = database.GetBranch(Branch);
        if (All) return database.WithBranch(Branch, branch with { Staged = WorkingInventory.Stageable(branch) });
        var staged = branch.Staged;
        foreach (var name in Tables)
            staged = branch.Working.Tables.TryGetValue(name, out var table) ? staged.With(table) : staged.Without(name);
        return database.WithBranch(Branch, branch with { Staged = staged });
    }
}

/// <summary>What is staged becomes a commit at the head of the branch.</summary>
internal sealed record Committed(string Branch, string Committer, string Email, DateTime Date, string Message) : DatabaseChange
{
    public override Database Apply(Database database)
    {
        var branch = database.GetBranch(Branch);
        var commit = new CommitRecord(branch.Head, Committer, Email, Date, Message, branch.Staged);
        return (database with { Commits = database.Commits.SetItem(commit.Hash, commit) }).WithBranch(Branch, branch with { Head = commit.Hash });
    }
}

/// <summary>A branch that starts at a commit with a clean working set, or is moved there.</summary>
internal sealed record BranchSet(string Branch, string Commit) : DatabaseChange
{
    public override Database Apply(Database database)
    {
        var root = database.Commits[Commit].Root;
        return database.WithBranch(Branch, new Branch(Commit, root, root));
    }
}

internal sealed record BranchRemoved(string Branch) : DatabaseChange
{
    public override Database Apply(Database database) => database with { Branches = database.Branches.Remove(Branch) };
}

/// <summary>A tag set to a commit, or removed when the commit is empty.</summary>
internal sealed record TagSet(string Tag, string Commit) : DatabaseChange
{
    public override Database Apply(Database database) =>
        database with { Tags = Commit.Length == 0 ? database.Tags.Remove(Tag) : database.Tags.SetItem(Tag, Commit) };
}

/// <summary>The whole database as it is now: received from a primary, restored, or compacted.</summary>
internal sealed record Replaced(Database Database) : DatabaseChange
{
    public override Database Apply(Database database) => Database;
}

internal static class Edit
{
    public static Database Working(Database database, string branch, Func<Root, Root> edit)
    {
        var old = database.GetBranch(branch);
        return database.WithBranch(branch, old with { Working = edit(old.Working) });
    }

    public static Database Table(Database database, string branch, string table, Func<Table, Table> edit) => Working(
        database, branch, root => root.Tables.TryGetValue(table, out var old) ? root.With(edit(old)) : throw SqlErrors.NoSuchTable(table));
}
