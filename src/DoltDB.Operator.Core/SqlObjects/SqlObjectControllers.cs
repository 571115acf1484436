using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Core.SqlObjects.Databases;
using DoltDB.Operator.Core.SqlObjects.Grants;
using DoltDB.Operator.Core.SqlObjects.Instances;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Core.SqlObjects.Users;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>How the controllers of SQL objects work.</summary>
public sealed record SqlObjectOptions
{
    /// <summary>Objects of a kind worked on at the same time.</summary>
    public required int Workers { get; init; }

    /// <summary>How often an object is looked at again unless it says otherwise.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The driver of an engine: Dolt, MySQL, MariaDB or PostgreSQL. Disposed by its maker.</summary>
    public required Func<string, IDatabaseDriver> Drivers { get; init; }
}

/// <summary>Builds the controllers of Databases, Users, Grants and ExternalInstances.</summary>
internal static class SqlObjectControllers
{
    /// <summary>The controllers; run them while leading.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="registry">Watch caches; those that are needed are asked for here.</param>
    /// <param name="clusters">What is watched of DoltDBs.</param>
    /// <param name="administrators">Administrators of the DoltDBs.</param>
    /// <param name="events">Tells users what happened.</param>
    /// <param name="services">Clock, metrics and logs.</param>
    /// <param name="options">Workers, interval and drivers.</param>
    public static IReadOnlyList<IController> Create(
        IKubernetesClient client, ICacheSource registry, ClusterCaches clusters, AdministratorCredentials administrators, IEventRecorder events, ControllerServices services, SqlObjectOptions options)
    {
        var caches = new SqlObjectCaches(registry);
        var secrets = new SecretReader(client, caches.Secrets);
        var access = new NamespaceAccess(client, services.Time);
        var servers = new ServerResolver(client, clusters, caches.Instances, caches.Drivers, administrators, secrets, access);
        var shared = new SqlObjectServices(client, servers, access, events, services.Time) { Interval = options.Interval };
        var drivers = new DriverSource(options.Drivers, new ServerGate(services.Time));
        var passwords = new Passwords(client, secrets);
        var claims = new AccountClaims(caches.Users, caches.Databases);
        var owners = new DatabaseOwners(claims, passwords);
        var driverDatabases = new DriverDatabases(new JobDriverRunner(client, caches.Jobs, services.Time, services.Loggers.CreateLogger<JobDriverRunner>()), owners, passwords);
        var bindings = new Bindings(new ConnectionSecrets(client, secrets), passwords, caches.Users, services.Time);
        var databases = new DatabaseKind(caches.Databases, drivers, driverDatabases, owners, bindings);
        return
        [
            Databases(caches, clusters, Of(databases, caches.Databases, shared, services, options)),
            Users(caches, clusters, Of(new UserKind(claims, drivers, passwords), caches.Users, shared, services, options)),
            Grants(caches, clusters, Of(new GrantKind(caches.Grants, drivers), caches.Grants, shared, services, options)),
            Instances(caches, shared, drivers, services, options),
        ];
    }

    private static Controller<T> Of<T>(ISqlObjectKind<T> kind, IObjectCache<T> cache, SqlObjectServices shared, ControllerServices services, SqlObjectOptions options)
        where T : KubernetesObject
    {
        var reconciler = new SqlObjectReconciler<T>(kind, cache, shared, services.Loggers.CreateLogger($"DoltDB.Operator.SqlObjects.{kind.Kind.Kind}"));
        return new Controller<T>(new ControllerOptions { Name = kind.Kind.Kind.ToLowerInvariant(), Workers = options.Workers }, cache, reconciler, services, Predicates.IgnoresStatus);
    }

    private static Controller<Database> Databases(SqlObjectCaches caches, ClusterCaches clusters, Controller<Database> controller) => OnServer(controller, caches.Databases, caches, clusters)
        .Watches(caches.Databases, database => Same(caches.Databases, SqlIndexes.Identity(database), database), IsEnd)
        .Watches(caches.Databases, database => SqlIndexes.OwnerAccount(database) is { } owner ? Keys(caches.Databases.Lookup(SqlIndexes.ByAccount, owner).Where(other => other.Metadata.Uid != database.Metadata.Uid)) : [], IsEnd)
        .Watches(caches.Users, user => SqlIndexes.Identity(user) is { } account ? Keys(caches.Databases.Lookup(SqlIndexes.ByAccount, account)) : [], IsEnd)
        .Watches(caches.Secrets, secret => Keys(caches.Databases.Lookup(SqlIndexes.BySecret, SqlIndexes.Secret(secret.Metadata.Namespace, secret.Metadata.Name))))
        .Watches(caches.Users, user => Keys(caches.Databases.Lookup(SqlIndexes.ByUserObject, NamespacedName.Of(user).ToString())))
        .Watches(caches.Drivers, driver => Keys(caches.Databases.List(driver.Metadata.Namespace).Where(static database => database.Spec?.Driver is not null || database.Spec?.InstanceRef is not null)), Predicates.IgnoresStatus)
        .Watches(caches.Jobs, DriverJobNames.DatabaseOf);

