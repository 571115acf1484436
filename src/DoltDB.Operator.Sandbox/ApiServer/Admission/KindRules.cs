using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>What the API server does to the objects of a kind beyond what their schema says.</summary>
internal sealed record KindRules
{
    public static readonly KindRules Default = new();

    /// <summary>Whether <c>metadata.generation</c> counts changes of the desired state.</summary>
    public bool HasGeneration { get; init; }

    /// <summary>Whether a PUT of a missing object creates it.</summary>
    public bool CreatesOnUpdate { get; init; }

    /// <summary>Whether a PUT must carry a resourceVersion.</summary>
    public bool RequiresResourceVersion { get; init; }

    /// <summary>Whether a DELETE always answers the object rather than a Status.</summary>
    public bool AnswersDeleteWithObject { get; init; }

    /// <summary>Whether objects get time to stop (pods).</summary>
    public bool DeletesGracefully { get; init; }

    /// <summary>Whether the status endpoint lets labels and annotations through, as the built-in kinds do.</summary>
    public bool StatusKeepsMetadata { get; init; } = true;

    public NameRule Names { get; init; } = NameRule.Subdomain;

    /// <summary>Completes a new object; metadata is set already.</summary>
    public Action<JsonObject, AdmissionScope>? PrepareForCreate { get; init; }

    /// <summary>Completes a changed object: what the server keeps or derives.</summary>
    public Action<JsonObject, JsonObject, AdmissionScope>? PrepareForUpdate { get; init; }

    /// <summary>What is wrong with a new (old is null) or changed object.</summary>
    public Func<JsonObject, JsonObject?, AdmissionScope, IEnumerable<FieldProblem>>? Validate { get; init; }
}

/// <summary>Which names the objects of a kind may have.</summary>
internal enum NameRule
{
    /// <summary>RFC 1123 subdomain.</summary>
    Subdomain,

    /// <summary>RFC 1123 label.</summary>
    Label,

    /// <summary>RFC 1035 label.</summary>
    ServiceLabel,

    /// <summary>Anything that fits a URL segment.</summary>
    PathSegment,
}

/// <summary>What admission may look at and take from.</summary>
internal sealed record AdmissionScope(ObjectStore Store, ServiceAddresses Addresses, DateTimeOffset Now, string Namespace, bool IsDryRun);
