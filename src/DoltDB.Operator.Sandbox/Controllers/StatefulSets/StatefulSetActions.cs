using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>Carries out what a <see cref="StatefulSetPlan"/> decided.</summary>
internal sealed class StatefulSetActions(ControllerContext context, StatefulSetCaches caches)
{
    /// <summary>Runs one action; false when it must be tried again soon.</summary>
    public async Task<bool> RunAsync(StatefulSet set, RevisionPair revisions, StatefulSetAction action, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case StatefulSetAction.CreatePod create:
                return await CreatePodAsync(set, StatefulSetPods.Render(set, revisions, create.Ordinal), cancellationToken);
            case StatefulSetAction.DeletePod delete:
                await DeletePodAsync(set, delete.Pod, cancellationToken);
                return true;
            case StatefulSetAction.TendClaims tend:
                await TendClaimsAsync(set, tend.Pod, tend.IsCondemned, cancellationToken);
                return true;
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "no such action");
        }
    }

    private async Task<bool> CreatePodAsync(StatefulSet set, Pod pod, CancellationToken cancellationToken)
    {
        // A claim that is about to go would take the pod's data with it: the next incarnation of the claim is waited for.
        var name = pod.Metadata.Name!;
        if (StatefulSetClaims.Names(set, name).Any(claim => Claim(set, claim)?.Metadata.DeletionTimestamp is not null))
            return false;
        await CreateClaimsAsync(set, name, cancellationToken);
        await context.Client.CreateAsync(BuiltInKinds.Pod, pod, cancellationToken);
        Record(set, "SuccessfulCreate", $"Create Pod {name} in StatefulSet {set.Metadata.Name} successful");
        return true;
    }

    private async Task DeletePodAsync(StatefulSet set, Pod pod, CancellationToken cancellationToken)
    {
        var options = new DeleteOptions { Uid = pod.Metadata.Uid };
        if (await context.Client.DeleteAsync(BuiltInKinds.Pod, NamespacedName.Of(pod), options, cancellationToken))
            Record(set, "SuccessfulDelete", $"Delete Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful");
    }

    private async Task TendClaimsAsync(StatefulSet set, Pod pod, bool isCondemned, CancellationToken cancellationToken)
    {
        var name = pod.Metadata.Name!;
        if (!isCondemned && pod.Status?.Phase == "Pending" && !pod.IsTerminating())
            await CreateClaimsAsync(set, name, cancellationToken);
        foreach (var claimName in StatefulSetClaims.Names(set, name))
        {
            if (Claim(set, claimName) is { } claim && StatefulSetClaims.NewOwners(set, claim, pod, isCondemned) is { } owners)
            {
                await context.Client.MergePatchAsync(
                    BuiltInKinds.PersistentVolumeClaim, NamespacedName.Of(claim), Owners.Patch(claim.Metadata, owners), null, cancellationToken);
            }
        }
    }

    private async Task CreateClaimsAsync(StatefulSet set, string pod, CancellationToken cancellationToken)
    {
        foreach (var claim in StatefulSetClaims.Render(set, pod))
        {
            if (Claim(set, claim.Metadata.Name!) is not null)
                continue;
            try
            {
                await context.Client.CreateAsync(BuiltInKinds.PersistentVolumeClaim, claim, cancellationToken);
                Record(set, "SuccessfulCreate", $"Create Claim {claim.Metadata.Name} Pod {pod} in StatefulSet {set.Metadata.Name} success");
            }
            catch (KubernetesException exception) when (exception.IsConflict)
            {
                // It is there, only not in the cache yet.
            }
        }
    }

    private PersistentVolumeClaim? Claim(StatefulSet set, string name) => caches.Claims.Get(new NamespacedName(set.Metadata.Namespace!, name));

    private void Record(StatefulSet set, string reason, string message) =>
        context.Events.Record(BuiltInKinds.StatefulSet, set, EventType.Normal, reason, message);
}
