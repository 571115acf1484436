using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Queues;
using DoltDB.Operator.Sql;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Builds the controller of DoltDBs.</summary>
internal static class ClusterController
{
    /// <summary>The controller; run it while leading. Changes of a cluster's pods and children wake the cluster itself: one loop owns one cluster.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="caches">What is watched.</param>
    /// <param name="credentials">Administrators of the clusters.</param>
    /// <param name="connections">Kept-open connections to the servers.</param>
    /// <param name="events">Tells users what happened.</param>
    /// <param name="services">Clock, metrics and logs.</param>
    /// <param name="workers">Clusters worked on at the same time.</param>
    public static IController Create(
        IKubernetesClient client, ClusterCaches caches, AdministratorCredentials credentials, DoltConnections connections, IEventRecorder events, ControllerServices services, int workers)
    {
        var reconciler = CreateReconciler(client, caches, credentials, connections, events, services);
        var controller = new Controller<DoltDb>(Options(workers), caches.Clusters, reconciler, services, Predicates.IgnoresStatus);
        return controller
            .Owns(caches.Sets)
            .Owns(caches.Services)
            .Owns(caches.ConfigMaps, Predicates.IgnoresStatus)
            .Owns(caches.Budgets, Predicates.IgnoresStatus)
            .Owns(caches.Policies, Predicates.IgnoresStatus)
            .Owns(caches.Accounts, Predicates.IgnoresStatus)
            .Watches(caches.Pods, static pod => Named(pod.Metadata))
            .Watches(caches.Secrets, static secret => ClusterNames.ClusterOfCredentials(secret.Metadata.Name ?? "") is { } name ? [new NamespacedName(secret.Metadata.Namespace ?? "", name)] : [])
            .Watches(caches.Claims, static claim => Named(claim.Metadata));
    }

    /// <summary>A pass that failed comes back soon whatever failed: its probe is what notices the loss of the primary.</summary>
    public static ControllerOptions Options(int workers) =>
        new() { Name = "doltdb", Workers = workers, Queue = new WorkQueueOptions { LongestDelay = TimeSpan.FromSeconds(5) } };

    /// <summary>The loop of the controller alone.</summary>
    public static IReconciler CreateReconciler(
        IKubernetesClient client, ClusterCaches caches, AdministratorCredentials credentials, DoltConnections connections, IEventRecorder events, ControllerServices services)
    {
        var prober = new MemberProber(connections, new MemberProberOptions(), services.Time);
        var commands = new MemberCommands(connections, services.Time);
        return new ClusterReconciler(
            caches,
            client,
            new ClusterObserver(caches, prober, services.Time),
            credentials,
            new ChildObjects(caches, client, new Applier(client, services.Loggers.CreateLogger<Applier>()), services.Time),
            new ClusterSteps(client, commands, new HandOverProcedure(commands), new PrimaryFence(client, services.Time), services.Loggers.CreateLogger<ClusterSteps>()),
            prober,
            new RenderMemory(),
            new ClusterMetrics(services.Metrics.Meter, caches.Clusters),
            events,
            services.Loggers.CreateLogger<ClusterReconciler>());
    }

    private static IEnumerable<NamespacedName> Named(ObjectMeta metadata) =>
        metadata.Labels?.GetValueOrDefault(ClusterLabels.Name) is { } name ? [new NamespacedName(metadata.Namespace ?? "", name)] : [];
}
