using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>Which changes of a server make the objects on it worth a look: a cluster's status moves far more often than that.</summary>
internal static class ServerChanges
{
    /// <summary>Another primary, another spec, another readiness, its end.</summary>
    public static bool OfDoltDb(CacheChange<DoltDb> change) => change.Old is not { } old || change.New is not { } fresh
        || old.Metadata.Uid != fresh.Metadata.Uid
        || old.Metadata.DeletionTimestamp is null != fresh.Metadata.DeletionTimestamp is null
        || old.Status?.CurrentPrimary != fresh.Status?.CurrentPrimary
        || old.Status?.PrimaryEpoch != fresh.Status?.PrimaryEpoch
        || IsReady(old.Status?.Conditions) != IsReady(fresh.Status?.Conditions)
        || old.Metadata.Generation != fresh.Metadata.Generation;

    /// <summary>Another spec, another readiness, its end.</summary>
    public static bool OfInstance(CacheChange<ExternalInstance> change) => change.Old is not { } old || change.New is not { } fresh
        || old.Metadata.Uid != fresh.Metadata.Uid
        || old.Metadata.Generation != fresh.Metadata.Generation
        || IsReady(old.Status?.Conditions) != IsReady(fresh.Status?.Conditions);

    private static bool IsReady(IReadOnlyList<Condition>? conditions) => conditions.IsTrue(SqlReasons.Ready);
}
