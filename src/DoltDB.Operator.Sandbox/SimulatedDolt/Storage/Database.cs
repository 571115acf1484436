using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>All tables at one moment, as a commit or a working set holds them.</summary>
internal sealed class Root
{
    public static readonly Root Empty = new(ImmutableSortedDictionary.Create<string, Table>(StringComparer.OrdinalIgnoreCase));

    private string? _hash;

    public Root(ImmutableSortedDictionary<string, Table> tables) => Tables = tables;

    public ImmutableSortedDictionary<string, Table> Tables { get; }

    public string Hash => _hash ??= DoltHash.Of([.. Tables.SelectMany(t => new[] { t.Value.Schema.Name, t.Value.Hash })]);

    public Root With(Table table) => new(Tables.SetItem(table.Schema.Name, table));

    public Root Without(string table) => new(Tables.Remove(table));
}

/// <summary>One Dolt commit.</summary>
internal sealed record CommitRecord(string? Parent, string Committer, string Email, DateTime Date, string Message, Root Root)
{
    public string Hash { get; } = DoltHash.Of(
        Parent ?? "", Committer, Email, Date.Ticks.ToString("x", null), Message, Root.Hash);
}

/// <summary>A branch: its last commit, what is staged, and what is in its working set.</summary>
internal sealed record Branch(string Head, Root Staged, Root Working);

/// <summary>A database with its history. Immutable: a standby that has received it holds the same value.</summary>
internal sealed record Database
{
    public const string DefaultBranch = "main";

    public Database()
    {
    }

    /// <summary>What <c>with</c> starts from: everything but the cached hash.</summary>
    private Database(Database original)
    {
        (Name, Charset, Collation) = (original.Name, original.Charset, original.Collation);
        (Branches, Commits, Tags) = (original.Branches, original.Commits, original.Tags);
    }

    public required string Name { get; init; }

    public required string Charset { get; init; }

    public required string Collation { get; init; }

    public required ImmutableSortedDictionary<string, Branch> Branches { get; init; }

    public required ImmutableDictionary<string, CommitRecord> Commits { get; init; }

    public required ImmutableSortedDictionary<string, string> Tags { get; init; }

    /// <summary>A new database: one branch, one commit, no tables.</summary>
    public static Database Create(string name, DateTime now, string charset = "utf8mb4", string collation = "utf8mb4_0900_bin")
    {
        var first = new CommitRecord(null, "Dolt System Account", "doltuser@dolthub.com", now, "Initialize data repository", Root.Empty);
        return new Database
        {
            Name = name,
            Charset = charset,
            Collation = collation,
            Branches = ImmutableSortedDictionary.Create<string, Branch>(StringComparer.Ordinal).Add(DefaultBranch, new Branch(first.Hash, Root.Empty, Root.Empty)),
            Commits = ImmutableDictionary.Create<string, CommitRecord>(StringComparer.Ordinal).Add(first.Hash, first),
            Tags = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        };
    }

    public bool Equals(Database? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    public Branch GetBranch(string name) =>
        Branches.TryGetValue(name, out var branch) ? branch : throw SqlErrors.General($"branch not found: {name}");

    public Database WithBranch(string name, Branch branch) => this with { Branches = Branches.SetItem(name, branch) };
}
