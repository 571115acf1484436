using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Queues;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>What every controller of the sandbox works with.</summary>
internal sealed record ControllerContext(IKubernetesClient Client, CacheRegistry Caches, IEventRecorder Events, ControllerServices Services)
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

/// <summary>Indexes that keep passes from looking at everything.</summary>
internal static class SandboxIndexes
{
    private const string Orphans = "orphans";
    private const string Claims = "claims";

    /// <summary>Adds the index of objects that nothing controls, by namespace.</summary>
    public static IObjectCache<T> WithOrphanIndex<T>(this IObjectCache<T> cache)
        where T : class, IKubernetesObject
    {
        cache.AddIndex(Orphans, static resource => resource.Metadata.Controller() is null ? [resource.Metadata.Namespace ?? ""] : []);
        return cache;
    }

    /// <summary>Objects of the namespace that nothing controls; needs <see cref="WithOrphanIndex"/>.</summary>
    public static IReadOnlyList<T> OrphansIn<T>(this IObjectCache<T> cache, string ns)
        where T : class, IKubernetesObject => cache.Lookup(Orphans, ns);

    /// <summary>Adds the index of pods by the claims that they mount.</summary>
    public static IObjectCache<Pod> WithClaimIndex(this IObjectCache<Pod> cache)
    {
        cache.AddIndex(Claims, static pod => [.. Storage.Volumes.ClaimsOf(pod).Select(static claim => claim.ToString())]);
        return cache;
    }

    /// <summary>Pods that mount the claim; needs <see cref="WithClaimIndex"/>.</summary>
    public static IReadOnlyList<Pod> UsersOf(this IObjectCache<Pod> cache, NamespacedName claim) => cache.Lookup(Claims, claim.ToString());
}
