using System.Text.Json;
using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>Containers on a node (core/v1).</summary>
public sealed record Pod : KubernetesObject
{
    public PodSpec? Spec { get; init; }

    public PodStatus? Status { get; init; }
}

/// <summary>What pods are made from.</summary>
public sealed record PodTemplateSpec : JsonShape
{
    public ObjectMeta? Metadata { get; init; }

    public PodSpec? Spec { get; init; }
}

/// <summary>Desired state of a pod.</summary>
public sealed record PodSpec : JsonShape
{
    public IReadOnlyList<Container>? InitContainers { get; init; }

    public IReadOnlyList<Container>? Containers { get; init; }

    public IReadOnlyList<Volume>? Volumes { get; init; }

    public string? RestartPolicy { get; init; }

    public long? TerminationGracePeriodSeconds { get; init; }

    public JsonElement? Affinity { get; init; }

    public Dictionary<string, string>? NodeSelector { get; init; }

    public string? NodeName { get; init; }

    public IReadOnlyList<JsonElement>? Tolerations { get; init; }

    public IReadOnlyList<JsonElement>? TopologySpreadConstraints { get; init; }

    public string? ServiceAccountName { get; init; }

    public bool? AutomountServiceAccountToken { get; init; }

    public bool? EnableServiceLinks { get; init; }

    public JsonElement? SecurityContext { get; init; }

    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }

    public string? PriorityClassName { get; init; }

    public string? Hostname { get; init; }

    public string? Subdomain { get; init; }

    /// <summary>While there is one, the pod is not scheduled.</summary>
    public IReadOnlyList<PodSchedulingGate>? SchedulingGates { get; init; }
}

/// <summary>Something that must happen before the pod may be scheduled.</summary>
public sealed record PodSchedulingGate : JsonShape
{
    public required string Name { get; init; }
}

/// <summary>Name of an object in the same namespace.</summary>
public sealed record LocalObjectReference : JsonShape
{
    public string? Name { get; init; }
}

/// <summary>One container of a pod.</summary>
public sealed record Container : JsonShape
{
    public required string Name { get; init; }

    public string? Image { get; init; }

    public string? ImagePullPolicy { get; init; }

    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public string? WorkingDir { get; init; }

    public IReadOnlyList<ContainerPort>? Ports { get; init; }

    public IReadOnlyList<EnvVar>? Env { get; init; }

    public JsonElement? Resources { get; init; }

    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }

    public Probe? LivenessProbe { get; init; }

    public Probe? ReadinessProbe { get; init; }

    public Probe? StartupProbe { get; init; }

    public Lifecycle? Lifecycle { get; init; }

    /// <summary>The file whose text becomes the message of the terminated state; /dev/termination-log when null.</summary>
    public string? TerminationMessagePath { get; init; }

    /// <summary><c>File</c>, or <c>FallbackToLogsOnError</c>.</summary>
    public string? TerminationMessagePolicy { get; init; }

    public JsonElement? SecurityContext { get; init; }
}

/// <summary>A port that a container listens on.</summary>
public sealed record ContainerPort : JsonShape
{
    public string? Name { get; init; }

    /// <summary>Number of the port.</summary>
    [JsonPropertyName("containerPort")]
    public required int Number { get; init; }

    public string? Protocol { get; init; }
}

/// <summary>An environment variable.</summary>
public sealed record EnvVar : JsonShape
{
    public required string Name { get; init; }

    public string? Value { get; init; }

    public EnvVarSource? ValueFrom { get; init; }
}

/// <summary>Where a variable takes its value from.</summary>
public sealed record EnvVarSource : JsonShape
{
    public KeySelector? SecretKeyRef { get; init; }

    public KeySelector? ConfigMapKeyRef { get; init; }

    public ObjectFieldSelector? FieldRef { get; init; }
}

/// <summary>A key of a Secret or ConfigMap.</summary>
public sealed record KeySelector : JsonShape
{
    public string? Name { get; init; }

    public required string Key { get; init; }

    public bool? Optional { get; init; }
}

/// <summary>A field of the pod itself.</summary>
public sealed record ObjectFieldSelector : JsonShape
{
    public string? ApiVersion { get; init; }

    public required string FieldPath { get; init; }
}

/// <summary>Where a container sees a volume.</summary>
public sealed record VolumeMount : JsonShape
{
    public required string Name { get; init; }

    public required string MountPath { get; init; }

    public bool? ReadOnly { get; init; }

    public string? SubPath { get; init; }
}

/// <summary>A volume of a pod.</summary>
public sealed record Volume : JsonShape
{
    public required string Name { get; init; }

    public ConfigMapVolumeSource? ConfigMap { get; init; }

