using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>The configuration file of each server.</summary>
internal static class ServerConfigurations
{
    /// <summary>Name of the file that says which pod is the primary.</summary>
    public const string PrimaryFile = "primary";

    /// <summary>A version that is known to take <c>auto_gc_behavior</c>, and older than the first that collects unasked.</summary>
    private static readonly Version FirstAutoGc = new(1, 57);

    /// <summary>The ConfigMap with one file an ordinal, and the one that names the primary once there is one.</summary>
    public static ConfigMap ConfigMap(RenderRequest request)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var ordinal = 0; ordinal < request.ConfigReplicas; ordinal++)
            data[FileName(request, ordinal)] = Dynamic(request) + Render(request, ordinal);
        if (request.PrimaryOrdinal is { } primary)
            data[PrimaryFile] = PrimaryText(ClusterNames.Pod(request.Name, primary));
        return new ConfigMap { Metadata = ClusterResources.Meta(request, ClusterNames.Config(request.Name)), Data = data };
    }

    /// <summary>The file that says which pod is the primary.</summary>
    public static string PrimaryText(string pod) => new YamlText().Section(0, "cluster").Line(1, "primary", pod).ToString();

    /// <summary>A hash over all that takes a restart to come into effect.</summary>
    public static string Hash(RenderRequest request)
    {
        var text = new StringBuilder();
        foreach (var ordinal in Enumerable.Range(0, request.ConfigReplicas).OrderBy(ordinal => FileName(request, ordinal), StringComparer.Ordinal))
            text.Append(FileName(request, ordinal)).Append('=').Append(Render(request, ordinal)).Append(';');
        return HashOf(text.ToString());
    }

    /// <summary>A hash over the rest: a server that runs takes it without a restart, and one that does not start may have begun with another.</summary>
    public static string DynamicHash(RenderRequest request) => HashOf(Dynamic(request));

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string FileName(RenderRequest request, int ordinal) => ClusterNames.Pod(request.Name, ordinal) + ".yaml";

    /// <summary>What servers take while they run: the file holds it for the next start.</summary>
    private static string Dynamic(RenderRequest request)
    {
        var yaml = new YamlText().Line(0, "log_level", request.Spec.ServerLogLevel());
        if (request.Spec.IsReplicated() && request.Spec.Replication?.AckWritesTimeoutSeconds is { } seconds)
            yaml.Section(0, "system_variables").Line(1, "dolt_cluster_ack_writes_timeout_secs", seconds);
        return yaml.ToString();
    }

    /// <summary>
    /// The rest of the file of one server. Every server begins as a standby and is promoted by SQL: one that has lost its volume can never come up as an
    /// empty primary.
    /// </summary>
    private static string Render(RenderRequest request, int ordinal)
    {
        var spec = request.Spec;
        var yaml = new YamlText();
        if (spec.HasAutoGc() || KnowsAutoGc(spec.EngineVersion))
            yaml.Section(0, "behavior").Section(1, "auto_gc_behavior").Line(2, "enable", spec.HasAutoGc());
        yaml.Section(0, "listener").Line(1, "host", spec.ListenerHost()).Line(1, "port", spec.SqlPort()).Line(1, "max_connections", spec.MaxConnections());
        if (spec.IsReplicated())
            Cluster(request, ordinal, yaml);
        if (spec.EnabledMetrics() is { } metrics)
            Metrics(metrics, yaml);
        if (spec.Server?.McpServer is { } mcp)
        {
            yaml.Section(0, "mcp_server").Line(1, "port", mcp.Port ?? DoltDbDefaults.McpPort)
                .Line(1, "user", mcp.User is null ? "${DOLT_USERNAME}" : "${DOLT_MCP_USER}").Line(1, "password", "${DOLT_MCP_PASSWORD}");
            if (mcp.Database is { } database)
                yaml.Line(1, "database", Literal(database));
        }

        return yaml.ToString();
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

        yaml.Line(1, "bootstrap_role", "standby").Line(1, "bootstrap_epoch", 0).Section(1, "remotesapi").Line(2, "port", port);
    }

    private static void Metrics(MetricsOptions metrics, YamlText yaml)
    {
        yaml.Section(0, "metrics").Line(1, "host", metrics.Host ?? "0.0.0.0").Line(1, "port", metrics.Port ?? DoltDbDefaults.MetricsPort);
        if (metrics.Labels is not { Count: > 0 } labels)
            return;
        yaml.Section(1, "labels");
        foreach (var (key, value) in labels.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            yaml.Line(2, YamlText.Quote(Literal(key)), Literal(value));
    }

    /// <summary>Dolt expands <c>${VAR}</c> in the file; a user's text is meant as it is.</summary>
    private static string Literal(string text) => text.Replace("$", "$$", StringComparison.Ordinal);
}

/// <summary>Writes the few shapes of YAML that a server configuration has; every text is quoted.</summary>
internal sealed class YamlText
{
    private readonly StringBuilder text = new();

    public YamlText Section(int depth, string key) => Raw(depth, key + ":");

    public YamlText Line(int depth, string key, string value) => Raw(depth, $"{key}: {Quote(value)}");

    public YamlText Line(int depth, string key, int value) => Raw(depth, string.Create(CultureInfo.InvariantCulture, $"{key}: {value}"));

    public YamlText Line(int depth, string key, bool value) => Raw(depth, $"{key}: {(value ? "true" : "false")}");

    public YamlText Item(int depth, string key, string value) => Raw(depth, $"- {key}: {Quote(value)}");

    public override string ToString() => text.ToString();

    /// <summary>The text as a double-quoted scalar.</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    private YamlText Raw(int depth, string line)
    {
        text.Append(' ', depth * 2).Append(line).Append('\n');
        return this;
    }
}
