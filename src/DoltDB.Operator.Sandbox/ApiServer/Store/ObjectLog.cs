using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;

namespace DoltDB.Operator.Sandbox.ApiServer.Store;

/// <summary>What an earlier process left.</summary>
internal sealed record RestoredState(IReadOnlyCollection<StoredObject> Objects, long Revision);

/// <summary>
/// The store on disk: an append-only file with one JSON line a change, rewritten when most of it is old. Written by one
/// background loop in the order of the changes, so that no writer waits for the disk.
/// </summary>
internal sealed class ObjectLog : IAsyncDisposable
{
    private const string FileName = "objects.jsonl";
    private const long SmallestCompaction = 16 * 1024 * 1024;

    private readonly string path;
    private readonly Channel<Entry> entries = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task writing;
    private long appendedBytes;
    private long compactAt = SmallestCompaction;

    private ObjectLog(string path)
    {
        this.path = path;
        writing = Task.Run(WriteAsync);
    }

    private abstract record Entry
    {
        public sealed record Append(StoreEvent Change) : Entry;

        public sealed record Snapshot(IReadOnlyList<StoredObject> Objects, long Revision) : Entry;
    }

    /// <summary>Whether the file has grown enough to be rewritten.</summary>
    public bool IsCompactionDue => appendedBytes > compactAt;

    public static async Task<(ObjectLog Log, RestoredState State)> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, FileName);
        var state = File.Exists(path) ? await ReadAsync(path, cancellationToken) : new RestoredState([], 0);
        var log = new ObjectLog(path);
        log.Compact([.. state.Objects], state.Revision);
        return (log, state);
    }

    /// <summary>Records a change. Called under the store's lock.</summary>
    public void Append(StoreEvent change)
    {
        appendedBytes += change.Object.Json.Length;
        entries.Writer.TryWrite(new Entry.Append(change));
    }

    /// <summary>Rewrites the file with the given state. Called under the store's lock.</summary>
    public void Compact(IReadOnlyList<StoredObject> objects, long revision)
    {
        appendedBytes = 0;
        compactAt = Math.Max(SmallestCompaction, 4 * objects.Sum(static stored => (long)stored.Json.Length));
        entries.Writer.TryWrite(new Entry.Snapshot(objects, revision));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        entries.Writer.TryComplete();
        await writing;
    }

    private static async Task<RestoredState> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var objects = new Dictionary<ObjectKey, StoredObject>();
        var revision = 0L;
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
        {
            if (TryParse(line) is not { } record)
                break; // The last line of a process that was killed while it wrote.
            using (record)
                revision = Math.Max(revision, Replay(record.RootElement, objects));
        }

        return new RestoredState(objects.Values, revision);
    }

    private static JsonDocument? TryParse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long Replay(JsonElement record, Dictionary<ObjectKey, StoredObject> objects)
    {
        var revision = record.GetProperty("revision").GetInt64();
        if (!record.TryGetProperty("resource", out var resource))
            return revision;
        var key = new ObjectKey(resource.GetString()!, record.GetProperty("namespace").GetString()!, record.GetProperty("name").GetString()!);
        if (record.TryGetProperty("object", out var stored))
            objects[key] = new StoredObject(key, revision, System.Text.Encoding.UTF8.GetBytes(stored.GetRawText()));
        else
            objects.Remove(key);
        return revision;
    }

    private static void WriteLine(IBufferWriter<byte> buffer, StoredObject stored, bool isDelete)
    {
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("revision", stored.Revision);
            writer.WriteString("resource", stored.Key.Resource);
            writer.WriteString("namespace", stored.Key.Namespace);
            writer.WriteString("name", stored.Key.Name);
            if (!isDelete)
            {
                writer.WritePropertyName("object");
                writer.WriteRawValue(stored.Json.Span, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
    }

    private static async Task<FileStream> RewriteAsync(string path, Entry.Snapshot snapshot)
    {
        var next = path + ".new";
        var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        buffer.Write(System.Text.Encoding.UTF8.GetBytes($"{{\"revision\":{snapshot.Revision}}}\n"));
        foreach (var stored in snapshot.Objects)
        {
            WriteLine(buffer, stored, isDelete: false);
            if (buffer.WrittenCount < 1 << 16)
                continue;
            await file.WriteAsync(buffer.WrittenMemory);
            buffer.ResetWrittenCount();
        }

        await file.WriteAsync(buffer.WrittenMemory);
        await file.FlushAsync();
        File.Move(next, path, overwrite: true);
        return file;
    }

    private async Task WriteAsync()
    {
        FileStream? file = null;
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        while (await entries.Reader.WaitToReadAsync())
        {
            while (entries.Reader.TryRead(out var entry))
            {
                if (entry is Entry.Append append)
                {
                    WriteLine(buffer, append.Change.Object, append.Change.IsDelete);
                }
                else if (entry is Entry.Snapshot snapshot)
                {
                    // The snapshot holds everything that was buffered before it.
                    buffer.ResetWrittenCount();
                    if (file is not null)
                        await file.DisposeAsync();
                    file = await RewriteAsync(path, snapshot);
                }
            }

            if (file is null)
                continue;
            await file.WriteAsync(buffer.WrittenMemory);
            await file.FlushAsync();
            buffer.ResetWrittenCount();
        }

        if (file is not null)
            await file.DisposeAsync();
    }
}
