using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>Observed state of a DoltDB. Nothing in it changes while the cluster is steady.</summary>
public sealed record DoltDbStatus : JsonShape
{
    /// <summary>Generation of the spec that this status was computed from.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>The state of the cluster in one word.</summary>
    [SchemaEnum("Pending", "Creating", "Running", "Updating", "Resizing", "Scaling", "SwitchingPrimary", "FailingOver", "Degraded", "Paused", "Invalid")]
    public string? Phase { get; init; }

    /// <summary>Aspects of the state: Ready, PrimarySwitched, StorageResized, Updated, SpecAccepted and others.</summary>
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>Ordinal of the primary.</summary>
    public int? CurrentPrimaryPodIndex { get; init; }

    /// <summary>Pod of the primary.</summary>
    public string? CurrentPrimary { get; init; }

    /// <summary>Number of servers that there are, ready or not, for the scale subresource.</summary>
    public int? Replicas { get; init; }

    /// <summary>Number of ready servers.</summary>
    public int? ReadyReplicas { get; init; }

    /// <summary>Label selector of the pods, for the scale subresource.</summary>
    public string? Selector { get; init; }

    /// <summary>Role of each server by pod name: primary, standby or not_configured.</summary>
    public Dictionary<string, string>? ReplicationStatus { get; init; }

    /// <summary>Highest epoch that was used or seen. It never falls.</summary>
    public long? ReplicationEpoch { get; init; }

    /// <summary>The servers, one by one.</summary>
    [ListMap("name")]
    public IReadOnlyList<MemberStatus>? Members { get; init; }

    /// <summary>The hand-over in progress; absent when there is none.</summary>
    public HandOverStatus? HandOver { get; init; }

    /// <summary>The value of spec.replication.primary.podIndex that was last acted upon.</summary>
    public int? HandledPodIndex { get; init; }

    /// <summary>The value of the annotation k8s.dolthub.com/switchover-to that was followed or found fulfilled last.</summary>
    public string? HandledSwitchoverTo { get; init; }

    /// <summary>The epoch at which the current primary was last seen as primary. A server at a lower one is not routed, whatever it says of itself.</summary>
    public long? PrimaryEpoch { get; init; }

    /// <summary>When the new primary of each failover was seen, those of the last hour.</summary>
    public IReadOnlyList<DateTimeOffset>? RecentFailovers { get; init; }

    /// <summary>Databases that the primary is known to hold: what a candidate must have.</summary>
    public IReadOnlyList<string>? Databases { get; init; }

    /// <summary>What each standby was last proven to hold in common with the primary.</summary>
    [ListMap("member")]
    public IReadOnlyList<EqualityProof>? LastEqual { get; init; }
}

/// <summary>One server of a cluster.</summary>
public sealed record MemberStatus : JsonShape
{
    /// <summary>Name of the pod.</summary>
    [SchemaRequired]
    public string? Name { get; init; }

    /// <summary>Ordinal of the pod.</summary>
    public int? Ordinal { get; init; }

    /// <summary>Role that the server reports of itself: primary, standby, detected_broken_config; empty when it has none.</summary>
    public string? Role { get; init; }

    /// <summary>Epoch of the role.</summary>
    public long? Epoch { get; init; }

    /// <summary>Whether the pod is Ready.</summary>
    public bool? Ready { get; init; }

    /// <summary>Whether the server answers SQL.</summary>
    public bool? Reachable { get; init; }

    /// <summary>Whether the server is proven to hold what the primary holds.</summary>
    public bool? CaughtUp { get; init; }

    /// <summary>How far the standby lags behind by the primary's account, in milliseconds, roughly; absent below a second.</summary>
    public long? LagMillis { get; init; }

    /// <summary>Version that the server reports.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>What is wrong with the server; absent when nothing is.</summary>
    public string? Message { get; init; }
}

/// <summary>A hand-over of the primary role, written before its first step so that a restarted operator goes on with it.</summary>
public sealed record HandOverStatus : JsonShape
{
    /// <summary>Ordinal of the old primary.</summary>
    public int? From { get; init; }

    /// <summary>Ordinal of the new primary.</summary>
    public int? To { get; init; }

    /// <summary>Epoch of the old primary's demotion; the promotion uses the same.</summary>
    public long? Epoch { get; init; }

    /// <summary>Why the role is handed over.</summary>
    public string? Reason { get; init; }

    /// <summary>When the hand-over began.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>When a standby was last proven equal to the primary, and at which content.</summary>
public sealed record EqualityProof : JsonShape
{
    /// <summary>Pod of the standby.</summary>
    [SchemaRequired]
    public string? Member { get; init; }

    /// <summary>Incarnation of the pod that was proven: another one may have come back without its volume.</summary>
    public string? PodUid { get; init; }

    /// <summary>When the proof was made.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Hash of each database.</summary>
    public Dictionary<string, string>? Databases { get; init; }
}
