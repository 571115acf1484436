using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>The status of a StatefulSet, from its pods. Pure.</summary>
internal static class StatefulSetStatuses
{
    /// <summary>The status that the pods make up.</summary>
    public static StatefulSetStatus Compute(StatefulSet set, RevisionPair revisions, IReadOnlyList<Pod> pods, DateTimeOffset now)
    {
        var current = pods.Count(pod => !pod.IsTerminating() && StatefulSetNames.RevisionOf(pod) == revisions.CurrentName);
        var updated = pods.Count(pod => !pod.IsTerminating() && StatefulSetNames.RevisionOf(pod) == revisions.UpdateName);
        var ready = pods.Count(static pod => pod.IsReady());
        var currentRevision = revisions.CurrentName;
        if (IsRolledOut(set, pods.Count, ready, updated))
            (current, currentRevision) = (updated, revisions.UpdateName);
        return new StatefulSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            Replicas = pods.Count,
            ReadyReplicas = NullIfZero(ready),
            AvailableReplicas = pods.Count(pod => pod.IsAvailable(set.Spec?.MinReadySeconds ?? 0, now)),
            CurrentReplicas = NullIfZero(current),
            UpdatedReplicas = NullIfZero(updated),
            CurrentRevision = currentRevision,
            UpdateRevision = revisions.UpdateName,
            CollisionCount = set.Status?.CollisionCount ?? 0,
            Conditions = set.Status?.Conditions,
        };
    }

    /// <summary>Whether the stored status says the same.</summary>
    public static bool Same(StatefulSetStatus? stored, StatefulSetStatus computed) => stored is not null
        && stored.ObservedGeneration == computed.ObservedGeneration
        && stored.Replicas == computed.Replicas
        && stored.ReadyReplicas.GetValueOrDefault() == computed.ReadyReplicas.GetValueOrDefault()
        && stored.AvailableReplicas.GetValueOrDefault() == computed.AvailableReplicas.GetValueOrDefault()
        && stored.CurrentReplicas.GetValueOrDefault() == computed.CurrentReplicas.GetValueOrDefault()
        && stored.UpdatedReplicas.GetValueOrDefault() == computed.UpdatedReplicas.GetValueOrDefault()
        && stored.CurrentRevision == computed.CurrentRevision
        && stored.UpdateRevision == computed.UpdateRevision
        && stored.CollisionCount == computed.CollisionCount;

    /// <summary>Only a rolling update ever moves the current revision.</summary>
    private static bool IsRolledOut(StatefulSet set, int count, int ready, int updated)
    {
        var wanted = StatefulSetNames.Replicas(set);
        return set.Spec?.UpdateStrategy?.Type != "OnDelete" && updated == wanted && count == wanted && ready == wanted;
    }

    private static int? NullIfZero(int count) => count == 0 ? null : count;
}
