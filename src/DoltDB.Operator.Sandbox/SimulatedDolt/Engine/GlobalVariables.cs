using System.Collections.Concurrent;
using System.Globalization;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Global system variables: those that say what the server is doing, those that were set, and the defaults.</summary>
internal sealed class GlobalVariables
{
    private const string Role = "dolt_cluster_role";
    private const string Epoch = "dolt_cluster_role_epoch";

    private readonly DoltEngine _engine;
    private readonly ConcurrentDictionary<string, object?> _set = new(StringComparer.OrdinalIgnoreCase);

    public GlobalVariables(DoltEngine engine, IReadOnlyDictionary<string, string> configured)
    {
        _engine = engine;
        _set[SystemVariables.LogLevel] = engine.Config.LogLevel;
        foreach (var (name, value) in configured) _set[name] = Parse(value);
        _set["max_connections"] = (long)engine.Config.MaxConnections;
        _set["port"] = (long)engine.Config.Port;
        _set["hostname"] = engine.HostName;
        _set["autocommit"] = engine.Config.Autocommit ? 1L : 0L;
        if (engine.Config.CommitOnTransaction) _set[SystemVariables.TransactionCommit] = 1L;
        if (engine.Config.TlsCertificate is not null) _set["have_ssl"] = "YES";
    }

    /// <summary>Names that this server knows, in order; the cluster's exist only in a cluster.</summary>
    public IEnumerable<string> Names => SystemVariables.Names.Where(IsKnown);

    public bool IsKnown(string name) => SystemVariables.IsKnown(name) && (_engine.Cluster is not null || !IsOfCluster(name));

    /// <exception cref="SqlError">1105: unknown variable.</exception>
    public object? Read(string name, string writtenAs)
    {
        if (!IsKnown(name)) throw SqlErrors.UnknownSystemVariable(writtenAs);
        return name.ToLowerInvariant() switch
        {
            Role => ClusterRoles.ToSql(_engine.Cluster!.Role),
            Epoch => _engine.Cluster!.Epoch,
            "read_only" => _engine.IsWritable ? _set.GetValueOrDefault("read_only", 0L) : 1L,
            var known => _set.TryGetValue(known, out var value) ? value : SystemVariables.Default(known),
        };
    }

    /// <exception cref="SqlError">Unknown or read-only variable.</exception>
    public void Write(string name, object? value)
    {
        if (!IsKnown(name)) throw SqlErrors.UnknownSystemVariable(name);
        if (IsOfCluster(name)) throw SqlErrors.General($"Variable '{name}' is a read only variable");
        if (!SystemVariables.Takes(name, value)) throw SqlErrors.WrongValue(name, value);
        _set[name] = value;
    }

    private static bool IsOfCluster(string name) => name.StartsWith(Role, StringComparison.OrdinalIgnoreCase);

    /// <summary>A value of the configuration file as the variable holds it.</summary>
    public static object Parse(string text) => text.ToLowerInvariant() switch
    {
        "true" or "on" => 1L,
        "false" or "off" => 0L,
        var other => long.TryParse(other, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : text,
    };
}
