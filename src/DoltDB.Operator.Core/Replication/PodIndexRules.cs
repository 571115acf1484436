using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;

namespace DoltDB.Operator.Core.Replication;

/// <summary>
/// When <c>spec.replication.primary.podIndex</c> follows a primary that moved without being asked, as with the Go operator: then any other value is a new
/// request. Where a manifest outside the cluster says it, it is that manifest's: its tool would put its value back, and that would be a request too.
/// </summary>
internal static class PodIndexRules
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly string[] ToolPrefixes = ["argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"];

    /// <summary>The value to write; null when the field is to be left alone.</summary>
    public static int? ToWrite(PlanDraft draft, ClusterStep? step)
    {
        var facts = draft.Facts;
        if (facts.IsPodIndexLeftAlone || step is not null || draft is not { Primary: PrimaryDecision.Settled settled, Intent: null, Problems.Count: 0 } || PauseRules.Of(facts.Cluster) != Pause.None)
            return null;
        var isFollowing = facts.Spec.Replication?.Primary is { PodIndex: { } written, FollowPrimary: not false } && written != settled.Ordinal && facts.Status.HandledPodIndex == written;
        return isFollowing && settled.Ordinal < facts.Spec.EffectiveReplicas() && !IsDeclaredElsewhere(facts.Cluster.Metadata) ? settled.Ordinal : null;
    }

    /// <summary>
    /// Whether one of <c>metadata.managedFields</c> tells that somebody applied the field (<c>kubectl apply --server-side</c> leaves no annotation): the next apply
    /// of that manifest would be refused with a conflict.
    /// </summary>
    public static bool IsApplied(JsonElement managedFields) =>
        managedFields.ValueKind == JsonValueKind.Array && managedFields.EnumerateArray().Any(static entry =>
            entry.TryGetProperty("operation", out var operation) && operation.ValueEquals("Apply") && entry.TryGetProperty("fieldsV1", out var fields) && OwnsPodIndex(fields));

    private static bool OwnsPodIndex(JsonElement fields)
    {
        foreach (var field in (string[])["f:spec", "f:replication", "f:primary", "f:podIndex"])
        {
            if (fields.ValueKind != JsonValueKind.Object || !fields.TryGetProperty(field, out fields))
                return false;
        }

        return true;
    }

    private static bool IsDeclaredElsewhere(ObjectMeta metadata) =>
        metadata.Annotations?.GetValueOrDefault(LastApplied)?.Contains("\"podIndex\"", StringComparison.Ordinal) == true
        || (metadata.Annotations ?? []).Concat(metadata.Labels ?? []).Select(static pair => pair.Key).Any(static key => ToolPrefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)));
}
