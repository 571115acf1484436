using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>The databases of one data directory: their current values and their journals. Writers hold the engine's gate.</summary>
internal sealed class DatabaseStore
{
    private const int RememberedChanges = 64;

    private readonly string _directory;
    private readonly Dictionary<string, Journal> _journals = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, LinkedList<(Database Before, ImmutableArray<DatabaseChange> Changes)>> _recent = new(StringComparer.OrdinalIgnoreCase);
    private volatile ImmutableSortedDictionary<string, Database> _all = ImmutableSortedDictionary.Create<string, Database>(StringComparer.OrdinalIgnoreCase);

    public DatabaseStore(string directory)
    {
        _directory = directory;
        foreach (var folder in Directory.EnumerateDirectories(directory))
        {
            var path = JournalIn(folder);
            if (!File.Exists(path) || Journal.Open(path) is not { } opened) continue;
            _journals[opened.Database.Name] = opened.Journal;
            _all = _all.SetItem(opened.Database.Name, opened.Database);
        }
    }

    public ImmutableSortedDictionary<string, Database> All => _all;

    /// <summary>Creates the database, or replaces what is there, history included.</summary>
    public void Put(Database database)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(JournalIn(FolderOf(database.Name)))!);
        _journals[database.Name] = Journal.Create(JournalIn(FolderOf(database.Name)), database);
        _recent.Remove(database.Name);
        _all = _all.SetItem(database.Name, database);
    }

    public void Append(string name, IReadOnlyCollection<DatabaseChange> changes, Database result)
    {
        _journals[name].Append(changes, result);
        if (!_recent.TryGetValue(name, out var recent)) _recent[name] = recent = new LinkedList<(Database, ImmutableArray<DatabaseChange>)>();
        recent.AddLast((_all[name], [.. changes]));
        if (recent.Count > RememberedChanges) recent.RemoveFirst();
        _all = _all.SetItem(name, result);
    }

    public void Drop(string name)
    {
        _journals.Remove(name);
        _recent.Remove(name);
        _all = _all.Remove(name);
        var folder = FolderOf(name);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>How to bring a standby from the value that it holds to another: by the changes in between, if they are remembered.</summary>
    public DatabasePush DescribePush(Database? from, Database to)
    {
        if (from is null || !_recent.TryGetValue(to.Name, out var recent) || !ReferenceEquals(_all.GetValueOrDefault(to.Name), to)) return new DatabasePush(to, null, []);
        var changes = ImmutableArray<DatabaseChange>.Empty;
        for (var step = recent.Last; step is not null; step = step.Previous)
        {
            changes = changes.InsertRange(0, step.Value.Changes);
            if (ReferenceEquals(step.Value.Before, from)) return new DatabasePush(to, from, changes);
        }

        return new DatabasePush(to, null, []);
    }

    public string FolderOf(string name) => Path.Combine(_directory, _all.GetValueOrDefault(name)?.Name ?? name);

    private static string JournalIn(string folder) => Path.Combine(folder, ".dolt", "simulated.journal");
}
