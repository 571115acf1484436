using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

/// <summary>The process cannot start with this configuration; the message is what Dolt prints before it exits with code 1.</summary>
internal sealed class ServerConfigException(string message) : Exception(message);

/// <summary>What the server needs of a Dolt <c>config.yaml</c>.</summary>
internal sealed record ServerConfig
{
    public string LogLevel { get; init; } = "info";

    public string ListenerHost { get; init; } = "localhost";

    public int Port { get; init; } = 3306;

    public int MaxConnections { get; init; } = 1000;

    /// <summary>How many clients beyond those may wait.</summary>
    public int BackLog { get; init; } = 50;

    /// <summary>For how long one may wait.</summary>
    public TimeSpan MaxConnectionsTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public bool ReadOnly { get; init; }

    public bool Autocommit { get; init; } = true;

    public bool DisableMultiStatements { get; init; }

    /// <summary>Every transaction commit also makes a Dolt commit.</summary>
    public bool CommitOnTransaction { get; init; }

    public string? DataDirectory { get; init; }

    public string? ConfigurationDirectory { get; init; }

    public string? PrivilegeFile { get; init; }

    public string? TlsCertificate { get; init; }

    public string? TlsKey { get; init; }

    public bool RequireSecureTransport { get; init; }

    public ClusterConfig? Cluster { get; init; }

    public ImmutableDictionary<string, string> SystemVariables { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>The <c>cluster</c> section.</summary>
internal sealed record ClusterConfig(ImmutableArray<StandbyRemote> Standbys, string BootstrapRole, long BootstrapEpoch, int RemotesApiPort);

/// <summary>One standby and the template of the URL of a database there.</summary>
internal sealed record StandbyRemote(string Name, string UrlTemplate)
{
    public string UrlOf(string database) => UrlTemplate.Replace("{database}", database);

    /// <summary>Host and port that the template addresses.</summary>
    public Uri Address { get; } = new(UrlTemplate.Replace("{database}", ""));
}
