using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>Something in a spec that cannot be.</summary>
/// <param name="FieldPath">The field.</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record SpecProblem(string FieldPath, string Message);

/// <summary>Something in a spec that is accepted and does not do what it says.</summary>
/// <param name="Reason">One word for it.</param>
/// <param name="Message">What happens instead.</param>
internal sealed record SpecWarning(string Reason, string Message);

/// <summary>What a spec must fulfil beyond its schema.</summary>
internal static class ClusterSpecRules
{
    /// <summary>The StatefulSet's revisions carry its name and a hash in a label.</summary>
    private const int LongestName = 52;

    private const string WithoutEffect = "WithoutEffect";

    private static readonly string[] LogLevels = ["trace", "debug", "info", "warning", "error", "fatal"];

    /// <summary>All problems; empty when the spec can be put into effect.</summary>
    public static IReadOnlyList<SpecProblem> Check(DoltDb cluster)
    {
        if (cluster.Spec is not { } spec)
            return [new SpecProblem("spec", "spec is missing")];
        return
        [
            .. Names(cluster, spec), .. Replication(spec), .. Ports(spec), .. Server(spec), .. Storage(spec),
        ];
    }

    /// <summary>What a spec says that is accepted and will surprise.</summary>
    public static IReadOnlyList<SpecWarning> Warnings(DoltDbSpec spec)
    {
        var warnings = new List<SpecWarning>();
        if (!spec.IsReplicated() && spec.EffectiveReplicas() > 1)
            warnings.Add(new("UnreplicatedServers", $"spec.replicas is {spec.EffectiveReplicas()} without replication: the servers share nothing, and only the first is routed"));
        if (spec.MaxConnections is { } connections and not DoltDbDefaults.UnusedMaxConnections)
            warnings.Add(new(WithoutEffect, $"spec.maxConnections ({connections}) has no effect: use spec.server.listener.maxConnections"));
        if (spec.ReplicationStrategy == "Remote")
            warnings.Add(new(WithoutEffect, "spec.replicationStrategy Remote works like DirectStandby"));
        if (spec.AutoMinorVersionUpgrade == true)
            warnings.Add(new(WithoutEffect, "spec.autoMinorVersionUpgrade has no effect: versions change through spec.engineVersion"));
        if (spec.IsReplicated() && spec.EffectiveReplicas() > DoltDbDefaults.MostUsualReplicas)
            warnings.Add(new("ManyServers", $"spec.replicas is {spec.EffectiveReplicas()}: the primary writes to every other server, and more than {DoltDbDefaults.MostUsualReplicas} are not tested"));
        if (spec.IsReplicated() && spec.EffectiveReplicas() is > 1 and var servers)
        {
            if (spec.RequestedPodIndex() is var ordinal && ordinal >= servers)
                warnings.Add(new(WithoutEffect, $"spec.replication.primary.podIndex {ordinal} has no effect: it must be less than replicas ({servers})"));
            if (spec.Replication?.Primary?.MinCaughtUpStandby is { } standbys && standbys >= servers)
                warnings.Add(new(WithoutEffect, $"spec.replication.primary.minCaughtUpStandby {standbys} means all standbys: it must be less than replicas ({servers})"));
        }

        if (ContainerEnvironment.Ignored(spec) is { Count: > 0 } ignored)
            warnings.Add(new(WithoutEffect, $"spec.env: {string.Join(", ", ignored)} has no effect: the operator sets it"));
        if (ContainerEnvironment.Repeated(spec) is { Count: > 0 } repeated)
            warnings.Add(new(WithoutEffect, $"spec.env: of several entries for {string.Join(", ", repeated)} only the last has an effect"));
        return warnings;
    }

    private static IEnumerable<SpecProblem> Names(DoltDb cluster, DoltDbSpec spec)
    {
        if (cluster.Metadata.Name is { Length: > LongestName } name)
            yield return new("metadata.name", $"the name has {name.Length} characters, at most {LongestName} are possible");
        if (cluster.Metadata.Name?.Contains('.', StringComparison.Ordinal) == true || (cluster.Metadata.Name is [var first, ..] && !char.IsAsciiLetter(first)))
            yield return new("metadata.name", "the name must begin with a letter and hold no dots: Services are named after it");
        if (string.IsNullOrWhiteSpace(spec.EngineVersion))
            yield return new("spec.engineVersion", "engineVersion must not be empty");
    }

