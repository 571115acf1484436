using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Api;

/// <summary>
/// What a spec means where it says nothing. Schema defaults reach an object only where its parent is present; these hold everywhere.
/// </summary>
public static class DoltDbDefaults
{
    /// <summary>Servers of a spec that names no number.</summary>
    public const int Replicas = 1;

    /// <summary>More servers of a replicated cluster than this work, at a price, and are warned of.</summary>
    public const int MostUsualReplicas = 9;

    /// <summary>The longest time, in seconds, that Dolt lets a write wait for the standbys.</summary>
    public const int MostAckWritesSeconds = 60;

    /// <summary>Most servers of a cluster: the configuration of each names all others, and all of it has to fit into one ConfigMap.</summary>
    public const int MostReplicas = 64;

    /// <summary>What the schema fills in for spec.maxConnections, which has no effect.</summary>
    public const int UnusedMaxConnections = 128;

    /// <summary>Port of the MySQL protocol.</summary>
    public const int ListenerPort = 3306;

    /// <summary>Port of replication.</summary>
    public const int RemotesApiPort = 50051;

    /// <summary>Port of the servers' metrics.</summary>
    public const int MetricsPort = 11228;

    /// <summary>Port of the Model Context Protocol server.</summary>
    public const int McpPort = 7007;

    /// <summary>Port of pprof, which Dolt fixes.</summary>
    public const int ProfilerPort = 6060;

    /// <summary>Number of servers that the spec asks for.</summary>
    public static int EffectiveReplicas(this DoltDbSpec spec) => spec.Replicas ?? Replicas;

    /// <summary>Image with its tag.</summary>
    public static string ImageReference(this DoltDbSpec spec) => $"{spec.Image ?? "dolthub/dolt"}:{spec.EngineVersion}";

    /// <summary>Whether the servers replicate.</summary>
    public static bool IsReplicated(this DoltDbSpec spec) => spec.Replication?.Enabled == true;

    /// <summary>Ordinal of the requested primary; 0 without replication.</summary>
    public static int RequestedPodIndex(this DoltDbSpec spec) => spec.IsReplicated() ? spec.Replication?.Primary?.PodIndex ?? 0 : 0;

    /// <summary>Standbys that must be caught up before a hand-over; all of them when the spec says more than there are.</summary>
    public static int MinCaughtUpStandbys(this DoltDbSpec spec) =>
        Math.Min(spec.Replication?.Primary?.MinCaughtUpStandby ?? 1, spec.IsReplicated() ? Math.Max(spec.EffectiveReplicas() - 1, 1) : int.MaxValue);

    /// <summary>How long the primary must be out of reach before it is replaced.</summary>
    public static TimeSpan FailoverDelay(this DoltDbSpec spec) => TimeSpan.FromSeconds(spec.Failover?.DelaySeconds ?? 5);

    /// <summary>Whether a failover may lose data that the primary is known to have had.</summary>
    public static bool AllowsDataLoss(this DoltDbSpec spec) => spec.Failover?.AllowDataLoss == true;

    /// <summary>Failovers that an hour may see; null without a limit.</summary>
    public static int? MostFailoversPerHour(this DoltDbSpec spec) => (spec.Failover?.MaxPerHour ?? 4) is var most and > 0 ? most : null;

    /// <summary>Seconds that a write waits for the standbys; 0 for asynchronous replication.</summary>
    public static int AckWritesTimeout(this DoltDbSpec spec) => spec.IsReplicated() ? spec.Replication?.AckWritesTimeoutSeconds ?? 0 : 0;

    /// <summary>Port of the MySQL protocol.</summary>
    public static int SqlPort(this DoltDbSpec spec) => spec.Server?.Listener?.Port ?? ListenerPort;

    /// <summary>Address that servers listen on.</summary>
    public static string ListenerHost(this DoltDbSpec spec) => spec.Server?.Listener?.Host ?? "0.0.0.0";

    /// <summary>Most connections at a time.</summary>
    public static int MaxConnections(this DoltDbSpec spec) => spec.Server?.Listener?.MaxConnections ?? 1024;

    /// <summary>Port of replication.</summary>
    public static int ReplicationPort(this DoltDbSpec spec) => spec.Server?.Cluster?.RemotesApi?.Port ?? RemotesApiPort;

    /// <summary>Log level in Dolt's words: <c>warn</c>, which Dolt refuses, is <c>warning</c>.</summary>
    public static string ServerLogLevel(this DoltDbSpec spec) => spec.Server?.LogLevel switch
    {
        null or "" => "info",
        "warn" => "warning",
        var level => level,
    };

    /// <summary>Whether servers collect garbage by themselves.</summary>
    public static bool HasAutoGc(this DoltDbSpec spec) => spec.Server?.Behavior?.AutoGcBehavior?.Enabled == true;

    /// <summary>Metrics options when metrics are on, else null.</summary>
    public static MetricsOptions? EnabledMetrics(this DoltDbSpec spec) => spec.Server?.Metrics is { Enabled: true } metrics ? metrics : null;

    /// <summary>Whether pprof is served.</summary>
    public static bool HasProfiler(this DoltDbSpec spec) => spec.Server?.Profiler?.EnablePProf == true;

    /// <summary>Name of the author of commits that name none.</summary>
    public static string CommitAuthorName(this DoltDbSpec spec) => spec.GlobalConfig?.CommitAuthor?.Name ?? "dolt kubernetes deployment";

    /// <summary>E-mail of the author of commits that name none.</summary>
    public static string CommitAuthorEmail(this DoltDbSpec spec) => spec.GlobalConfig?.CommitAuthor?.Email ?? "dolt@kubernetes.deployment";

    /// <summary>Whether Dolt's usage metrics are not sent home.</summary>
    public static bool DisablesUsageMetrics(this DoltDbSpec spec) => spec.GlobalConfig?.DisableClientUsageMetricsCollection == true;

    /// <summary>Seconds that a pod gets to end.</summary>
    public static long TerminationGrace(this DoltDbSpec spec) => spec.TerminationGracePeriodSeconds ?? 60;

    /// <summary>How pods are replaced.</summary>
    public static string EffectiveUpdateStrategy(this DoltDbSpec spec) =>
        spec.UpdateStrategy is { Length: > 0 } strategy ? strategy : "ReplicasFirstPrimaryLast";

    /// <summary>Size of each volume.</summary>
    public static Quantity StorageSize(this DoltDbSpec spec) => spec.Storage?.Size ?? new Quantity("100Gi");

    /// <summary>Whether existing volumes grow.</summary>
    public static bool ResizesInUseVolumes(this DoltDbSpec spec) => spec.Storage?.ResizeInUseVolumes != false;

    /// <summary>Whether a growth waits for the volumes' capacity.</summary>
    public static bool WaitsForVolumeResize(this DoltDbSpec spec) => spec.Storage?.WaitForVolumeResize != false;

    /// <summary>What becomes of volumes when the cluster is deleted: Retain or Delete.</summary>
    public static string RetentionWhenDeleted(this DoltDbSpec spec) => spec.Storage?.RetentionPolicy?.WhenDeleted is { Length: > 0 } policy ? policy : "Retain";

    /// <summary>What becomes of volumes when the cluster shrinks: Retain or Delete.</summary>
    public static string RetentionWhenScaled(this DoltDbSpec spec) => spec.Storage?.RetentionPolicy?.WhenScaled is { Length: > 0 } policy ? policy : "Retain";

    /// <summary>Whether the replication port is closed to everyone but the members.</summary>
    public static bool HasNetworkPolicy(this DoltDbSpec spec) => spec.NetworkPolicy?.Enabled != false;
}
