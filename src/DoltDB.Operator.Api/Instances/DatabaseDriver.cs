using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api;

/// <summary>A program that manages databases of an engine which the operator does not know: it runs as a Job for each operation.</summary>
[CustomResource("DatabaseDriver", "databasedrivers")]
[PrinterColumn("Image", "string", ".spec.image")]
[PrinterColumn("Engines", "string", ".spec.engines")]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
public sealed record DatabaseDriver : KubernetesObject
{
    /// <summary>How the program is run.</summary>
    public DatabaseDriverSpec? Spec { get; init; }
}

/// <summary>How a driver is run.</summary>
public sealed record DatabaseDriverSpec : JsonShape
{
    /// <summary>Image of the driver.</summary>
    [SchemaRequired]
    [SchemaSize(MinLength = 1)]
    public string? Image { get; init; }

    /// <summary>Command; the image's when left out.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Arguments.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Engines that it serves; an ExternalInstance of another engine is refused. Any when left out.</summary>
    public IReadOnlyList<string>? Engines { get; init; }

    /// <summary>Secrets to pull the image with.</summary>
    [CoreSchema("io.k8s.api.core.v1.LocalObjectReference")]
    public IReadOnlyList<JsonElement>? ImagePullSecrets { get; init; }

    /// <summary>Resources of the container.</summary>
    [CoreSchema("io.k8s.api.core.v1.ResourceRequirements")]
    public JsonElement? Resources { get; init; }

    /// <summary>ServiceAccount of the pods; they get no token of the API server unless one is named.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>How long one operation may take, in seconds.</summary>
    [SchemaDefault("300")]
    [SchemaRange(Minimum = 1)]
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>How often a failed pod is started again within one operation.</summary>
    [SchemaDefault("2")]
    [SchemaRange(Minimum = 0, Maximum = 100)]
    public int? BackoffLimit { get; init; }
}