    private static Controller<User> Users(SqlObjectCaches caches, ClusterCaches clusters, Controller<User> controller) => OnServer(controller, caches.Users, caches, clusters)
        .Watches(caches.Users, user => Same(caches.Users, SqlIndexes.Identity(user), user), IsEnd)
        .Watches(caches.Secrets, secret => Keys(caches.Users.Lookup(SqlIndexes.BySecret, SqlIndexes.Secret(secret.Metadata.Namespace, secret.Metadata.Name))));

    private static Controller<Grant> Grants(SqlObjectCaches caches, ClusterCaches clusters, Controller<Grant> controller) => OnServer(controller, caches.Grants, caches, clusters)
        .Watches(caches.Users, user => SqlIndexes.Identity(user) is { } account ? Keys(caches.Grants.Lookup(SqlIndexes.ByAccount, account)) : [], BecameReady);

    private static Controller<ExternalInstance> Instances(SqlObjectCaches caches, SqlObjectServices shared, DriverSource drivers, ControllerServices services, SqlObjectOptions options)
    {
        var reconciler = new InstanceReconciler(caches, shared, drivers, services.Loggers.CreateLogger<InstanceReconciler>());
        return new Controller<ExternalInstance>(new ControllerOptions { Name = "externalinstance", Workers = options.Workers }, caches.Instances, reconciler, services, Predicates.IgnoresStatus)
            .Watches(caches.Secrets, secret => Keys(caches.Instances.Lookup(SqlIndexes.BySecret, SqlIndexes.Secret(secret.Metadata.Namespace, secret.Metadata.Name))))
            .Watches(caches.Drivers, driver => Keys(caches.Instances.List(driver.Metadata.Namespace).Where(instance => instance.Spec?.Driver == driver.Metadata.Name)), Predicates.IgnoresStatus)
            .Watches(caches.Databases, static database => Instance(database.Spec, database), static change => change.New is null)
            .Watches(caches.Users, static user => Instance(user.Spec, user), static change => change.New is null)
            .Watches(caches.Grants, static grant => Instance(grant.Spec, grant), static change => change.New is null);
    }

    /// <summary>An object is looked at again when its server is another one, or answers again.</summary>
    private static Controller<T> OnServer<T>(Controller<T> controller, IObjectCache<T> cache, SqlObjectCaches caches, ClusterCaches clusters)
        where T : KubernetesObject => controller
        .Watches(clusters.Clusters, cluster => Keys(cache.Lookup(SqlIndexes.ByServer, ServerKeys.OfDoltDb(NamespacedName.Of(cluster)))), ServerChanges.OfDoltDb)
        .Watches(caches.Instances, instance => Keys(cache.Lookup(SqlIndexes.ByServer, ServerKeys.OfInstance(NamespacedName.Of(instance)))), ServerChanges.OfInstance);

    private static IEnumerable<NamespacedName> Instance(SqlObjectSpec? spec, KubernetesObject resource) =>
        spec?.InstanceRef is { } reference ? [ServerKeys.Name(reference, resource.Metadata.Namespace ?? "")] : [];

    /// <summary>Others that manage the same thing: one of them may be next.</summary>
    private static IEnumerable<NamespacedName> Same<T>(IObjectCache<T> cache, string? identity, T resource)
        where T : KubernetesObject => identity is null ? [] : Keys(cache.Lookup(SqlIndexes.ByIdentity, identity).Where(other => other.Metadata.Uid != resource.Metadata.Uid));

    private static bool IsEnd<T>(CacheChange<T> change)
        where T : KubernetesObject => change.New is null || (change.Old is { } old && old.Metadata.Generation != change.New.Metadata.Generation);

    private static bool BecameReady(CacheChange<User> change) =>
        change.New?.Status?.Conditions.IsTrue(SqlReasons.Ready) == true && change.Old?.Status?.Conditions.IsTrue(SqlReasons.Ready) != true;

    private static IEnumerable<NamespacedName> Keys<T>(IEnumerable<T> objects)
        where T : KubernetesObject => objects.Select(static resource => NamespacedName.Of(resource));
}
