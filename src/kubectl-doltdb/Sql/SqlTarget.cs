using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Sql;

/// <summary>The server that a session is for.</summary>
/// <param name="Pod">Its pod.</param>
/// <param name="Address">Address of the pod; null while it has none.</param>
/// <param name="Port">Port of the MySQL protocol.</param>
internal sealed record SqlTarget(string Pod, string? Address, int Port)
{
    /// <summary>The primary, or a standby that answers, one that is caught up before others.</summary>
    /// <exception cref="PluginException">There is no such server.</exception>
    public static SqlTarget Choose(DoltDb cluster, IReadOnlyList<Pod> pods, bool standby)
    {
        var name = cluster.Metadata.Name!;
        var pod = standby ? Standby(cluster) : cluster.Status?.CurrentPrimary;
        if (pod is null)
            throw new PluginException($"DoltDB '{name}' has no {(standby ? "standby that answers" : "known primary")} now; see: kubectl doltdb status {name}");
        var found = pods.FirstOrDefault(candidate => candidate.Metadata.Name == pod)
            ?? throw new PluginException($"pod {pod}, the {(standby ? "standby" : "primary")} of DoltDB '{name}', does not exist now; see: kubectl doltdb status {name}");
        return new SqlTarget(pod, found.Status?.PodIP, ClusterObserver.SqlPort(found, cluster.Spec ?? new DoltDbSpec()));
    }

    private static string? Standby(DoltDb cluster) => cluster.Status?.Members?
        .Where(member => member.Name != cluster.Status.CurrentPrimary && member is { Ready: true, Reachable: true })
        .OrderByDescending(member => member.CaughtUp == true)
        .ThenBy(member => member.Ordinal)
        .FirstOrDefault()?.Name;
}
