using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Queues;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>What every controller of the sandbox works with.</summary>
internal sealed record ControllerContext(IKubernetesClient Client, ICacheSource Caches, IEventRecorder Events, ControllerServices Services)
{
    /// <summary>The clock's time.</summary>
    public DateTimeOffset Now => Services.Time.GetUtcNow();

    /// <summary>Options of a controller. Retries stay frequent: there is no other cluster to spare.</summary>
    public static ControllerOptions Options(string name, int workers = 2) => new()
    {
        Name = name,
        Workers = workers,
        StopLimit = TimeSpan.FromSeconds(2),
        Queue = new WorkQueueOptions { LongestDelay = TimeSpan.FromSeconds(5), RetriesPerSecond = 500, RetryBurst = 2000 },
    };
}
