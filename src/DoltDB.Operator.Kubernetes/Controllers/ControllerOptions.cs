using DoltDB.Operator.Kubernetes.Queues;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Controllers;

/// <summary>How a controller works.</summary>
public sealed record ControllerOptions
{
    /// <summary>Name in logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Keys worked on at the same time.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How long a stop waits for the passes in hand before it cancels them.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How retries slow down.</summary>
    public WorkQueueOptions Queue { get; init; } = new();
}

/// <summary>What every controller needs from its process.</summary>
public sealed record ControllerServices(TimeProvider Time, Random Random, KubernetesMetrics Metrics, ILoggerFactory Loggers);
