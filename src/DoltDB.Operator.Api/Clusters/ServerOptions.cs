using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>Configuration of the servers.</summary>
public sealed record ServerOptions : JsonShape
{
    /// <summary>
    /// Least level that servers log: trace, debug, info, warning, error or fatal. A change is set on running servers and restarts nobody. At debug and
    /// trace Dolt logs the text of every statement, passwords included.
    /// </summary>
    [SchemaDefault("\"info\"")]
    public string? LogLevel { get; init; }

    /// <summary>Behaviour of the servers.</summary>
    public BehaviorOptions? Behavior { get; init; }

    /// <summary>Where servers accept SQL connections.</summary>
    public ListenerOptions? Listener { get; init; }

    /// <summary>How servers replicate.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Prometheus metrics of the servers.</summary>
    public MetricsOptions? Metrics { get; init; }

    /// <summary>Profiling of the servers.</summary>
    public ProfilerOptions? Profiler { get; init; }

    /// <summary>Model Context Protocol server; on when given.</summary>
    public McpServerOptions? McpServer { get; init; }
}

/// <summary>Behaviour of the servers.</summary>
public sealed record BehaviorOptions : JsonShape
{
    /// <summary>Automatic garbage collection.</summary>
    [JsonPropertyName("autoGCBehavior")]
    public AutoGcOptions? AutoGcBehavior { get; init; }
}

/// <summary>Automatic garbage collection.</summary>
public sealed record AutoGcOptions : JsonShape
{
    /// <summary>Whether servers collect garbage by themselves.</summary>
    [SchemaDefault("false")]
    public bool? Enabled { get; init; }
}

/// <summary>Where servers accept SQL connections.</summary>
public sealed record ListenerOptions : JsonShape
{
    /// <summary>Address to listen on.</summary>
    [SchemaDefault("\"0.0.0.0\"")]
    public string? Host { get; init; }

    /// <summary>Port of the MySQL protocol.</summary>
    [SchemaDefault("3306")]
    [CelRule("self >= 1024 && self <= 65535", "the port must be between 1024 and 65535")]
    public int? Port { get; init; }

    /// <summary>Most connections at a time.</summary>
    [SchemaDefault("1024")]
    [SchemaRange(Minimum = 10)]
    public int? MaxConnections { get; init; }
}

/// <summary>How servers replicate.</summary>
public sealed record ClusterOptions : JsonShape
{
    /// <summary>The port that replication uses.</summary>
    [JsonPropertyName("remotesAPI")]
    public RemotesApiOptions? RemotesApi { get; init; }
}

/// <summary>The port that replication uses.</summary>
public sealed record RemotesApiOptions : JsonShape
{
    /// <summary>Port number.</summary>
    [SchemaDefault("50051")]
    [CelRule("self >= 1 && self <= 65535", "the port must be between 1 and 65535")]
    public int? Port { get; init; }
}

/// <summary>Prometheus metrics of the servers.</summary>
public sealed record MetricsOptions : JsonShape
{
    /// <summary>Whether metrics are served.</summary>
    [SchemaDefault("false")]
    public bool? Enabled { get; init; }

    /// <summary>Labels of every series.</summary>
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>Address to listen on.</summary>
    [SchemaDefault("\"0.0.0.0\"")]
    public string? Host { get; init; }

    /// <summary>Port number.</summary>
    [SchemaDefault("11228")]
    [CelRule("self >= 1 && self <= 65535", "the port must be between 1 and 65535")]
    public int? Port { get; init; }
}

/// <summary>Profiling of the servers.</summary>
public sealed record ProfilerOptions : JsonShape
{
    /// <summary>Serve pprof on port 6060.</summary>
    [JsonPropertyName("enablePProf")]
    [SchemaDefault("false")]
    public bool? EnablePProf { get; init; }
}

/// <summary>Model Context Protocol server of each Dolt server.</summary>
public sealed record McpServerOptions : JsonShape
{
    /// <summary>Port number.</summary>
    [SchemaDefault("7007")]
    [SchemaRange(Minimum = 1024, Maximum = 49151)]
    public int? Port { get; init; }

    /// <summary>Account that it uses; the administrator's when left out.</summary>
    public string? User { get; init; }

    /// <summary>Password of the account; the administrator's when left out.</summary>
    public SecretKeyReference? PasswordSecretKeyRef { get; init; }

    /// <summary>Database that it is limited to; all when left out.</summary>
    public string? Database { get; init; }
}

/// <summary>A key of a Secret in the same namespace.</summary>
[AtomicMap]
public sealed record SecretKeyReference : JsonShape
{
    /// <summary>Name of the Secret.</summary>
    public string? Name { get; init; }

    /// <summary>Key in the Secret.</summary>
    [SchemaRequired]
    public string? Key { get; init; }
}

/// <summary>A DoltDB by name, in the referring object's namespace when none is given.</summary>
public sealed record DoltDbReference : JsonShape
{
    /// <summary>Name of the DoltDB.</summary>
    public string? Name { get; init; }

    /// <summary>Namespace of the DoltDB.</summary>
    public string? Namespace { get; init; }
}
