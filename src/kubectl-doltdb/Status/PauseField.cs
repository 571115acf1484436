using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;

namespace DoltDB.Kubectl.Status;

/// <summary><c>spec.paused</c>: whether the operator leaves the cluster alone.</summary>
internal static class PauseField
{
    /// <summary>The value as stored; null when the object has none, as when the installed CRD does not know the field.</summary>
    public static bool? Read(DoltDb cluster) =>
        JsonSerializer.SerializeToNode(cluster, ApiJson.Default.DoltDb)?["spec"]?["paused"] is JsonValue value && value.TryGetValue(out bool paused) ? paused : null;

    /// <summary>The merge patch that sets it.</summary>
    public static JsonObject Patch(bool paused) => new() { ["spec"] = new JsonObject { ["paused"] = paused } };
}
