namespace DoltDB.Operator.Kubernetes.Events;

/// <summary>How events are written.</summary>
public sealed record EventRecorderOptions
{
    /// <summary>Who reports: <c>source.component</c>.</summary>
    public string Component { get; init; } = "doltdb-operator";

    /// <summary>Which instance reports, usually the pod's name.</summary>
    public string Instance { get; init; } = "";

    /// <summary>How long after its last occurrence the same event counts up instead of appearing again.</summary>
    public TimeSpan AggregationWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Events that wait to be written; more are dropped.</summary>
    public int QueueLength { get; init; } = 1000;

    /// <summary>Events that one object may have at once.</summary>
    public int BurstPerObject { get; init; } = 25;

    /// <summary>Events a second that one object may have in the long run.</summary>
    public double PerSecondPerObject { get; init; } = 1.0 / 60;

    /// <summary>How long a stop waits for what is queued.</summary>
    public TimeSpan FlushLimit { get; init; } = TimeSpan.FromSeconds(5);
}
