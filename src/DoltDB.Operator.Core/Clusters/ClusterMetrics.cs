using System.Diagnostics.Metrics;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>
/// Numbers about clusters; those that the Go operator's dashboards and alerts use have its names. What a cluster is like is read from its status at
/// each scrape: it is there again after a restart of the operator, and gone with the cluster.
/// </summary>
internal sealed class ClusterMetrics
{
    private readonly Counter<long> switches;
    private readonly Counter<long> failovers;
    private readonly Counter<long> failedHandOvers;

    /// <summary>Creates the instruments; they end with the meter.</summary>
    public ClusterMetrics(Meter meter, IObjectCache<DoltDb> clusters)
    {
        switches = meter.CreateCounter<long>("doltdb_replication_switch_overs", null, "Changes of the primary, asked for or not.");
        failovers = meter.CreateCounter<long>("doltdb_failovers_total", null, "Replacements of a lost primary by a server that took over.");
        failedHandOvers = meter.CreateCounter<long>("doltdb_failed_hand_overs_total", null, "Hand-overs of the primary that failed.");
        Gauge("doltdb_ready", "1 when the cluster is Ready.", static cluster => [new(cluster.Status?.Conditions.Find(ClusterConditions.Ready)?.Status == Conditions.True ? 1 : 0, Of(cluster))]);
        Gauge("doltdb_phase", "1 for the phase that the cluster is in.", static cluster => cluster.Status?.Phase is { } phase ? [new(1, [.. Of(cluster), new("phase", phase)])] : []);
        Gauge("doltdb_current_primary_index", "Ordinal of the current primary.", static cluster => One(cluster, cluster.Status?.CurrentPrimaryPodIndex));
        Gauge("doltdb_replication_epoch", "Highest epoch that was used or seen.", static cluster => One(cluster, cluster.Status?.ReplicationEpoch));
        Gauge("doltdb_server_ready", "1 when the server is ready.", static cluster => Each(cluster, static server => server.Ready == true ? 1 : 0));
        Gauge("doltdb_server_role", "1 for the role that the server reports.", static cluster => Servers(cluster).Where(static server => server.Role is not null)
            .Select(server => new Measurement<long>(1, [.. Of(cluster), new("pod", server.Name), new("role", server.Role)])));
        Gauge("doltdb_server_lag_milliseconds", "How far the standby is behind, to the power of two below; 0 when it is less than a second.", static cluster =>
            Servers(cluster).Where(static server => server.Role == "standby").Select(server => new Measurement<long>(server.LagMillis ?? 0, [.. Of(cluster), new("pod", server.Name)])));

        void Gauge(string name, string description, Func<DoltDb, IEnumerable<Measurement<long>>> measure) =>
            meter.CreateObservableGauge(name, () => clusters.List().SelectMany(measure), null, description);
    }

    /// <summary>A status was written over another.</summary>
    public void Written(DoltDb before, DoltDbStatus now)
    {
        if (now.CurrentPrimaryPodIndex is { } ordinal && before.Status?.CurrentPrimaryPodIndex is { } earlier && earlier != ordinal)
            switches.Add(1, Of(before));
    }

    /// <summary>A step was carried out: a failover counts when it took effect, a hand-over when it failed.</summary>
    public void Stepped(DoltDb cluster, ClusterStep step, StepResult result)
    {
        if (step is ClusterStep.Failover && result.LooksAgainNow)
            failovers.Add(1, Of(cluster));
        if (result.HandOverFailure is not null)
            failedHandOvers.Add(1, Of(cluster));
    }

    private static IReadOnlyList<MemberStatus> Servers(DoltDb cluster) => cluster.Status?.Members ?? [];

    private static IEnumerable<Measurement<long>> One(DoltDb cluster, long? value) => value is { } known ? [new(known, Of(cluster))] : [];

    private static IEnumerable<Measurement<long>> Each(DoltDb cluster, Func<MemberStatus, long> value) =>
        Servers(cluster).Select(server => new Measurement<long>(value(server), [.. Of(cluster), new("pod", server.Name)]));

    private static KeyValuePair<string, object?>[] Of(DoltDb cluster) => [new("doltdb", cluster.Metadata.Name), new("crdnamespace", cluster.Metadata.Namespace)];
}
