using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>What a driver reads: request.json. It holds no secret; credentials lie beside it, a file each.</summary>
internal sealed record DriverRequestDocument
{
    /// <summary>Version of the shape: 1. A new version only when an old driver would do harm with it.</summary>
    public required int Version { get; init; }

    /// <summary>create, drop or backup.</summary>
    public required string Operation { get; init; }

    /// <summary>The engine.</summary>
    public required string Engine { get; init; }

    /// <summary>Name of the database on the server.</summary>
    public required string Database { get; init; }

    public string? Host { get; init; }

    public int? Port { get; init; }

    public required DriverTlsDocument Tls { get; init; }

    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>User of the account that owns the database.</summary>
    public string? Owner { get; init; }

    public string? Charset { get; init; }

    public string? Collation { get; init; }

    /// <summary>Name of the Backup.</summary>
    public string? Backup { get; init; }
}

/// <summary>How connections are encrypted; the certificates are files beside the request.</summary>
/// <param name="Mode">Disable, Require, VerifyCA or VerifyIdentity.</param>
internal sealed record DriverTlsDocument(string Mode);

/// <summary>What a driver writes as its termination message, and what is kept of it on the Job.</summary>
internal sealed record DriverReport
{
    public const string Ok = "ok";

    public const string Failed = "failed";

    /// <summary>ok or failed.</summary>
    public string? Result { get; init; }

    /// <summary>Of a failure: a name of <see cref="DriverFailure"/>.</summary>
    public string? Error { get; init; }

    public string? Message { get; init; }

    public string? Version { get; init; }

    public string? Location { get; init; }

    public long? Bytes { get; init; }

    public string? Sha256 { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DriverRequestDocument))]
[JsonSerializable(typeof(DriverReport))]
[JsonSerializable(typeof(OwnerReference))]
internal sealed partial class DriverJson : JsonSerializerContext;
