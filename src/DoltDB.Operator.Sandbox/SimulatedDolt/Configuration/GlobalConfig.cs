using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

/// <summary>
/// <c>config_global.json</c> below <c>$DOLT_ROOT_PATH/.dolt</c>: Dolt's global settings, among them the persisted cluster role.
/// Without a directory it lives and dies with the process.
/// </summary>
internal sealed class GlobalConfig
{
    public const string RoleKey = "sqlserver.cluster.dolt_cluster_role";
    public const string EpochKey = "sqlserver.cluster.dolt_cluster_role_epoch";

    private readonly string? _path;
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    private GlobalConfig(string? path) => _path = path;

    public string? this[string key] => _values.GetValueOrDefault(key);

    public static GlobalConfig Load(string? doltRootPath)
    {
        if (doltRootPath is null) return new GlobalConfig(null);
        var path = Path.Combine(doltRootPath, ".dolt", "config_global.json");
        var config = new GlobalConfig(path);
        if (File.Exists(path) && JsonNode.Parse(File.ReadAllText(path)) is JsonObject values)
            foreach (var (key, value) in values)
                if (value is JsonValue) config._values[key] = value.ToString();
        return config;
    }

    public void Set(params ReadOnlySpan<(string Key, string Value)> values)
    {
        foreach (var (key, value) in values) _values[key] = value;
        if (_path is null) return;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        using (var file = File.Create(_path + ".new"))
        using (var writer = new Utf8JsonWriter(file))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in _values) writer.WriteString(key, value);
            writer.WriteEndObject();
        }

        File.Move(_path + ".new", _path, overwrite: true);
    }
}
