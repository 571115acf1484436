using System.Diagnostics.Metrics;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Numbers about clusters, under the names that the Go operator's dashboards and alerts use.</summary>
internal sealed class ClusterMetrics : IDisposable
{
    private readonly Meter meter = new(KubernetesMetrics.MeterName);
    private readonly Gauge<long> primary;
    private readonly Counter<long> switches;

    public ClusterMetrics()
    {
        primary = meter.CreateGauge<long>("doltdb_current_primary_index", null, "Ordinal of the current primary.");
        switches = meter.CreateCounter<long>("doltdb_replication_switch_overs", null, "Changes of the primary, asked for or not.");
    }

    /// <summary>A status was written over another.</summary>
    public void Written(DoltDb before, DoltDbStatus now)
    {
        if (now.CurrentPrimaryPodIndex is not { } ordinal)
            return;
        KeyValuePair<string, object?>[] labels = [new("doltdb", before.Metadata.Name), new("crdnamespace", before.Metadata.Namespace)];
        primary.Record(ordinal, labels);
        if (before.Status?.CurrentPrimaryPodIndex is { } earlier && earlier != ordinal)
            switches.Add(1, labels);
    }

    public void Dispose() => meter.Dispose();
}
