namespace DoltDB.Operator.Kubernetes.Queues;

/// <summary>How a <see cref="WorkQueue{TKey}"/> slows down retries.</summary>
public sealed record WorkQueueOptions
{
    /// <summary>Back-off of the first retry of a key.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Longest back-off of a key.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Retries a second of all keys together.</summary>
    public double RetriesPerSecond { get; init; } = 50;

    /// <summary>Retries that may pass at once before <see cref="RetriesPerSecond"/> governs.</summary>
    public int RetryBurst { get; init; } = 200;
}
