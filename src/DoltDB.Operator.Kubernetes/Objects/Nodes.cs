using System.Text.Json;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>A machine that runs pods (core/v1).</summary>
public sealed record Node : KubernetesObject
{
    public NodeSpec? Spec { get; init; }

    public NodeStatus? Status { get; init; }
}

/// <summary>Desired state of a node.</summary>
public sealed record NodeSpec : JsonShape
{
    public bool? Unschedulable { get; init; }

    public IReadOnlyList<JsonElement>? Taints { get; init; }
}

/// <summary>Observed state of a node.</summary>
public sealed record NodeStatus : JsonShape
{
    public Dictionary<string, Quantity>? Capacity { get; init; }

    public Dictionary<string, Quantity>? Allocatable { get; init; }

    public IReadOnlyList<PodCondition>? Conditions { get; init; }

    public IReadOnlyList<NodeAddress>? Addresses { get; init; }
}

/// <summary>Where a node is reached.</summary>
public sealed record NodeAddress : JsonShape
{
    public required string Type { get; init; }

    public required string Address { get; init; }
}
