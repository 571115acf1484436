using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>The pods of a cluster.</summary>
internal static class PodTemplates
{
    private const string DataPath = "/db";
    private const string ConfigPath = "/etc/doltdb";

    /// <summary>The template without its own hash; the hash of the configuration is left out when pods are not to follow it.</summary>
    public static PodTemplateSpec Render(RenderRequest request, string? configHash)
    {
        var spec = request.Spec;
        var annotations = new Dictionary<string, string>(spec.PodAnnotations ?? []);
        foreach (var (key, value) in StatefulSets.Annotations(request))
            annotations[key] = value;
        if (request.RestartedAt is { } restartedAt)
            annotations[ClusterLabels.RestartedAtAnnotation] = restartedAt;
        if (configHash is not null)
            annotations[ClusterLabels.ConfigHashAnnotation] = configHash;
        return new PodTemplateSpec
        {
            Metadata = new ObjectMeta
            {
                Labels = new()
                {
                    [ClusterLabels.Name] = request.Name,
                    [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName,
                    [ClusterLabels.Version] = StatefulSets.Version(spec),
                },
                Annotations = annotations,
            },
            Spec = Pod(request),
        };
    }

    private static PodSpec Pod(RenderRequest request)
    {
        var spec = request.Spec;
        return new PodSpec
        {
            ServiceAccountName = ClusterResources.AccountName(request),
            AutomountServiceAccountToken = false,
            EnableServiceLinks = false,
            TerminationGracePeriodSeconds = spec.TerminationGrace(),
            ImagePullSecrets = spec.ImagePullSecrets?.Select(secret => secret.Deserialize(KubernetesJson.Default.LocalObjectReference)!).DistinctBy(secret => secret.Name).ToList(),
            SecurityContext = spec.SecurityContext,
            Affinity = spec.Affinity ?? (request.StatefulSetReplicas > 1 || spec.IsReplicated() ? Spread(request.Name) : null),
            NodeSelector = spec.NodeSelector,
            Tolerations = spec.Tolerations,
            TopologySpreadConstraints = spec.TopologySpreadConstraints,
            PriorityClassName = spec.PriorityClassName,
            InitContainers = [InitContainer(request)],
            Containers = [MainContainer(request)],
            Volumes = [.. Volumes(request)],
        };
    }

    private static Container InitContainer(RenderRequest request) => new()
    {
        Name = "dolt-init",
        Image = request.Spec.ImageReference(),
        ImagePullPolicy = "IfNotPresent",
        Command = ["/bin/sh", "-c", Scripts.Init],
        WorkingDir = DataPath,
        Env = ContainerEnvironment.Of(
            request.Spec,
            Environment(request),
            new EnvVar { Name = "COMMIT_AUTHOR_NAME", Value = request.Spec.CommitAuthorName() },
            new EnvVar { Name = "COMMIT_AUTHOR_EMAIL", Value = request.Spec.CommitAuthorEmail() },
            new EnvVar { Name = "METRICS_DISABLED", Value = request.Spec.DisablesUsageMetrics() ? "true" : "false" }),
        Resources = Resources(request.Spec),
        VolumeMounts =
        [
            .. Mounts(),
            .. request.Spec.IsReplicated() ? [new VolumeMount { Name = ClusterNames.PrimaryVolume, MountPath = PrimaryAnnouncement.MountPath, ReadOnly = true }] : Array.Empty<VolumeMount>(),
        ],
        SecurityContext = Restricted(request.Spec.SecurityContext),
    };

    private static Container MainContainer(RenderRequest request)
    {
        var spec = request.Spec;
        return new Container
        {
            Name = "dolt",
            Image = spec.ImageReference(),
            ImagePullPolicy = "IfNotPresent",
            Command = ["tini", "--", "/usr/local/bin/dolt", .. spec.HasProfiler() ? ["--prof", "mem", "--pprof-server"] : Array.Empty<string>(), "sql-server", "--config", "config.yaml"],
            WorkingDir = DataPath,
            Env = ContainerEnvironment.Of(spec, [.. Environment(request), .. McpEnvironment(request)]),
            Ports = [.. Ports(spec)],
            Resources = Resources(spec),
            VolumeMounts = Mounts(),
            StartupProbe = Probes.Startup(spec),
            ReadinessProbe = Probes.Readiness(spec),
            LivenessProbe = Probes.Liveness(spec),
            Lifecycle = spec.IsReplicated() ? new Lifecycle { PreStop = new LifecycleHandler { Exec = new ExecAction { Command = ["/bin/sh", "-c", Scripts.PreStop] } } } : null,
            SecurityContext = Restricted(request.Spec.SecurityContext),
        };
    }

    private static IEnumerable<EnvVar> Environment(RenderRequest request) =>
    [
        new EnvVar { Name = "DOLT_ROOT_PATH", Value = DataPath },
        new EnvVar { Name = "POD_NAME", ValueFrom = new EnvVarSource { FieldRef = new ObjectFieldSelector { FieldPath = "metadata.name" } } },
        OfSecret("DOLT_USERNAME", ClusterNames.Credentials(request.Name), "admin-user"),
        OfSecret("DOLT_PASSWORD", ClusterNames.Credentials(request.Name), "admin-password"),
    ];

    private static IEnumerable<EnvVar> McpEnvironment(RenderRequest request)
    {
        if (request.Spec.Server?.McpServer is not { } mcp)
            yield break;
        if (mcp.User is { } user)
            yield return new EnvVar { Name = "DOLT_MCP_USER", Value = user };
        yield return mcp.PasswordSecretKeyRef is { } reference
            ? OfSecret("DOLT_MCP_PASSWORD", reference.Name ?? ClusterNames.Credentials(request.Name), reference.Key ?? "")
            : OfSecret("DOLT_MCP_PASSWORD", ClusterNames.Credentials(request.Name), "admin-password");
    }

    private static IEnumerable<ContainerPort> Ports(DoltDbSpec spec)
    {
        yield return Port(ClusterLabels.SqlPortName, spec.SqlPort());
        if (spec.IsReplicated())
            yield return Port(ClusterLabels.RemotesApiPortName, spec.ReplicationPort());
        if (spec.EnabledMetrics() is { } metrics)
            yield return Port(ClusterLabels.MetricsPortName, metrics.Port ?? DoltDbDefaults.MetricsPort);
        if (spec.HasProfiler())
            yield return Port(ClusterLabels.ProfilerPortName, DoltDbDefaults.ProfilerPort);
        if (spec.Server?.McpServer is { } mcp)
            yield return Port(ClusterLabels.McpPortName, mcp.Port ?? DoltDbDefaults.McpPort);
    }

    private static ContainerPort Port(string name, int number) => new() { Name = name, Number = number, Protocol = "TCP" };

    private static EnvVar OfSecret(string name, string secret, string key) =>
        new() { Name = name, ValueFrom = new EnvVarSource { SecretKeyRef = new KeySelector { Name = secret, Key = key } } };

    private static IEnumerable<Volume> Volumes(RenderRequest request)
    {
        yield return new Volume { Name = ClusterNames.ConfigVolume, ConfigMap = new ConfigMapVolumeSource { Name = ClusterNames.Config(request.Name) } };

        // A pod does not wait for it: without it its server begins as a standby.
        if (request.Spec.IsReplicated())
            yield return new Volume { Name = ClusterNames.PrimaryVolume, ConfigMap = new ConfigMapVolumeSource { Name = ClusterNames.CurrentPrimary(request.Name), Optional = true } };
    }

    private static IReadOnlyList<VolumeMount> Mounts() =>
        [new VolumeMount { Name = ClusterNames.ConfigVolume, MountPath = ConfigPath, ReadOnly = true }, new VolumeMount { Name = ClusterNames.DataVolume, MountPath = DataPath }];

    /// <summary>Servers of one cluster prefer different nodes, so that the loss of one node is not the loss of all.</summary>
    private static JsonElement Spread(string name) => JsonSerializer.SerializeToElement(
        new System.Text.Json.Nodes.JsonObject
        {
            ["podAntiAffinity"] = new System.Text.Json.Nodes.JsonObject
            {
                ["preferredDuringSchedulingIgnoredDuringExecution"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject
                {
                    ["weight"] = 100,
                    ["podAffinityTerm"] = new System.Text.Json.Nodes.JsonObject
                    {
                        ["topologyKey"] = "kubernetes.io/hostname",
                        ["labelSelector"] = new System.Text.Json.Nodes.JsonObject { ["matchLabels"] = new System.Text.Json.Nodes.JsonObject { [ClusterLabels.Name] = name } },
                    },
                }),
            },
        },
        RenderJson.Default.JsonObject);

    /// <summary>The same for both containers: a pod asks for the most of them, and a quota admits no pod with a container that asks for nothing.</summary>
    private static JsonElement Resources(DoltDbSpec spec) => spec.Resources ?? Json("""{"requests":{"cpu":"500m","memory":"1Gi"},"limits":{"memory":"8Gi"}}""");

    /// <summary>
    /// What the Pod Security Standard <c>restricted</c> asks of a container, as far as the pod goes with it: root may need its capabilities on volumes whose files belong to
    /// others, and a seccomp profile of the pod is meant for its containers.
    /// </summary>
    private static JsonElement Restricted(JsonElement? pod)
    {
        var context = new System.Text.Json.Nodes.JsonObject { ["allowPrivilegeEscalation"] = false };
        if (IsNotRoot(pod))
            context["capabilities"] = new System.Text.Json.Nodes.JsonObject { ["drop"] = new System.Text.Json.Nodes.JsonArray("ALL") };
        if (Field(pod, "seccompProfile") is null)
            context["seccompProfile"] = new System.Text.Json.Nodes.JsonObject { ["type"] = "RuntimeDefault" };
        return JsonSerializer.SerializeToElement(context, RenderJson.Default.JsonObject);
    }

    private static bool IsNotRoot(JsonElement? pod) =>
        Field(pod, "runAsNonRoot")?.ValueKind == JsonValueKind.True
        || (Field(pod, "runAsUser") is { ValueKind: JsonValueKind.Number } user && user.TryGetInt64(out var id) && id > 0);

    private static JsonElement? Field(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } present && present.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
