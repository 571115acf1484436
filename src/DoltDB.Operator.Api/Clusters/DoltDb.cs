using System.Text.Json;
using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>A cluster of Dolt SQL servers, or a single one.</summary>
[CustomResource("DoltDB", "doltdbs", ShortNames = "dolt,ddb", Scalable = true)]
[PrinterColumn("Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status")]
[PrinterColumn("Status", "string", ".status.conditions[?(@.type==\"Ready\")].message")]
[PrinterColumn("CurrentPrimary", "string", ".status.currentPrimary")]
[PrinterColumn("ReplicationEpoch", "integer", ".status.replicationEpoch")]
[PrinterColumn("Phase", "string", ".status.phase", Priority = 1)]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record DoltDb : KubernetesObject
{
    /// <summary>What the cluster should be.</summary>
    public DoltDbSpec? Spec { get; init; }

    /// <summary>What the operator sees of the cluster.</summary>
    public DoltDbStatus? Status { get; init; }
}

/// <summary>Desired state of a DoltDB.</summary>
public sealed record DoltDbSpec : JsonShape
{
    /// <summary>Version of Dolt: the tag of the image.</summary>
    [SchemaRequired]
    public string? EngineVersion { get; init; }

    /// <summary>Image repository, without tag.</summary>
    [SchemaDefault("\"dolthub/dolt\"")]
    public string? Image { get; init; }

    /// <summary>Secrets to pull the image with.</summary>
    [CoreSchema("io.k8s.api.core.v1.LocalObjectReference")]
    public IReadOnlyList<JsonElement>? ImagePullSecrets { get; init; }

    /// <summary>ServiceAccount of the pods; created when missing. The name of the DoltDB by default.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Annotations of the ServiceAccount, for workload identity.</summary>
    public Dictionary<string, string>? ServiceAccountAnnotations { get; init; }

    /// <summary>Security context of the pods.</summary>
    [CoreSchema("io.k8s.api.core.v1.PodSecurityContext")]
    public JsonElement? SecurityContext { get; init; }

    /// <summary>Annotations of the pods.</summary>
    public Dictionary<string, string>? PodAnnotations { get; init; }

    /// <summary>Scheduling affinity of the pods.</summary>
    [CoreSchema("io.k8s.api.core.v1.Affinity")]
    public JsonElement? Affinity { get; init; }

    /// <summary>Taints that the pods tolerate.</summary>
    [CoreSchema("io.k8s.api.core.v1.Toleration")]
    public IReadOnlyList<JsonElement>? Tolerations { get; init; }

    /// <summary>Labels that a node must have.</summary>
    public Dictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Priority class of the pods.</summary>
    public string? PriorityClassName { get; init; }

    /// <summary>How many pods voluntary disruptions must leave. One pod at a time may be disrupted by default.</summary>
    public PodDisruptionBudgetOptions? PodDisruptionBudget { get; init; }

    /// <summary>Resources of the server container. Requests of 500m CPU and 1Gi, limit of 8Gi by default.</summary>
    [CoreSchema("io.k8s.api.core.v1.ResourceRequirements")]
    public JsonElement? Resources { get; init; }

    /// <summary>The volume of each server.</summary>
    [SchemaRequired]
    public StorageOptions? Storage { get; init; }

    /// <summary>Number of servers: 1, or several with replication; up to 9 are usual, more than 64 are refused. 1 when left out.</summary>
    [SchemaRange(Minimum = 1)]
    public int? Replicas { get; init; }

    /// <summary>Accepted for compatibility, without effect: use server.listener.maxConnections.</summary>
    [SchemaDefault("128")]
    [SchemaRange(Minimum = 10)]
    public int? MaxConnections { get; init; }

    /// <summary>How data is replicated. Remote is accepted and works like DirectStandby.</summary>
    [SchemaDefault("\"DirectStandby\"")]
    [SchemaEnum("DirectStandby", "Remote")]
    public string? ReplicationStrategy { get; init; }

    /// <summary>Accepted for compatibility; versions change only through engineVersion.</summary>
    [SchemaDefault("false")]
    public bool? AutoMinorVersionUpgrade { get; init; }

    /// <summary>How pods are replaced: standbys first and the primary last after a hand-over, by the StatefulSet itself, when deleted, or not at all.</summary>
    [SchemaDefault("\"ReplicasFirstPrimaryLast\"")]
    [SchemaEnum("ReplicasFirstPrimaryLast", "RollingUpdate", "OnDelete", "Never")]
    public string? UpdateStrategy { get; init; }