    private static IEnumerable<SpecProblem> Replication(DoltDbSpec spec)
    {
        var replicas = spec.EffectiveReplicas();
        if (replicas < 1)
            yield return new("spec.replicas", "replicas must be at least 1");
        if (replicas > DoltDbDefaults.MostReplicas)
            yield return new("spec.replicas", $"at most {DoltDbDefaults.MostReplicas} servers are possible, not {replicas}");
        if (!spec.IsReplicated())
            yield break;
        if (replicas == 1)
            yield return new("spec.replication.enabled", "replication cannot be enabled with a single replica; set replicas > 1 or disable replication");
        if (spec.RequestedPodIndex() < 0)
            yield return new("spec.replication.primary.podIndex", $"podIndex {spec.RequestedPodIndex()} must not be negative");
        if (spec.MinCaughtUpStandbys() < 0)
            yield return new("spec.replication.primary.minCaughtUpStandby", $"minCaughtUpStandby {spec.MinCaughtUpStandbys()} must not be negative");
        if (spec.AckWritesTimeout() is < 0 or > DoltDbDefaults.MostAckWritesSeconds)
            yield return new("spec.replication.ackWritesTimeoutSeconds", $"ackWritesTimeoutSeconds {spec.AckWritesTimeout()} must be between 0 and {DoltDbDefaults.MostAckWritesSeconds}: servers do not start with another value");
    }

    private static IEnumerable<SpecProblem> Ports(DoltDbSpec spec)
    {
        // Dolt's own limit is that of the SQL listener; the schema has that of the MCP server.
        var ports = new List<(string Field, int Port, int Least)> { ("spec.server.listener.port", spec.SqlPort(), 1024) };
        if (spec.IsReplicated())
            ports.Add(("spec.server.cluster.remotesAPI.port", spec.ReplicationPort(), 1));
        if (spec.EnabledMetrics() is { } metrics)
            ports.Add(("spec.server.metrics.port", metrics.Port ?? DoltDbDefaults.MetricsPort, 1));
        if (spec.Server?.McpServer is { } mcp)
            ports.Add(("spec.server.mcpServer.port", mcp.Port ?? DoltDbDefaults.McpPort, 1024));
        if (spec.HasProfiler())
            ports.Add(("spec.server.profiler", DoltDbDefaults.ProfilerPort, 1));
        foreach (var (field, port, least) in ports.Where(pair => pair.Port < pair.Least || pair.Port > 65535))
            yield return new(field, string.Create(CultureInfo.InvariantCulture, $"port {port} must be between {least} and 65535"));
        foreach (var same in ports.GroupBy(pair => pair.Port).Where(group => group.Count() > 1))
            yield return new(same.Last().Field, $"port {same.Key} is used by {string.Join(" and ", same.Select(pair => pair.Field))}");
    }

    private static IEnumerable<SpecProblem> Server(DoltDbSpec spec)
    {
        if (!LogLevels.Contains(spec.ServerLogLevel(), StringComparer.Ordinal))
            yield return new("spec.server.logLevel", $"logLevel '{spec.Server?.LogLevel}' is none of {string.Join(", ", LogLevels)}");
        if (spec.ListenerHost() is var host && host != "localhost" && !System.Net.IPAddress.TryParse(host, out _))
            yield return new("spec.server.listener.host", $"host '{host}' is no IP address");
        if (spec.Server?.McpServer?.PasswordSecretKeyRef is { Key: null or "" })
            yield return new("spec.server.mcpServer.passwordSecretKeyRef.key", "key must not be empty");
    }

    private static IEnumerable<SpecProblem> Storage(DoltDbSpec spec)
    {
        if (spec.StorageSize().Value is not > 0)
            yield return new("spec.storage.size", $"size '{spec.StorageSize()}' must be a positive quantity");
        foreach (var (field, policy) in new[] { ("whenDeleted", spec.RetentionWhenDeleted()), ("whenScaled", spec.RetentionWhenScaled()) })
        {
            if (policy is not ("Retain" or "Delete"))
                yield return new($"spec.storage.retentionPolicy.{field}", $"'{policy}' is neither Retain nor Delete");
        }
    }
}
