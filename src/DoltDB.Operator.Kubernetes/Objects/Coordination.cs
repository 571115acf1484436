using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>A lock with a holder and a term (coordination.k8s.io/v1).</summary>
public sealed record Lease : KubernetesObject
{
    public LeaseSpec? Spec { get; init; }
}

/// <summary>Who holds a lease until when.</summary>
public sealed record LeaseSpec : JsonShape
{
    public string? HolderIdentity { get; init; }

    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When the holder took it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    /// <summary>When the holder last renewed it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    public int? LeaseTransitions { get; init; }
}

/// <summary>Something that happened to an object (core/v1).</summary>
public sealed record Event : KubernetesObject
{
    public required ObjectReference InvolvedObject { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Type { get; init; }

    public int? Count { get; init; }

    public DateTimeOffset? FirstTimestamp { get; init; }

    public DateTimeOffset? LastTimestamp { get; init; }

    public EventSource? Source { get; init; }

    public string? ReportingComponent { get; init; }

    public string? ReportingInstance { get; init; }

    public string? Action { get; init; }
}

/// <summary>Who reports an event.</summary>
public sealed record EventSource : JsonShape
{
    public string? Component { get; init; }

    public string? Host { get; init; }
}

/// <summary>A reference to any object.</summary>
public sealed record ObjectReference : JsonShape
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }

    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }

    public string? FieldPath { get; init; }
}
