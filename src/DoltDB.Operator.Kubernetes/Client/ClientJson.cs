using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>Source-generated JSON of what the client itself sends and reads.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(VersionedBody))]
[JsonSerializable(typeof(VersionedMetadata))]
[JsonSerializable(typeof(MetadataBody))]
[JsonSerializable(typeof(DeleteOptionsBody))]
[JsonSerializable(typeof(EvictionBody))]
[JsonSerializable(typeof(BindingBody))]
[JsonSerializable(typeof(ExecCredentialBody))]
[JsonSerializable(typeof(ExecCredentialRequest))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>meta/v1 Status, as far as decisions need it.</summary>
internal sealed record StatusBody(string? Kind, string? Message, string? Reason, int? Code, StatusDetailsBody? Details);

/// <summary>Details of a Status.</summary>
internal sealed record StatusDetailsBody(int? RetryAfterSeconds, string? Kind, string? Name, IReadOnlyList<StatusCauseBody>? Causes);

/// <summary>One reason of a Status; its text may quote what was sent, and is not read.</summary>
internal sealed record StatusCauseBody(string? Reason, string? Field);

/// <summary>The metadata of a list or of a bookmark.</summary>
internal sealed record VersionedMetadata(string? ResourceVersion, string? Continue);

/// <summary>Anything that has a version, when nothing else of it matters.</summary>
internal sealed record VersionedBody(VersionedMetadata? Metadata);

/// <summary>An object of which only the metadata can be read.</summary>
internal sealed record MetadataBody(ObjectMeta? Metadata);

/// <summary>meta/v1 DeleteOptions.</summary>
internal sealed record DeleteOptionsBody(
    string ApiVersion,
    string Kind,
    string? PropagationPolicy,
    long? GracePeriodSeconds,
    PreconditionsBody? Preconditions)
{
    /// <summary>The body for the given options.</summary>
    public static DeleteOptionsBody From(DeleteOptions options) => new(
        "v1",
        "DeleteOptions",
        options.PropagationPolicy,
        options.GracePeriodSeconds,
        options.Uid is null && options.ResourceVersion is null ? null : new PreconditionsBody(options.Uid, options.ResourceVersion));
}

/// <summary>meta/v1 Preconditions.</summary>
internal sealed record PreconditionsBody(string? Uid, string? ResourceVersion);

/// <summary>policy/v1 Eviction.</summary>
internal sealed record EvictionBody(string ApiVersion, string Kind, EvictionMetadata Metadata, DeleteOptionsBody DeleteOptions);

/// <summary>core/v1 Binding.</summary>
internal sealed record BindingBody(string ApiVersion, string Kind, EvictionMetadata Metadata, BindingTarget Target);

/// <summary>The node to bind to.</summary>
internal sealed record BindingTarget(string ApiVersion, string Kind, string Name);

/// <summary>The pod to evict or bind.</summary>
internal sealed record EvictionMetadata(string Name, string Namespace);

/// <summary>client.authentication.k8s.io ExecCredential, as a plugin answers.</summary>
internal sealed record ExecCredentialBody(string? ApiVersion, string? Kind, ExecCredentialStatus? Status);

/// <summary>What a plugin grants.</summary>
internal sealed record ExecCredentialStatus(string? Token, string? ClientCertificateData, string? ClientKeyData, DateTimeOffset? ExpirationTimestamp);

/// <summary>client.authentication.k8s.io ExecCredential, as a plugin is told.</summary>
internal sealed record ExecCredentialRequest(string ApiVersion, string Kind, ExecCredentialSpec Spec);

/// <summary>What a plugin may know.</summary>
internal sealed record ExecCredentialSpec(ExecClusterInfo? Cluster, bool Interactive);

/// <summary>The cluster that a plugin gets credentials for.</summary>
internal sealed record ExecClusterInfo(
    string Server,
    [property: JsonPropertyName("tls-server-name")] string? TlsServerName,
    [property: JsonPropertyName("insecure-skip-tls-verify")] bool InsecureSkipTlsVerify,
    [property: JsonPropertyName("certificate-authority-data")] string? CertificateAuthorityData);