    public SecretVolumeSource? Secret { get; init; }

    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; init; }

    public JsonElement? EmptyDir { get; init; }

    public JsonElement? Projected { get; init; }
}

/// <summary>A ConfigMap as files.</summary>
public sealed record ConfigMapVolumeSource : JsonShape
{
    public string? Name { get; init; }

    public int? DefaultMode { get; init; }

    public bool? Optional { get; init; }
}

/// <summary>A Secret as files.</summary>
public sealed record SecretVolumeSource : JsonShape
{
    public string? SecretName { get; init; }

    public int? DefaultMode { get; init; }

    public bool? Optional { get; init; }
}

/// <summary>A claim as a volume.</summary>
public sealed record PersistentVolumeClaimVolumeSource : JsonShape
{
    public required string ClaimName { get; init; }

    public bool? ReadOnly { get; init; }
}

/// <summary>How the kubelet looks at a container.</summary>
public sealed record Probe : JsonShape
{
    public ExecAction? Exec { get; init; }

    public TcpSocketAction? TcpSocket { get; init; }

    public HttpGetAction? HttpGet { get; init; }

    public JsonElement? Grpc { get; init; }

    public int? InitialDelaySeconds { get; init; }

    public int? PeriodSeconds { get; init; }

    public int? TimeoutSeconds { get; init; }

    public int? SuccessThreshold { get; init; }

    public int? FailureThreshold { get; init; }

    public long? TerminationGracePeriodSeconds { get; init; }
}

/// <summary>A command in the container.</summary>
public sealed record ExecAction : JsonShape
{
    public IReadOnlyList<string>? Command { get; init; }
}

/// <summary>A TCP connection.</summary>
public sealed record TcpSocketAction : JsonShape
{
    public required IntOrString Port { get; init; }

    public string? Host { get; init; }
}

/// <summary>An HTTP GET.</summary>
public sealed record HttpGetAction : JsonShape
{
    public string? Path { get; init; }

    public required IntOrString Port { get; init; }

    public string? Host { get; init; }

    public string? Scheme { get; init; }
}

/// <summary>What runs around the life of a container.</summary>
public sealed record Lifecycle : JsonShape
{
    public LifecycleHandler? PreStop { get; init; }

    public LifecycleHandler? PostStart { get; init; }
}

/// <summary>What to run.</summary>
public sealed record LifecycleHandler : JsonShape
{
    public ExecAction? Exec { get; init; }

    public JsonElement? HttpGet { get; init; }

    public TcpSocketAction? TcpSocket { get; init; }

    public JsonElement? Sleep { get; init; }
}

/// <summary>Observed state of a pod.</summary>
public sealed record PodStatus : JsonShape
{
    public string? Phase { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public IReadOnlyList<PodCondition>? Conditions { get; init; }

    /// <summary>Address of the pod; absent until it has one.</summary>
    [JsonPropertyName("podIP")]
    public string? PodIP { get; init; }

    /// <summary>Address of the node.</summary>
    [JsonPropertyName("hostIP")]
    public string? HostIP { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public IReadOnlyList<ContainerStatus>? InitContainerStatuses { get; init; }

    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; init; }
}

/// <summary>One aspect of a pod.</summary>
public sealed record PodCondition : JsonShape
{
    public required string Type { get; init; }

    public required string Status { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? LastProbeTime { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }
}

/// <summary>Observed state of a container.</summary>
public sealed record ContainerStatus : JsonShape
{
    public required string Name { get; init; }

    public bool? Ready { get; init; }

    public bool? Started { get; init; }

    public int? RestartCount { get; init; }

    public string? Image { get; init; }

    /// <summary>Digest of the image that runs.</summary>
    [JsonPropertyName("imageID")]
    public string? ImageID { get; init; }

    /// <summary>Runtime id.</summary>
    [JsonPropertyName("containerID")]
    public string? ContainerID { get; init; }

    public ContainerState? State { get; init; }

    public ContainerState? LastState { get; init; }
}

/// <summary>Waiting, running or terminated: one of them is set.</summary>
public sealed record ContainerState : JsonShape
{
    public ContainerStateWaiting? Waiting { get; init; }

    public ContainerStateRunning? Running { get; init; }

    public ContainerStateTerminated? Terminated { get; init; }
}

/// <summary>Why a container does not run.</summary>
public sealed record ContainerStateWaiting : JsonShape
{
    public string? Reason { get; init; }

    public string? Message { get; init; }
}

/// <summary>Since when a container runs.</summary>
public sealed record ContainerStateRunning : JsonShape
{
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>How a container ended.</summary>
public sealed record ContainerStateTerminated : JsonShape
{
    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
