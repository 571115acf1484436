using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DoltDB.Operator.Drivers;

/// <summary>request.json.</summary>
internal sealed record RequestDocument
{
    public int? Version { get; init; }

    public string? Operation { get; init; }

    public string? Engine { get; init; }

    public string? Database { get; init; }

    public string? Host { get; init; }

    public int? Port { get; init; }

    public TlsDocument? Tls { get; init; }

    public Dictionary<string, string>? Parameters { get; init; }

    public string? Owner { get; init; }

    public string? Charset { get; init; }

    public string? Collation { get; init; }

    public string? Backup { get; init; }
}

/// <summary>How connections are encrypted.</summary>
internal sealed record TlsDocument(string? Mode);

/// <summary>The termination message.</summary>
internal sealed record ReportDocument
{
    public const int LongestMessage = 1024;

    public required string Result { get; init; }

    public string? Error { get; init; }

    public string? Message { get; init; }

    public string? Version { get; init; }

    public string? Location { get; init; }

    public long? Bytes { get; init; }

    public string? Sha256 { get; init; }

    public static ReportDocument Of(DriverResult result) => new()
    {
        Result = "ok",
        Message = result.Message,
        Version = result.Version,
        Location = (result as BackupResult)?.Location,
        Bytes = (result as BackupResult)?.Bytes,
        Sha256 = (result as BackupResult)?.Sha256,
    };

    public static ReportDocument Failed(DriverError error, string message) => new() { Result = "failed", Error = error.ToString(), Message = message };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RequestDocument))]
[JsonSerializable(typeof(ReportDocument))]
internal sealed partial class DocumentsJson : JsonSerializerContext
{
    /// <summary>Writes texts as they are: a message of four KiB has no room for escapes.</summary>
    public static DocumentsJson Relaxed { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
