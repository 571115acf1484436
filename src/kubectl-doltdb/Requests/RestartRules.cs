using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Requests;

/// <summary>Whether a rolling restart can be asked for, and how far it is.</summary>
internal static class RestartRules
{
    /// <summary>Refuses what the operator would not act upon.</summary>
    /// <exception cref="PluginException">The cluster is paused, or its pods are not the operator's to replace.</exception>
    public static void Check(DoltDb cluster)
    {
        var name = cluster.Metadata.Name;
        if (cluster.Spec?.Paused == true)
            throw new PluginException($"DoltDB '{name}' is paused, so the operator does nothing; first: kubectl doltdb resume {name}");
        if (cluster.Spec?.EffectiveUpdateStrategy() is "OnDelete" or "Never")
            throw new PluginException($"spec.updateStrategy of DoltDB '{name}' is {cluster.Spec.EffectiveUpdateStrategy()}: the operator replaces no pods; delete them yourself, standbys first");
    }

    /// <summary>Names of incarnations of pods: a pod that was replaced has another one.</summary>
    public static IReadOnlySet<string> Incarnations(IEnumerable<Pod> pods) => pods.Select(pod => pod.Metadata.Uid ?? "").ToHashSet(StringComparer.Ordinal);

    /// <summary>How far the restart is.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="pods">Its pods, read after the cluster.</param>
    /// <param name="before">The incarnations that there were when the restart was asked for.</param>
    public static Progress Judge(DoltDb cluster, IReadOnlyList<Pod> pods, IReadOnlySet<string> before)
    {
        var old = pods.Where(pod => before.Contains(pod.Metadata.Uid ?? "")).Select(pod => pod.Metadata.Name).ToArray();
        var (ready, updated) = (cluster.Status?.Conditions.Find(ClusterConditions.Ready), cluster.Status?.Conditions.Find(ClusterConditions.Updated));
        if (old.Length > 0)
        {
            var why = updated is { Status: Conditions.False } ? $" ({updated.Message})" : "";
            return new Progress.Pending($"to be restarted: {string.Join(", ", old)}{why}");
        }

        if (ready?.Status == Conditions.True && updated?.Status == Conditions.True)
            return new Progress.Done($"DoltDB '{cluster.Metadata.Name}' is restarted; {cluster.Status?.CurrentPrimary} is the primary");
        var waiting = ready is not { Status: Conditions.True } ? ready : updated;
        return new Progress.Pending($"every pod is replaced; waiting until the cluster is ready: {waiting?.Message ?? "not seen yet"}");
    }
}
