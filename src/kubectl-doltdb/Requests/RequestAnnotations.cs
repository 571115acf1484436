using System.Text.Json.Nodes;
using DoltDB.Operator.Api;

namespace DoltDB.Kubectl.Requests;

/// <summary>Annotations of a DoltDB by which its users ask the operator to do something once.</summary>
internal static class RequestAnnotations
{
    /// <summary>Pod name or ordinal of the server that should become primary.</summary>
    public const string SwitchoverTo = "k8s.dolthub.com/switchover-to";

    /// <summary>When a rolling restart was asked for.</summary>
    public const string RestartedAt = "k8s.dolthub.com/restartedAt";

    /// <summary>The merge patch that sets one.</summary>
    public static JsonObject Patch(string annotation, string value) =>
        new() { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [annotation] = value } } };

    /// <summary>The value that the DoltDB has; null when it has none.</summary>
    public static string? Read(DoltDb cluster, string annotation) => cluster.Metadata.Annotations?.GetValueOrDefault(annotation);
}
