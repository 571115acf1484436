using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>
/// The configuration file of each server, in the very words of the Go operator. Who is primary is not taken from it: the script that prepares a pod makes every
/// server begin as a standby.
/// </summary>
internal static class ServerConfigurations
{
    /// <summary>A version that is known to take <c>auto_gc_behavior</c>, and older than the first that collects unasked.</summary>
    private static readonly Version FirstAutoGc = new(1, 57);

    /// <summary>The ConfigMap with one file an ordinal.</summary>
    public static ConfigMap ConfigMap(RenderRequest request) => new()
    {
        Metadata = ClusterResources.Meta(request, ClusterNames.Config(request.Name)),
        Data = Enumerable.Range(0, request.ConfigReplicas).ToDictionary(ordinal => FileName(request, ordinal), ordinal => Render(request, ordinal, isWhole: true), StringComparer.Ordinal),
    };

    /// <summary>A hash over all that takes a restart to come into effect.</summary>
    public static string Hash(RenderRequest request)
    {
        var text = new StringBuilder();
        foreach (var ordinal in Enumerable.Range(0, request.ConfigReplicas).OrderBy(ordinal => FileName(request, ordinal), StringComparer.Ordinal))
            text.Append(FileName(request, ordinal)).Append('=').Append(Render(request, ordinal, isWhole: false)).Append(';');
        return HashOf(text.ToString());
    }

    /// <summary>A hash over the rest: a server that runs takes it without a restart, and one that does not start may have begun with another.</summary>
    public static string DynamicHash(RenderRequest request)
    {
        var yaml = new YamlText();
        LogLevel(request.Spec, yaml);
        SystemVariables(request.Spec, yaml);
        return HashOf(yaml.ToString());
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string FileName(RenderRequest request, int ordinal) => ClusterNames.Pod(request.Name, ordinal) + ".yaml";

    /// <summary>The file of one server: all of it, or without what servers take while they run.</summary>
    private static string Render(RenderRequest request, int ordinal, bool isWhole)
    {
        var spec = request.Spec;
        var yaml = new YamlText();
        if (spec.HasAutoGc() || KnowsAutoGc(spec.EngineVersion))
            yaml.Section(0, "behavior").Section(1, "auto_gc_behavior").Line(2, "enable", spec.HasAutoGc());
        if (isWhole)
            LogLevel(spec, yaml);
        if (spec.IsReplicated())
            Cluster(request, ordinal, yaml);
        yaml.Section(0, "listener").Line(1, "host", spec.ListenerHost()).Line(1, "port", spec.SqlPort()).Line(1, "max_connections", spec.MaxConnections());
        if (spec.EnabledMetrics() is { } metrics)
            Metrics(metrics, yaml);
        if (spec.Server?.McpServer is { } mcp)
            Mcp(mcp, yaml);
        if (isWhole)
            SystemVariables(spec, yaml);
        return yaml.ToString();
    }

    private static void LogLevel(DoltDbSpec spec, YamlText yaml) => yaml.Line(0, "log_level", spec.ServerLogLevel());

    private static void SystemVariables(DoltDbSpec spec, YamlText yaml)
    {
        if (spec.IsReplicated() && spec.Replication?.AckWritesTimeoutSeconds is { } seconds)
            yaml.Section(0, "system_variables").Line(1, "dolt_cluster_ack_writes_timeout_secs", seconds);
    }

    /// <summary>
    /// Old servers do not start with a key that they do not know; they collect no garbage by themselves, so that there is nothing to turn off. A version that is
    /// none (a tag such as <c>latest</c>) is taken for a new one.
    /// </summary>
    private static bool KnowsAutoGc(string? version) => !Version.TryParse(version?.TrimStart('v').Split('-', '+')[0], out var parsed) || parsed >= FirstAutoGc;

    private static void Cluster(RenderRequest request, int ordinal, YamlText yaml)
    {
        var port = request.Spec.ReplicationPort();
        yaml.Section(0, "cluster").Section(1, "standby_remotes");
        for (var other = 0; other < request.ConfigReplicas; other++)
        {
            if (other == ordinal)
                continue;
            yaml.Item(1, "name", ClusterNames.Pod(request.Name, other))
                .Line(2, "remote_url_template", string.Create(CultureInfo.InvariantCulture, $"http://{ClusterNames.PodHost(request.Name, request.Namespace, other)}:{port}/{{database}}"));
        }

        // The words of the Go operator, whose users read and compare them; Scripts.Init puts others in their place.
        yaml.Line(1, "bootstrap_epoch", 1).Line(1, "bootstrap_role", ordinal == 0 ? ClusterLabels.Primary : ClusterLabels.Standby).Section(1, "remotesapi").Line(2, "port", port);
    }

    private static void Metrics(MetricsOptions metrics, YamlText yaml)
    {
        yaml.Section(0, "metrics");
        if (metrics.Labels is { Count: > 0 } labels)
        {
            yaml.Section(1, "labels");
            foreach (var (key, value) in labels.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                yaml.Line(2, YamlText.Scalar(Literal(key)), Literal(value));
        }
        else
        {
            yaml.Empty(1, "labels");
        }

        yaml.Line(1, "host", metrics.Host ?? "0.0.0.0").Line(1, "port", metrics.Port ?? DoltDbDefaults.MetricsPort);
    }

    /// <summary>Dolt puts the values in before it reads the YAML: a password that looks like a number or has a colon needs the quotes.</summary>
    private static void Mcp(McpServerOptions mcp, YamlText yaml)
    {
        yaml.Section(0, "mcp_server").Line(1, "port", mcp.Port ?? DoltDbDefaults.McpPort)
            .Line(1, "user", mcp.User is null ? "${DOLT_USERNAME}" : "${DOLT_MCP_USER}").Line(1, "password", "${DOLT_MCP_PASSWORD}");
        if (mcp.Database is { } database)
            yaml.Line(1, "database", Literal(database));
    }

    /// <summary>Dolt expands <c>${VAR}</c> in the file; a user's text is meant as it is.</summary>
    private static string Literal(string text) => text.Replace("$", "$$", StringComparison.Ordinal);
}
