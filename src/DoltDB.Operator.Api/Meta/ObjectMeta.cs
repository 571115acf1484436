using System.Text.Json;
using System.Text.Json.Serialization;

namespace DoltDB.Operator.Api.Meta;

/// <summary>
/// The base of every JSON shape that is read from an API server and may be written back: members that this
/// program does not know survive the round trip.
/// </summary>
public abstract record JsonShape
{
    /// <summary>Members that the type does not declare, kept as they came.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>An object that an API server stores: type, metadata and the rest.</summary>
public interface IKubernetesObject
{
    /// <summary>Group and version, <c>apps/v1</c>; absent on items of typed lists.</summary>
    string? ApiVersion { get; }

    /// <summary>Kind, <c>StatefulSet</c>; absent on items of typed lists.</summary>
    string? Kind { get; }

    /// <summary>Name, namespace, labels, owners and what the server keeps about the object.</summary>
    ObjectMeta Metadata { get; }
}

/// <summary>The base record of stored objects; see <see cref="IKubernetesObject"/>.</summary>
public abstract record KubernetesObject : JsonShape, IKubernetesObject
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-3)]
    public string? ApiVersion { get; init; }

    /// <inheritdoc/>
    [JsonPropertyOrder(-2)]
    public string? Kind { get; init; }

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public required ObjectMeta Metadata { get; init; }
}

/// <summary>Standard object metadata (meta/v1 ObjectMeta), without managedFields, which the client drops on reading.</summary>
public sealed record ObjectMeta : JsonShape
{
    /// <summary>Object name; absent only on creation with <see cref="GenerateName"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Prefix from which the server makes a unique name.</summary>
    public string? GenerateName { get; init; }

    /// <summary>Namespace; absent for cluster-scoped kinds.</summary>
    public string? Namespace { get; init; }

    /// <summary>Identity of this incarnation of the object.</summary>
    public string? Uid { get; init; }

    /// <summary>Opaque version for optimistic concurrency and watches.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Grows when the desired state (spec) changes.</summary>
    public long? Generation { get; init; }

    /// <summary>When the server created the object.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set once deletion was asked for: the time at which the grace period ends.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Seconds of grace that the deletion allows.</summary>
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Labels: selectable names and values.</summary>
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>Annotations: names and values that are not selectable.</summary>
    public Dictionary<string, string>? Annotations { get; init; }

    /// <summary>Objects whose deletion deletes this one.</summary>
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    /// <summary>Names that must be gone before the object can be.</summary>
    public IReadOnlyList<string>? Finalizers { get; init; }
}

/// <summary>A reference from a dependent to its owner (meta/v1 OwnerReference).</summary>
public sealed record OwnerReference : JsonShape
{
    /// <summary>Group and version of the owner.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Kind of the owner.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the owner.</summary>
    public required string Name { get; init; }

    /// <summary>Uid of the owner: a new object of the same name is another owner.</summary>
    public required string Uid { get; init; }

    /// <summary>Whether the owner manages this object; at most one reference may say so.</summary>
    public bool? Controller { get; init; }

    /// <summary>Whether foreground deletion of the owner waits for this object.</summary>
    public bool? BlockOwnerDeletion { get; init; }
}
