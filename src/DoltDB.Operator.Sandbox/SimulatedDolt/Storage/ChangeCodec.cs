using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>Changes in binary form, for the journal and for backups.</summary>
internal static class ChangeCodec
{
    public static byte[] Encode(IReadOnlyCollection<DatabaseChange> changes)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(changes.Count);
        foreach (var change in changes) Write(writer, change);
        writer.Flush();
        return memory.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes hold no changes of this format.</exception>
    public static ImmutableArray<DatabaseChange> Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        return ReadArray(reader, Read);
    }

    private static void Write(BinaryWriter writer, DatabaseChange change)
    {
        switch (change)
        {
            case RowsPut put:
                WriteHead(writer, 'p', put.Branch, put.Table);
                WriteArray(writer, put.Rows, TableCodec.WriteRow);
                break;
            case RowsRemoved removed:
                WriteHead(writer, 'r', removed.Branch, removed.Table);
                WriteArray(writer, removed.Keys, (w, key) => WriteArray(w, key.Parts, TableCodec.WriteValue));
                break;
            case TablePut table:
                WriteHead(writer, 't', table.Branch);
                TableCodec.WriteTable(writer, table.Table);
                break;
            case TableDropped dropped:
                WriteHead(writer, 'd', dropped.Branch, dropped.Table);
                break;
            case Staged staged:
                WriteHead(writer, 's', staged.Branch);
                writer.Write(staged.All);
                WriteArray(writer, staged.Tables, (w, name) => w.Write(name));
                break;
            case Committed commit:
                WriteHead(writer, 'c', commit.Branch, commit.Committer, commit.Email, commit.Message);
                writer.Write(commit.Date.Ticks);
                break;
            case BranchSet set:
                WriteHead(writer, 'b', set.Branch, set.Commit);
                break;
            case BranchRemoved branch:
                WriteHead(writer, 'x', branch.Branch);
                break;
            case TagSet tag:
                WriteHead(writer, 'g', tag.Tag, tag.Commit);
                break;
            case Replaced replaced:
                WriteHead(writer, 'f');
                DatabaseCodec.Write(writer, replaced.Database);
                break;
            default:
                throw new InvalidOperationException($"{change.GetType()} has no binary form");
        }
    }

    private static DatabaseChange Read(BinaryReader reader)
    {
        var kind = (char)reader.ReadByte();
        return kind switch
        {
            'p' => new RowsPut(reader.ReadString(), reader.ReadString(), ReadArray(reader, TableCodec.ReadRow)),
            'r' => new RowsRemoved(reader.ReadString(), reader.ReadString(), ReadArray(reader, r => new RowKey(ReadArray(r, TableCodec.ReadValue)))),
            't' => new TablePut(reader.ReadString(), TableCodec.ReadTable(reader)),
            'd' => new TableDropped(reader.ReadString(), reader.ReadString()),
            's' => ReadStaged(reader),
            'c' => ReadCommitted(reader),
            'b' => new BranchSet(reader.ReadString(), reader.ReadString()),
            'x' => new BranchRemoved(reader.ReadString()),
            'g' => new TagSet(reader.ReadString(), reader.ReadString()),
            'f' => new Replaced(DatabaseCodec.Read(reader)),
            _ => throw new InvalidDataException($"unknown change '{kind}' in the journal"),
        };
    }

    private static Staged ReadStaged(BinaryReader reader)
    {
        var branch = reader.ReadString();
        var all = reader.ReadBoolean();
        return new Staged(branch, ReadArray(reader, r => r.ReadString()), all);
    }

    private static Committed ReadCommitted(BinaryReader reader)
    {
        var (branch, committer, email, message) = (reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString());
        return new Committed(branch, committer, email, new DateTime(reader.ReadInt64(), DateTimeKind.Utc), message);
    }

    private static void WriteHead(BinaryWriter writer, char kind, params ReadOnlySpan<string> texts)
    {
        writer.Write((byte)kind);
        foreach (var text in texts) writer.Write(text);
    }

    public static void WriteArray<T>(BinaryWriter writer, IReadOnlyCollection<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items) write(writer, item);
    }

    public static ImmutableArray<T> ReadArray<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var count = reader.ReadInt32();
        var items = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++) items.Add(read(reader));
        return items.MoveToImmutable();
    }
}
