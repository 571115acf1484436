using System.Collections.Concurrent;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Keeps the last rendering of each cluster: passes come every second, changes of the spec do not.</summary>
internal sealed class RenderMemory
{
    private readonly ConcurrentDictionary<NamespacedName, (Inputs Inputs, DesiredCluster Desired)> last = new();

    /// <summary>The rendering of the request, the very same object while nothing of it changed.</summary>
    public DesiredCluster Render(RenderRequest request)
    {
        var key = NamespacedName.Of(request.Cluster);
        var inputs = new Inputs(
            request.Cluster.Metadata.Uid, request.Cluster.Metadata.Generation, request.Spec.Replication?.Enabled, request.ConfigReplicas, request.StatefulSetReplicas,
            request.ClaimSize, request.StorageClassName, request.AdoptedTemplateHash, request.PrimaryOrdinal, request.RoutedOrdinal, request.RestartedAt, request.HasFoundPods, request.FormerSqlPort, request.FormerReplicationPort, request.BeginsWithoutVolumes,
            request.Inherited.Hash);
        if (request.Cluster.Metadata.Generation is not null && last.TryGetValue(key, out var before) && before.Inputs == inputs)
            return before.Desired;
        var desired = ClusterResources.Render(request);
        last[key] = (inputs, desired);
        return desired;
    }

    /// <summary>Forgets a cluster that is gone.</summary>
    public void Forget(NamespacedName cluster) => last.TryRemove(cluster, out _);

    private sealed record Inputs(
        string? Uid, long? Generation, bool? IsReplicated, int ConfigReplicas, int SetReplicas, Quantity ClaimSize, string? StorageClass, string? Adopted, int? Primary, int Routed, string? RestartedAt, bool HasFoundPods, int? FormerSqlPort, int? FormerReplicationPort, bool BeginsWithoutVolumes,
        string? Inherited);
}
