using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>Which pods and revisions belong to a set: adopts what matches and has no owner, releases what no longer matches.</summary>
internal sealed class StatefulSetMembers(ControllerContext context, StatefulSetCaches caches)
{
    public async Task<IReadOnlyList<Pod>> PodsAsync(StatefulSet set, CancellationToken cancellationToken)
    {
        var members = new List<Pod>();
        foreach (var pod in caches.Pods.ControlledBy(set.Metadata.Uid!))
        {
            if (IsMember(set, pod))
                members.Add(pod);
            else if (!pod.IsTerminating())
                await SetOwnersAsync(BuiltInKinds.Pod, pod, Others(set, pod.Metadata), cancellationToken);
        }

        var orphans = caches.Pods.OrphansIn(set.Metadata.Namespace!).Where(pod => IsMember(set, pod) && !pod.IsTerminating()).ToList();
        if (orphans.Count > 0 && await MayAdoptAsync(set, cancellationToken))
        {
            foreach (var orphan in orphans)
                members.Add(await AdoptAsync(BuiltInKinds.Pod, set, orphan, cancellationToken));
        }

        return members;
    }

    public async Task<IReadOnlyList<ControllerRevision>> RevisionsAsync(StatefulSet set, CancellationToken cancellationToken)
    {
        var owned = caches.Revisions.ControlledBy(set.Metadata.Uid!);
        var orphans = caches.Revisions.OrphansIn(set.Metadata.Namespace!).Where(revision => IsRevisionOf(set, revision)).ToList();
        if (orphans.Count == 0 || !await MayAdoptAsync(set, cancellationToken))
            return owned;
        var all = owned.ToList();
        foreach (var orphan in orphans)
            all.Add(await AdoptAsync(BuiltInKinds.ControllerRevision, set, orphan, cancellationToken));
        return all;
    }

    /// <summary>Whether the pod's labels and name are those of the set.</summary>
    internal static bool IsMember(StatefulSet set, Pod pod) =>
        StatefulSetNames.Parse(pod.Metadata.Name)?.Set == set.Metadata.Name && set.Spec?.Selector.Selects(pod.Metadata.Labels) == true;

    private static bool IsRevisionOf(StatefulSet set, ControllerRevision revision) =>
        revision.Metadata.DeletionTimestamp is null
        && revision.Metadata.Name!.StartsWith(set.Metadata.Name + "-", StringComparison.Ordinal)
        && set.Spec?.Selector.Selects(revision.Metadata.Labels) == true;

    private static List<OwnerReference> Others(StatefulSet set, ObjectMeta metadata) =>
        [.. (metadata.OwnerReferences ?? []).Where(owner => owner.Uid != set.Metadata.Uid)];

    /// <summary>Asks the server, not the cache: a set that is being deleted must not take back the pods that it was told to leave.</summary>
    private async Task<bool> MayAdoptAsync(StatefulSet set, CancellationToken cancellationToken) =>
        set.Metadata.DeletionTimestamp is null
        && await context.Client.GetAsync(BuiltInKinds.StatefulSet, NamespacedName.Of(set), cancellationToken) is { } fresh
        && fresh.Metadata.Uid == set.Metadata.Uid
        && fresh.Metadata.DeletionTimestamp is null;

    private Task<T> AdoptAsync<T>(ResourceKind<T> kind, StatefulSet set, T orphan, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        SetOwnersAsync(kind, orphan, [.. Others(set, orphan.Metadata), Owners.Controlling(BuiltInKinds.StatefulSet, set)], cancellationToken);

    private Task<T> SetOwnersAsync<T>(ResourceKind<T> kind, T resource, IReadOnlyList<OwnerReference> owners, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        context.Client.MergePatchAsync(kind, NamespacedName.Of(resource), Owners.Patch(resource.Metadata, owners), null, cancellationToken);
}
