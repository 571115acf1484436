using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.SqlObjects;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core;

/// <summary>Builds the controllers of all kinds. What several of them need is built once: two opinions on one Secret would be one too many.</summary>
public static class OperatorControllers
{
    /// <summary>The controllers; run them while leading.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="registry">Watch caches; those that are needed are asked for here.</param>
    /// <param name="connections">Kept-open connections to the servers of DoltDBs.</param>
    /// <param name="events">Tells users what happened.</param>
    /// <param name="services">Clock, metrics and logs.</param>
    /// <param name="clusterWorkers">DoltDBs worked on at the same time.</param>
    /// <param name="objects">How Databases, Users, Grants and ExternalInstances are worked on.</param>
    public static IReadOnlyList<IController> Create(
        IKubernetesClient client, ICacheSource registry, DoltConnections connections, IEventRecorder events, ControllerServices services, int clusterWorkers, SqlObjectOptions objects)
    {
        var caches = new ClusterCaches(registry);
        var credentials = new AdministratorCredentials(client, services.Time, caches.Secrets);
        return
        [
            ClusterController.Create(client, caches, credentials, connections, events, services, clusterWorkers),
            .. SqlObjectControllers.Create(client, registry, caches, credentials, events, services, objects),
        ];
    }
}
