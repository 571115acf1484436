using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>A whole database in binary form. Tables that commits and branches share are written once.</summary>
internal static class DatabaseCodec
{
    public static void Write(BinaryWriter writer, Database database)
    {
        writer.Write(database.Name);
        writer.Write(database.Charset);
        writer.Write(database.Collation);
        var pool = new Pool();
        foreach (var commit in database.Commits.Values) pool.Add(commit.Root);
        foreach (var branch in database.Branches.Values)
        {
            pool.Add(branch.Staged);
            pool.Add(branch.Working);
        }

        ChangeCodec.WriteArray(writer, pool.Tables, TableCodec.WriteTable);
        ChangeCodec.WriteArray(writer, pool.Roots, (w, root) => ChangeCodec.WriteArray(w, [.. root.Tables.Values], (x, table) => x.Write(pool.IndexOf(table))));
        ChangeCodec.WriteArray(writer, [.. database.Commits.Values], (w, commit) => WriteCommit(w, commit, pool));
        ChangeCodec.WriteArray(writer, database.Branches, (w, branch) => WriteBranch(w, branch, pool));
        ChangeCodec.WriteArray(writer, database.Tags, (w, tag) =>
        {
            w.Write(tag.Key);
            w.Write(tag.Value);
        });
    }

    public static Database Read(BinaryReader reader)
    {
        var (name, charset, collation) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
        var tables = ChangeCodec.ReadArray(reader, TableCodec.ReadTable);
        var roots = ChangeCodec.ReadArray(reader, r => ReadRoot(r, tables));
        var commits = ChangeCodec.ReadArray(reader, r => ReadCommit(r, roots));
        var branches = ChangeCodec.ReadArray(reader, r => KeyValuePair.Create(r.ReadString(), new Branch(r.ReadString(), roots[r.ReadInt32()], roots[r.ReadInt32()])));
        var tags = ChangeCodec.ReadArray(reader, r => KeyValuePair.Create(r.ReadString(), r.ReadString()));
        return new Database
        {
            Name = name,
            Charset = charset,
            Collation = collation,
            Commits = commits.ToImmutableDictionary(c => c.Hash, StringComparer.Ordinal),
            Branches = branches.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Tags = tags.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    private static Root ReadRoot(BinaryReader reader, ImmutableArray<Table> tables)
    {
        var names = ChangeCodec.ReadArray(reader, r => tables[r.ReadInt32()]);
        return new Root(names.ToImmutableSortedDictionary(t => t.Schema.Name, t => t, StringComparer.OrdinalIgnoreCase));
    }

    private static void WriteCommit(BinaryWriter writer, CommitRecord commit, Pool pool)
    {
        writer.Write(commit.Parent ?? "");
        writer.Write(commit.Committer);
        writer.Write(commit.Email);
        writer.Write(commit.Date.Ticks);
        writer.Write(commit.Message);
        writer.Write(pool.IndexOf(commit.Root));
    }

    private static CommitRecord ReadCommit(BinaryReader reader, ImmutableArray<Root> roots)
    {
        var (parent, committer, email) = (reader.ReadString(), reader.ReadString(), reader.ReadString());
        var date = new DateTime(reader.ReadInt64(), DateTimeKind.Utc);
        return new CommitRecord(parent.Length == 0 ? null : parent, committer, email, date, reader.ReadString(), roots[reader.ReadInt32()]);
    }

    private static void WriteBranch(BinaryWriter writer, KeyValuePair<string, Branch> branch, Pool pool)
    {
        writer.Write(branch.Key);
        writer.Write(branch.Value.Head);
        writer.Write(pool.IndexOf(branch.Value.Staged));
        writer.Write(pool.IndexOf(branch.Value.Working));
    }

    private sealed class Pool
    {
        private readonly Dictionary<object, int> _indexes = new(ReferenceEqualityComparer.Instance);

        public List<Table> Tables { get; } = [];

        public List<Root> Roots { get; } = [];

        public void Add(Root root)
        {
            if (!_indexes.TryAdd(root, Roots.Count)) return;
            Roots.Add(root);
            foreach (var table in root.Tables.Values)
                if (_indexes.TryAdd(table, Tables.Count)) Tables.Add(table);
        }

        public int IndexOf(object member) => _indexes[member];
    }
}