    /// <summary>Replication between the servers.</summary>
    public ReplicationOptions? Replication { get; init; }

    /// <summary>How the loss of the primary is handled.</summary>
    public FailoverOptions? Failover { get; init; }

    /// <summary>While true the operator observes and reports, and changes nothing. A hand-over that was begun is finished; deletion works.</summary>
    [SchemaDefault("false")]
    public bool? Paused { get; init; }

    /// <summary>Who may connect to the pods.</summary>
    public NetworkPolicyOptions? NetworkPolicy { get; init; }

    /// <summary>Seconds that a pod gets to end.</summary>
    [SchemaDefault("60")]
    [SchemaRange(Minimum = 0)]
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary>How pods spread over zones and nodes.</summary>
    [CoreSchema("io.k8s.api.core.v1.TopologySpreadConstraint")]
    public IReadOnlyList<JsonElement>? TopologySpreadConstraints { get; init; }

    /// <summary>Probes of the server container: their timing, and their handler when one is given.</summary>
    public ProbeOptions? Probes { get; init; }

    /// <summary>Configuration of the servers.</summary>
    public ServerOptions? Server { get; init; }

    /// <summary>Values of Dolt's global configuration.</summary>
    public GlobalConfigOptions? GlobalConfig { get; init; }

    /// <summary>Whose Databases, Users and Grants may refer to it; those of every namespace when left out.</summary>
    public AllowedNamespaces? AllowedNamespaces { get; init; }

    /// <summary>Environment variables of the containers, after those of the operator.</summary>
    [CoreSchema("io.k8s.api.core.v1.EnvVar")]
    public IReadOnlyList<JsonElement>? Env { get; init; }
}

/// <summary>Limits of voluntary disruptions; at most one of the two.</summary>
[CelRule("!(has(self.minAvailable) && has(self.maxUnavailable))", "minAvailable and maxUnavailable cannot be both set")]
public sealed record PodDisruptionBudgetOptions : JsonShape
{
    /// <summary>Pods that must stay: a number or a percentage.</summary>
    [SchemaRange(Minimum = 0, Maximum = int.MaxValue)]
    public IntOrString? MinAvailable { get; init; }

    /// <summary>Pods that may be away: a number or a percentage.</summary>
    [SchemaRange(Minimum = 0, Maximum = int.MaxValue)]
    public IntOrString? MaxUnavailable { get; init; }
}

/// <summary>The volumes of a cluster.</summary>
public sealed record StorageOptions : JsonShape
{
    /// <summary>Size of each volume. It may grow, never shrink.</summary>
    [SchemaDefault("\"100Gi\"")]
    public Quantity? Size { get; init; }

    /// <summary>StorageClass; the cluster's default when left out. Cannot change once volumes exist.</summary>
    public string? StorageClassName { get; init; }

    /// <summary>Whether existing volumes grow with size; otherwise only new ones have it.</summary>
    [SchemaDefault("true")]
    public bool? ResizeInUseVolumes { get; init; }

    /// <summary>Whether a growth counts as done only when the volumes have their new capacity.</summary>
    [SchemaDefault("true")]
    public bool? WaitForVolumeResize { get; init; }

    /// <summary>What becomes of volumes when the cluster is deleted or shrinks. They are kept by default.</summary>
    public RetentionPolicyOptions? RetentionPolicy { get; init; }

    /// <summary>
    /// VolumeSnapshot in the same namespace that a new cluster begins with: the volume of ordinal 0 is made from it, the other servers get its
    /// data by replication. Without effect once volumes exist.
    /// </summary>
    public string? VolumeSnapshot { get; init; }
}

/// <summary>What becomes of volumes: Retain or Delete.</summary>
public sealed record RetentionPolicyOptions : JsonShape
{
    /// <summary>When the DoltDB is deleted.</summary>
    public string? WhenDeleted { get; init; }

    /// <summary>When replicas shrink.</summary>
    public string? WhenScaled { get; init; }
}

/// <summary>Replication between the servers of a cluster.</summary>
public sealed record ReplicationOptions : JsonShape
{
    /// <summary>Whether the servers form a cluster of one primary and standbys.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Which server accepts writes.</summary>
    public PrimaryOptions? Primary { get; init; }

    /// <summary>
    /// Seconds that a write waits until every standby has it (Dolt's dolt_cluster_ack_writes_timeout_secs); a write that is not there in time succeeds
    /// with a warning. 0, the default, does not wait.
    /// </summary>
    [SchemaRange(Minimum = 0, Maximum = DoltDbDefaults.MostAckWritesSeconds)]
    public int? AckWritesTimeoutSeconds { get; init; }
}

