using System.Diagnostics.Metrics;

namespace DoltDB.Operator.Kubernetes;

/// <summary>What the Kubernetes side of the operator counts, on the meter <see cref="MeterName"/>.</summary>
public sealed class KubernetesMetrics : IDisposable
{
    /// <summary>The meter of everything that this operator measures.</summary>
    public const string MeterName = "DoltDB.Operator";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> reconciles;
    private readonly Histogram<double> reconcileSeconds;
    private readonly UpDownCounter<long> queueDepth;
    private readonly Counter<long> requests;
    private readonly Histogram<double> requestSeconds;
    private readonly Counter<long> watchRestarts;
    private readonly Counter<long> eventsDropped;
    private readonly Counter<long> objectsUnreadable;

    /// <summary>Creates the instruments.</summary>
    public KubernetesMetrics()
    {
        reconciles = meter.CreateCounter<long>("doltdb_operator_reconcile_total", null, "Reconcile passes by result.");
        reconcileSeconds = meter.CreateHistogram<double>("doltdb_operator_reconcile_duration_seconds", "s", "Duration of reconcile passes.");
        queueDepth = meter.CreateUpDownCounter<long>("doltdb_operator_workqueue_depth", null, "Keys that wait for a worker.");
        requests = meter.CreateCounter<long>("doltdb_operator_kubernetes_requests_total", null, "Requests to the API server by verb, kind and code.");
        requestSeconds = meter.CreateHistogram<double>("doltdb_operator_kubernetes_request_duration_seconds", "s", "Duration of requests to the API server.");
        watchRestarts = meter.CreateCounter<long>("doltdb_operator_kubernetes_watch_restarts_total", null, "Watches that ended, by reason.");
        eventsDropped = meter.CreateCounter<long>("doltdb_operator_events_dropped_total", null, "Events that were not written, by reason.");
        objectsUnreadable = meter.CreateCounter<long>("doltdb_operator_kubernetes_objects_unreadable_total", null, "Versions of objects that lack the shape of their kind, by kind.");
    }

    /// <summary>The meter of this process, for instruments of others that end with it.</summary>
    public Meter Meter => meter;

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    internal void Reconciled(string controller, string result, TimeSpan duration)
    {
        reconciles.Add(1, new("controller", controller), new("result", result));
        reconcileSeconds.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("controller", controller));
    }

    internal void QueueDepthChanged(string controller, long by)
    {
        if (by != 0)
            queueDepth.Add(by, new KeyValuePair<string, object?>("controller", controller));
    }

    internal void Requested(string verb, string kind, string code, TimeSpan duration)
    {
        requests.Add(1, new("verb", verb), new("kind", kind), new("code", code));
        requestSeconds.Record(duration.TotalSeconds, new("verb", verb), new("kind", kind));
    }

    internal void WatchRestarted(string kind, string reason) => watchRestarts.Add(1, new("kind", kind), new("reason", reason));

    internal void ObjectUnreadable(string kind) => objectsUnreadable.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal void EventDropped(string reason) => eventsDropped.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
