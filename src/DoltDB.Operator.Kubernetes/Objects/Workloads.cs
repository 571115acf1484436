using System.Text.Json;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>Pods with stable names and volumes (apps/v1).</summary>
public sealed record StatefulSet : KubernetesObject
{
    public StatefulSetSpec? Spec { get; init; }

    public StatefulSetStatus? Status { get; init; }
}

/// <summary>Desired state of a StatefulSet.</summary>
public sealed record StatefulSetSpec : JsonShape
{
    public int? Replicas { get; init; }

    public LabelSelector? Selector { get; init; }

    public string? ServiceName { get; init; }

    public string? PodManagementPolicy { get; init; }

    public PodTemplateSpec? Template { get; init; }

    public StatefulSetUpdateStrategy? UpdateStrategy { get; init; }

    public IReadOnlyList<PersistentVolumeClaim>? VolumeClaimTemplates { get; init; }

    public PersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; init; }

    public int? MinReadySeconds { get; init; }

    public int? RevisionHistoryLimit { get; init; }

    public StatefulSetOrdinals? Ordinals { get; init; }
}

/// <summary>Which numbers the pods of a StatefulSet bear.</summary>
public sealed record StatefulSetOrdinals : JsonShape
{
    /// <summary>The lowest; 0 when absent.</summary>
    public int? Start { get; init; }
}

/// <summary>How a StatefulSet replaces pods of an old revision.</summary>
public sealed record StatefulSetUpdateStrategy : JsonShape
{
    public string? Type { get; init; }

    public RollingUpdateStatefulSetStrategy? RollingUpdate { get; init; }
}

/// <summary>Which ordinals a rolling update touches.</summary>
public sealed record RollingUpdateStatefulSetStrategy : JsonShape
{
    public int? Partition { get; init; }

    public IntOrString? MaxUnavailable { get; init; }
}

/// <summary>What becomes of the claims of a StatefulSet.</summary>
public sealed record PersistentVolumeClaimRetentionPolicy : JsonShape
{
    public string? WhenDeleted { get; init; }

    public string? WhenScaled { get; init; }
}

/// <summary>Observed state of a StatefulSet.</summary>
public sealed record StatefulSetStatus : JsonShape
{
    public long? ObservedGeneration { get; init; }

    public int? Replicas { get; init; }

    public int? ReadyReplicas { get; init; }

    public int? AvailableReplicas { get; init; }

    public int? CurrentReplicas { get; init; }

    public int? UpdatedReplicas { get; init; }

    public string? CurrentRevision { get; init; }

    public string? UpdateRevision { get; init; }

    public int? CollisionCount { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}

/// <summary>A recorded template of a StatefulSet (apps/v1).</summary>
public sealed record ControllerRevision : KubernetesObject
{
    public JsonElement? Data { get; init; }

    public long? Revision { get; init; }
}

/// <summary>Which objects: those with all the labels and expressions.</summary>
public sealed record LabelSelector : JsonShape
{
    public Dictionary<string, string>? MatchLabels { get; init; }

    public IReadOnlyList<LabelSelectorRequirement>? MatchExpressions { get; init; }
}

/// <summary>One expression of a label selector.</summary>
public sealed record LabelSelectorRequirement : JsonShape
{
    public required string Key { get; init; }

    public required string Operator { get; init; }

    public IReadOnlyList<string>? Values { get; init; }
}
