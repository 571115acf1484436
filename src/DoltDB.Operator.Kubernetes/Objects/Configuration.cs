using System.Text.Json;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>Configuration as names and texts (core/v1).</summary>
public sealed record ConfigMap : KubernetesObject
{
    public Dictionary<string, string>? Data { get; init; }

    public Dictionary<string, string>? BinaryData { get; init; }

    public bool? Immutable { get; init; }
}

/// <summary>Confidential data, base64 (core/v1). Never log one.</summary>
public sealed record Secret : KubernetesObject
{
    public Dictionary<string, string>? Data { get; init; }

    public Dictionary<string, string>? StringData { get; init; }

    public string? Type { get; init; }

    public bool? Immutable { get; init; }
}

/// <summary>Any object of which only the metadata is known (meta/v1 PartialObjectMetadata).</summary>
public sealed record ObjectMetadata : KubernetesObject;

/// <summary>An identity for pods (core/v1).</summary>
public sealed record ServiceAccount : KubernetesObject
{
    public bool? AutomountServiceAccountToken { get; init; }

    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }
}

/// <summary>A namespace (core/v1).</summary>
public sealed record Namespace : KubernetesObject
{
    public JsonElement? Spec { get; init; }

    public NamespaceStatus? Status { get; init; }
}

/// <summary>Observed state of a namespace.</summary>
public sealed record NamespaceStatus : JsonShape
{
    public string? Phase { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}
