using System.Text.Json;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>A request for a volume (core/v1).</summary>
public sealed record PersistentVolumeClaim : KubernetesObject
{
    public PersistentVolumeClaimSpec? Spec { get; init; }

    public PersistentVolumeClaimStatus? Status { get; init; }
}

/// <summary>Desired volume.</summary>
public sealed record PersistentVolumeClaimSpec : JsonShape
{
    public IReadOnlyList<string>? AccessModes { get; init; }

    public VolumeResourceRequirements? Resources { get; init; }

    public string? StorageClassName { get; init; }

    public string? VolumeName { get; init; }

    public string? VolumeMode { get; init; }

    public TypedLocalObjectReference? DataSource { get; init; }
}

/// <summary>Requested amounts.</summary>
public sealed record VolumeResourceRequirements : JsonShape
{
    public Dictionary<string, Quantity>? Requests { get; init; }

    public Dictionary<string, Quantity>? Limits { get; init; }
}

/// <summary>An object in the same namespace, with its kind.</summary>
public sealed record TypedLocalObjectReference : JsonShape
{
    public string? ApiGroup { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }
}

/// <summary>Observed volume.</summary>
public sealed record PersistentVolumeClaimStatus : JsonShape
{
    public string? Phase { get; init; }

    public IReadOnlyList<string>? AccessModes { get; init; }

    public Dictionary<string, Quantity>? Capacity { get; init; }

    public IReadOnlyList<PodCondition>? Conditions { get; init; }
}

/// <summary>A class of volumes (storage.k8s.io/v1).</summary>
public sealed record StorageClass : KubernetesObject
{
    public string? Provisioner { get; init; }

    public bool? AllowVolumeExpansion { get; init; }

    public string? VolumeBindingMode { get; init; }

    public string? ReclaimPolicy { get; init; }
}

/// <summary>A volume (core/v1).</summary>
public sealed record PersistentVolume : KubernetesObject
{
    public PersistentVolumeSpec? Spec { get; init; }

    public PersistentVolumeStatus? Status { get; init; }
}

/// <summary>What a volume is; a source other than a driver is kept among the unknown members.</summary>
public sealed record PersistentVolumeSpec : JsonShape
{
    public Dictionary<string, Quantity>? Capacity { get; init; }

    public IReadOnlyList<string>? AccessModes { get; init; }

    public ObjectReference? ClaimRef { get; init; }

    public string? PersistentVolumeReclaimPolicy { get; init; }

    public string? StorageClassName { get; init; }

    public string? VolumeMode { get; init; }

    public JsonElement? Csi { get; init; }
}

/// <summary>Observed state of a volume.</summary>
public sealed record PersistentVolumeStatus : JsonShape
{
    public string? Phase { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }
}
