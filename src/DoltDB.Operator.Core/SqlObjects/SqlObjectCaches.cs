using DoltDB.Operator.Api;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>What the controllers of SQL objects watch. Of Secrets only the metadata: that one changed, not what it holds.</summary>
internal sealed class SqlObjectCaches
{
    public SqlObjectCaches(ICacheSource registry)
    {
        Databases = registry.Get(DoltKinds.Database);
        Users = registry.Get(DoltKinds.User);
        Grants = registry.Get(DoltKinds.Grant);
        Instances = registry.Get(DoltKinds.ExternalInstance);
        Drivers = registry.Get(DoltKinds.DatabaseDriver);
        Jobs = registry.Get(BuiltInKinds.Job, new CacheOptions<Job> { LabelSelector = JobDrivers.DriverJobNames.DatabaseUid });
        Secrets = Clusters.ClusterCaches.SecretsOf(registry);
        AddServerIndexes();
        AddSecretIndexes();
        Databases.AddIndex(SqlIndexes.ByIdentity, static database => SqlIndexes.Of(SqlIndexes.Identity(database)));
        Databases.AddIndex(SqlIndexes.ByAccount, static database => SqlIndexes.Of(SqlIndexes.OwnerAccount(database)));
        Databases.AddIndex(SqlIndexes.ByUserObject, static database => SqlIndexes.Of(database.Spec?.ConnectionSecret?.UserRef?.Name is { } name ? $"{database.Metadata.Namespace}/{name}" : null));
        Users.AddIndex(SqlIndexes.ByIdentity, static user => SqlIndexes.Of(SqlIndexes.Identity(user)));
        Grants.AddIndex(SqlIndexes.ByAccount, static grant => SqlIndexes.Of(SqlIndexes.AccountOf(grant)));
    }

    public IObjectCache<Database> Databases { get; }

    public IObjectCache<User> Users { get; }

    public IObjectCache<Grant> Grants { get; }

    public IObjectCache<ExternalInstance> Instances { get; }

    public IObjectCache<DatabaseDriver> Drivers { get; }

    public IObjectCache<Job> Jobs { get; }

    public IObjectCache<ObjectMetadata> Secrets { get; }

    private void AddServerIndexes()
    {
        Databases.AddIndex(SqlIndexes.ByServer, static database => SqlIndexes.Of(ServerKeys.Of(database.Spec, database.Metadata.Namespace ?? "")));
        Users.AddIndex(SqlIndexes.ByServer, static user => SqlIndexes.Of(ServerKeys.Of(user.Spec, user.Metadata.Namespace ?? "")));
        Grants.AddIndex(SqlIndexes.ByServer, static grant => SqlIndexes.Of(ServerKeys.Of(grant.Spec, grant.Metadata.Namespace ?? "")));
    }

    private void AddSecretIndexes()
    {
        Databases.AddIndex(SqlIndexes.BySecret, SqlSecrets.Of);
        Users.AddIndex(SqlIndexes.BySecret, SqlSecrets.Of);
        Instances.AddIndex(SqlIndexes.BySecret, SqlSecrets.Of);
    }
}
