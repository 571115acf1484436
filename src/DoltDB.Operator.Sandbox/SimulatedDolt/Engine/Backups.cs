using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>DOLT_BACKUP: the names of backups of a database, kept on this server alone, and copies at <c>file://</c> addresses.</summary>
internal static class Backups
{
    private const string SnapshotFile = "simulated.backup";

    public static SortedDictionary<string, string> Load(DoltEngine engine, string database)
    {
        var backups = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var path = FileOf(engine, database);
        if (File.Exists(path) && JsonNode.Parse(File.ReadAllText(path)) is JsonObject stored)
            foreach (var (name, url) in stored) backups[name] = url!.GetValue<string>();
        return backups;
    }

    /// <summary>Runs <c>CALL DOLT_BACKUP(...)</c> in the current database.</summary>
    public static void Run(StatementContext context, IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0) throw SqlErrors.General("use 'dolt_backups' table to list backups");
        AccessControl.Require(context.Account, Privilege.Super);
        if (arguments.Any(a => a.StartsWith("--aws-", StringComparison.Ordinal))) throw SqlErrors.General("AWS parameters are unavailable when running in server mode");
        if (arguments[0] == "restore")
        {
            Restore(context, arguments);
            return;
        }

        if (context.Session.CurrentDatabase is null || SystemTables.IsSystemDatabase(context.Engine, context.Session.CurrentDatabase))
            throw SqlErrors.General("empty database name");
        var (database, _) = context.OpenCurrent();
        var backups = Load(context.Engine, database.Name);
        switch (arguments)
        {
            case ["sync-url", var url]:
                Write(context.Engine, url, database);
                break;
            case ["add", var name, var url]:
                Add(backups, name, url);
                Save(context.Engine, database.Name, backups);
                break;
            case ["sync", var name]:
                Write(context.Engine, backups.GetValueOrDefault(name) ?? throw NotFound(name), database);
                break;
            case ["remove" or "rm", var name]:
                if (!backups.Remove(name)) throw NotFound(name);
                Save(context.Engine, database.Name, backups);
                break;
            default:
                throw SqlErrors.General($"unrecognized dolt_backup parameter: {arguments[0]}");
        }
    }

    private static void Add(SortedDictionary<string, string> backups, string name, string url)
    {
        if (backups.ContainsKey(name)) throw SqlErrors.General($"backup '{name}' already exists");
        foreach (var (other, known) in backups)
            if (known == url) throw SqlErrors.General($"address conflict with a remote: '{other}' -> {url}");
        backups.Add(name, url);
    }

    private static void Restore(StatementContext context, IReadOnlyList<string> arguments)
    {
        var force = arguments.Contains("--force");
        if (arguments.Where(a => a != "--force").ToList() is not ["restore", var url, var name])
            throw SqlErrors.General("usage: dolt_backup('restore', 'remote_url', 'database_name')");
        var existing = context.Transaction.Find(name);
        if (existing is not null && !force) throw SqlErrors.General($"database '{name}' already exists, use '--force' to overwrite");
        var file = Path.Combine(FolderOf(context.Engine, url), SnapshotFile);
        if (!File.Exists(file) || Journal.Open(file) is not { } opened)
        {
            // As Dolt does: the source's folder comes into being and an empty database is left behind.
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (existing is null) context.Engine.RestoreDatabase(Database.Create(name, context.Now));
            throw SqlErrors.General("not found");
        }

        context.Engine.RestoreDatabase(opened.Database with { Name = name });
    }

    private static void Write(DoltEngine engine, string url, Database database)
    {
        var folder = FolderOf(engine, url);
        Directory.CreateDirectory(folder);
        Journal.WriteSnapshot(Path.Combine(folder, SnapshotFile), database);
    }

    private static string FolderOf(DoltEngine engine, string url)
    {
        var separator = url.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator < 0 ? "https" : url[..separator];
        return scheme switch
        {
            "file" => engine.ResolvePath(url["file://".Length..]),
            "https" or "http" or "aws" or "gs" or "az" or "oci" or "oss" or "localbs" =>
                throw SqlErrors.General($"the simulated server reaches no '{scheme}' storage: {url}"),
            _ => throw SqlErrors.General($"unknown url scheme: '{scheme}'"),
        };
    }

    private static SqlError NotFound(string name) => SqlErrors.General($"backup '{name}' not found");

    private static string FileOf(DoltEngine engine, string database) => Path.Combine(engine.Databases.FolderOf(database), ".dolt", "simulated.backups.json");

    private static void Save(DoltEngine engine, string database, SortedDictionary<string, string> backups)
    {
        var json = new JsonObject(backups.Select(b => KeyValuePair.Create<string, JsonNode?>(b.Key, JsonValue.Create(b.Value))));
        File.WriteAllText(FileOf(engine, database), json.ToJsonString());
    }
}
