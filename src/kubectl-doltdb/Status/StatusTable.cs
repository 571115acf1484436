using System.Globalization;
using DoltDB.Kubectl.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;

namespace DoltDB.Kubectl.Status;

/// <summary>Many DoltDBs, a line each.</summary>
internal static class StatusTable
{
    /// <summary>Phase of a cluster that the operator leaves alone.</summary>
    private const string Paused = "Paused";

    /// <summary>The table, by namespace and name.</summary>
    public static string Render(IEnumerable<DoltDb> clusters, bool showsNamespace, DateTimeOffset now)
    {
        string[] headers = ["NAME", "PHASE", "READY", "PRIMARY", "MEMBERS", "VERSION", "AGE"];
        var table = new TextTable(showsNamespace ? ["NAMESPACE", .. headers] : headers);
        foreach (var cluster in clusters.OrderBy(c => c.Metadata.Namespace, StringComparer.Ordinal).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal))
        {
            string?[] cells =
            [
                cluster.Metadata.Name, Phase(cluster), cluster.Status?.Conditions.Find(ClusterConditions.Ready)?.Status, cluster.Status?.CurrentPrimary,
                ReadyMembers(cluster), cluster.Spec?.EngineVersion, Ages.Since(cluster.Metadata.CreationTimestamp, now),
            ];
            table.Add(showsNamespace ? [cluster.Metadata.Namespace, .. cells] : cells);
        }

        return table.Render();
    }

    /// <summary>Phase, or that the cluster is being deleted or was never looked at.</summary>
    public static string Phase(DoltDb cluster)
    {
        if (cluster.Metadata.DeletionTimestamp is not null)
            return "Deleting";
        var phase = cluster.Status?.Phase ?? "Unseen";
        return cluster.Spec?.Paused == true && phase != Paused ? $"{phase} (to be paused)" : phase;
    }

    /// <summary>Ready servers of those that are wanted: <c>2/3</c>.</summary>
    public static string ReadyMembers(DoltDb cluster) =>
        string.Create(CultureInfo.InvariantCulture, $"{cluster.Status?.Members?.Count(member => member.Ready == true) ?? 0}/{cluster.Spec?.EffectiveReplicas() ?? 0}");
}
