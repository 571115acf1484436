using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Sandbox.Controllers.Garbage;

/// <summary>One look at one object.</summary>
internal sealed class GarbagePass(IKubernetesClient client, ObjectGraph graph)
{
    /// <summary>Holds an owner until its dependents are gone.</summary>
    public const string Foreground = "foregroundDeletion";

    /// <summary>Holds an owner until its dependents no longer name it.</summary>
    public const string Orphan = "orphan";

    public async Task RunAsync(GraphKey key, CancellationToken cancellationToken)
    {
        if (graph.Find(key) is not { } resource)
            return;
        var finalizers = resource.Metadata.Finalizers ?? [];
        if (resource.Metadata.DeletionTimestamp is null)
            await JudgeAsync(key, resource, cancellationToken);
        else if (finalizers.Contains(Orphan))
            await OrphanDependentsAsync(key, resource, cancellationToken);
        else if (finalizers.Contains(Foreground))
            await DeleteDependentsAsync(key, resource, cancellationToken);
    }

    /// <summary>
    /// The caches of an object and of its owners are not of one moment: one that was orphaned a moment ago still names the owner that is gone here. What would
    /// be changed is judged again as the server has it, and only that version of it is deleted.
    /// </summary>
    private async Task JudgeAsync(GraphKey key, DependentObject cached, CancellationToken cancellationToken)
    {
        if (await VerdictAsync(cached, cancellationToken) is GarbageVerdict.Keep
            || await client.GetAsync(key.Kind, key.Name, cancellationToken) is not { } resource || resource.Metadata.Uid != cached.Metadata.Uid)
            return;
        switch (await VerdictAsync(resource, cancellationToken))
        {
            case GarbageVerdict.Reduce reduced:
                await client.MergePatchAsync(key.Kind, key.Name, Owners.Patch(resource.Metadata, reduced.Owners), null, cancellationToken);
                break;
            case GarbageVerdict.Delete deletion:
                // The chain of a foreground deletion goes on below; a finalizer of an earlier request keeps its meaning.
                var policy = deletion.OwnerWaits && graph.Dependents(resource.Metadata.Uid!).Any() ? "Foreground" : "Background";
                var options = new DeleteOptions { Uid = resource.Metadata.Uid, ResourceVersion = resource.Metadata.ResourceVersion, PropagationPolicy = policy };
                await client.DeleteAsync(key.Kind, key.Name, options, cancellationToken);
                break;
        }
    }

    private async Task<GarbageVerdict> VerdictAsync(DependentObject resource, CancellationToken cancellationToken) =>
        GarbageVerdict.Judge(await StatesAsync(resource, cancellationToken));

    private async Task<List<(OwnerReference Owner, OwnerState State)>> StatesAsync(DependentObject resource, CancellationToken cancellationToken)
    {
        var states = new List<(OwnerReference, OwnerState)>();
        foreach (var owner in resource.Metadata.OwnerReferences ?? [])
            states.Add((owner, await StateAsync(owner, resource.Metadata.Namespace ?? "", cancellationToken)));
        return states;
    }

    /// <summary>An owner of a kind that is not known here counts as solid: deleting for want of knowledge would be worse.</summary>
    private async Task<OwnerState> StateAsync(OwnerReference reference, string ns, CancellationToken cancellationToken)
    {
        if (graph.Locate(reference, ns) is not { } key || (key.Kind.Namespaced && ns.Length == 0))
            return OwnerState.Solid;
        var owner = graph.Find(key);
        if (owner?.Metadata.Uid != reference.Uid)
            owner = await client.GetAsync(key.Kind, key.Name, cancellationToken);
        if (owner?.Metadata.Uid != reference.Uid)
            return OwnerState.Absent;
        return owner.Metadata.DeletionTimestamp is not null && owner.Metadata.Finalizers?.Contains(Foreground) == true
            ? OwnerState.Waiting
            : OwnerState.Solid;
    }

    private async Task OrphanDependentsAsync(GraphKey key, DependentObject owner, CancellationToken cancellationToken)
    {
        foreach (var (dependentKey, dependent) in graph.Dependents(owner.Metadata.Uid!).ToList())
        {
            var others = dependent.Metadata.OwnerReferences!.Where(reference => reference.Uid != owner.Metadata.Uid);
            await client.MergePatchAsync(dependentKey.Kind, dependentKey.Name, Owners.Patch(dependent.Metadata, others), null, cancellationToken);
        }

        await DropFinalizerAsync(key, owner, Orphan, cancellationToken);
    }

    private async Task DeleteDependentsAsync(GraphKey key, DependentObject owner, CancellationToken cancellationToken)
    {
        var isBlocked = false;
        foreach (var (dependentKey, dependent) in graph.Dependents(owner.Metadata.Uid!).ToList())
        {
            isBlocked |= dependent.Metadata.OwnerReferences!.Any(reference => reference.Uid == owner.Metadata.Uid && reference.BlockOwnerDeletion == true);
            if (dependent.Metadata.DeletionTimestamp is null)
                await JudgeAsync(dependentKey, dependent, cancellationToken);
        }

        if (!isBlocked)
            await DropFinalizerAsync(key, owner, Foreground, cancellationToken);
    }

    private Task DropFinalizerAsync(GraphKey key, DependentObject owner, string dropped, CancellationToken cancellationToken) => client.MergePatchAsync(
        key.Kind,
        key.Name,
        Owners.PatchFinalizers(owner.Metadata, (owner.Metadata.Finalizers ?? []).Where(finalizer => finalizer != dropped)),
        null,
        cancellationToken);
}
