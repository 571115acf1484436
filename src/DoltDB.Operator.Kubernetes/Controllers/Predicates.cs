using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;

namespace DoltDB.Operator.Kubernetes.Controllers;

/// <summary>Which changes are worth a pass.</summary>
public static class Predicates
{
    /// <summary>Everything but a change of the status alone (and of what the server keeps in the metadata).</summary>
    public static bool IgnoresStatus<T>(CacheChange<T> change)
        where T : class, IKubernetesObject
    {
        if (change.Old?.Metadata is not { } old || change.New?.Metadata is not { } fresh)
            return true;
        return old.Uid != fresh.Uid
            || old.Generation != fresh.Generation
            || fresh.Generation is null
            || old.DeletionTimestamp != fresh.DeletionTimestamp
            || !Same(old.Labels, fresh.Labels)
            || !Same(old.Annotations, fresh.Annotations)
            || !(old.Finalizers ?? []).SequenceEqual(fresh.Finalizers ?? []);
    }

    private static bool Same(Dictionary<string, string>? left, Dictionary<string, string>? right)
    {
        if ((left?.Count ?? 0) != (right?.Count ?? 0))
            return false;
        if (left is null || right is null)
            return true;
        foreach (var (key, value) in left)
        {
            if (!right.TryGetValue(key, out var other) || other != value)
                return false;
        }

        return true;
    }
}
