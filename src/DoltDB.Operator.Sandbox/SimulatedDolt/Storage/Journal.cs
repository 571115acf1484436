using System.Buffers.Binary;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>
/// The append-only file of one database: records of length, checksum and changes. A record is handed to the operating system before it
/// is acknowledged, so it outlives a killed process; a torn last record is cut off on reading.
/// </summary>
internal sealed class Journal
{
    private const int HeaderBytes = 8;
    private const long CompactionBytes = 8 * 1024 * 1024;

    private readonly string _path;
    private long _length;
    private long _compactedLength;

    private Journal(string path) => _path = path;

    /// <summary>Starts the journal of a database that is new here.</summary>
    public static Journal Create(string path, Database database)
    {
        var journal = new Journal(path);
        journal.Compact(database);
        return journal;
    }

    /// <summary>Reads a journal back; null when it holds no complete record.</summary>
    public static (Journal Journal, Database Database)? Open(string path)
    {
        var bytes = File.ReadAllBytes(path);
        Database? database = null;
        var at = 0;
        while (TryReadRecord(bytes, at, out var payload))
        {
            foreach (var change in ChangeCodec.Decode(payload))
                database = change is Replaced whole ? whole.Database : change.Apply(database ?? throw new InvalidDataException($"{path} does not begin with a database"));
            at += HeaderBytes + payload.Length;
        }

        if (database is null) return null;
        if (at < bytes.Length)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(at);
        }

        return (new Journal(path) { _length = at, _compactedLength = at }, database);
    }

    /// <summary>Appends one atomic record; <paramref name="result"/> is the database after it.</summary>
    public void Append(IReadOnlyCollection<DatabaseChange> changes, Database result)
    {
        var record = Frame(ChangeCodec.Encode(changes));
        if (_length + record.Length > CompactionBytes && _length > 2 * _compactedLength)
        {
            Compact(result);
            return;
        }

        using var file = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(record);
        _length += record.Length;
    }

    private void Compact(Database database)
    {
        var record = Frame(ChangeCodec.Encode([new Replaced(database)]));
        var temporary = _path + ".new";
        File.WriteAllBytes(temporary, record);
        File.Move(temporary, _path, overwrite: true);
        _length = _compactedLength = record.Length;
    }

    /// <summary>Writes a database as a file of one record, for a backup.</summary>
    public static void WriteSnapshot(string path, Database database) => new Journal(path).Compact(database);

    private static byte[] Frame(byte[] payload)
    {
        var record = new byte[HeaderBytes + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), Checksum(payload));
        payload.CopyTo(record, HeaderBytes);
        return record;
    }

    private static bool TryReadRecord(byte[] bytes, int at, out byte[] payload)
    {
        payload = [];
        if (at + HeaderBytes > bytes.Length) return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
        if (length <= 0 || length > bytes.Length - at - HeaderBytes) return false;
        payload = bytes.AsSpan(at + HeaderBytes, length).ToArray();
        return Checksum(payload) == BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
    }

    /// <summary>FNV-1a.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261;
        foreach (var b in bytes) unchecked { hash = (hash ^ b) * 16777619; }
        return hash;
    }
}