/// <summary>Which server accepts writes.</summary>
public sealed record PrimaryOptions : JsonShape
{
    /// <summary>
    /// Ordinal of the server that should be primary. A change asks for a hand-over to it, once. When the primary moves without being asked, the operator
    /// writes the new one here, see followPrimary. 0 when left out. An ordinal that no server has asks for nothing.
    /// </summary>
    [CelRule("self >= 0", "podIndex must not be negative")]
    public int? PodIndex { get; init; }

    /// <summary>
    /// Whether podIndex is written when the primary moved without being asked. True when left out; never done to an object that kubectl apply, Argo CD or
    /// Flux declare. Set false when another tool owns the field.
    /// </summary>
    public bool? FollowPrimary { get; init; }

    /// <summary>Whether a lost primary is replaced without being asked. True when left out.</summary>
    public bool? AutomaticFailover { get; init; }

    /// <summary>Standbys that must be caught up before the primary is handed over, at most all of them. 1 when left out.</summary>
    [CelRule("self >= 0", "minCaughtUpStandby must not be negative")]
    public int? MinCaughtUpStandby { get; init; }
}

/// <summary>How the loss of the primary is handled.</summary>
public sealed record FailoverOptions : JsonShape
{
    /// <summary>Whether a lost primary is replaced without being asked. False here or in replication.primary.automaticFailover turns it off.</summary>
    [SchemaDefault("true")]
    public bool? Enabled { get; init; }

    /// <summary>Seconds that the primary must be out of reach before it is replaced.</summary>
    [SchemaDefault("5")]
    [SchemaRange(Minimum = 1)]
    public int? DelaySeconds { get; init; }

    /// <summary>A standby whose last reported replication lag was longer takes over from nobody. Unlimited when left out.</summary>
    [SchemaRange(Minimum = 0)]
    public int? MaxLagMillis { get; init; }

    /// <summary>Failovers in any hour; after that many somebody must look. 0 for no limit.</summary>
    [SchemaDefault("4")]
    [SchemaRange(Minimum = 0)]
    public int? MaxPerHour { get; init; }

    /// <summary>Promote a standby even when it is known to lack data that the primary had.</summary>
    [SchemaDefault("false")]
    public bool? AllowDataLoss { get; init; }
}

/// <summary>Who may connect to the pods.</summary>
public sealed record NetworkPolicyOptions : JsonShape
{
    /// <summary>Whether the replication port is closed to everyone but the members. True when left out.</summary>
    [SchemaDefault("true")]
    public bool? Enabled { get; init; }

    /// <summary>When given, only these and the operator may connect to the SQL port; everyone may when left out.</summary>
    [CoreSchema("io.k8s.api.networking.v1.NetworkPolicyPeer")]
    public IReadOnlyList<JsonElement>? From { get; init; }
}

/// <summary>Probes of the server container.</summary>
public sealed record ProbeOptions : JsonShape
{
    /// <summary>When a server is restarted.</summary>
    [CoreSchema("io.k8s.api.core.v1.Probe")]
    [SchemaDefault("{\"initialDelaySeconds\":15,\"periodSeconds\":40}")]
    public JsonElement? LivenessProbe { get; init; }

    /// <summary>When a server gets traffic.</summary>
    [CoreSchema("io.k8s.api.core.v1.Probe")]
    [SchemaDefault("{\"initialDelaySeconds\":15,\"periodSeconds\":40}")]
    public JsonElement? ReadinessProbe { get; init; }
}

/// <summary>Values of Dolt's global configuration.</summary>
public sealed record GlobalConfigOptions : JsonShape
{
    /// <summary>Whether Dolt's usage metrics are not sent home.</summary>
    [SchemaDefault("false")]
    public bool? DisableClientUsageMetricsCollection { get; init; }

    /// <summary>Author of commits that name none.</summary>
    public CommitAuthorOptions? CommitAuthor { get; init; }
}

/// <summary>Author of commits that name none.</summary>
public sealed record CommitAuthorOptions : JsonShape
{
    /// <summary>Name of the author.</summary>
    [SchemaDefault("\"dolt kubernetes deployment\"")]
    public string? Name { get; init; }

    /// <summary>E-mail address of the author.</summary>
    [SchemaDefault("\"dolt@kubernetes.deployment\"")]
    public string? Email { get; init; }
}
