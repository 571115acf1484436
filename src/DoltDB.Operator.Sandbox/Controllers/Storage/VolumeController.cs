using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Storage;

/// <summary>Gives claims their volumes, enlarges them, and lets claims and volumes go when nobody uses them.</summary>
internal sealed class VolumeController : IReconciler
{
    private const string VolumesByClaim = "claimRef";

    /// <summary>How often a claim without a volume is looked at, whatever is heard of it.</summary>
    private static readonly TimeSpan UnboundInterval = TimeSpan.FromSeconds(1);

    private readonly ControllerContext context;
    private readonly IObjectCache<PersistentVolumeClaim> claims;
    private readonly IObjectCache<PersistentVolume> volumes;
    private readonly IObjectCache<StorageClass> classes;
    private readonly IObjectCache<Pod> pods;
    private readonly ActedVersions acted = new();

    public VolumeController(ControllerContext context)
    {
        this.context = context;
        claims = context.Caches.Get(BuiltInKinds.PersistentVolumeClaim);
        volumes = context.Caches.Get(BuiltInKinds.PersistentVolume);
        classes = context.Caches.Get(BuiltInKinds.StorageClass);
        pods = context.Caches.Get(BuiltInKinds.Pod).WithClaimIndex();
        volumes.AddIndex(VolumesByClaim, static volume => ClaimOf(volume) is { } claim ? [claim.ToString()] : []);
    }

    public static IController Create(ControllerContext context)
    {
        var controller = new VolumeController(context);
        return new Controller<PersistentVolumeClaim>(ControllerContext.Options("volumes"), controller.claims, controller, context.Services)
            .Watches(controller.volumes, static volume => ClaimOf(volume) is { } claim ? [claim] : [])
            .Watches(controller.classes, controller.UnboundOf, static change => change.Old is null)
            .Watches(controller.pods, static pod => Volumes.ClaimsOf(pod), IsUseChanged);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        var claim = claims.Get(key);
        foreach (var volume in volumes.Lookup(VolumesByClaim, key.ToString()))
        {
            if (volume.Spec!.ClaimRef!.Uid != claim?.Metadata.Uid)
                await ReclaimAsync(volume, cancellationToken);
        }

        if (claim is null)
        {
            acted.Forget(key);
            return ReconcileResult.Done;
        }

        if (claim.Metadata.DeletionTimestamp is not null)
        {
            await ReleaseAsync(claim, IsUsed(key), cancellationToken);
            return ReconcileResult.Done;
        }

        if (claim.Status?.Phase == "Bound")
        {
            if (Volumes.IsOutgrown(claim) && !acted.Contains(claim))
            {
                await EnlargeAsync(claim, cancellationToken);
                acted.Add(claim);
            }

            return ReconcileResult.Done;
        }

        await ProvideAsync(claim, IsUsed(key), cancellationToken);
        return ReconcileResult.After(UnboundInterval);
    }

    /// <summary>One step to the volume of a claim. It can be repeated: no claim waits for ever for what was not heard or what a cache did not show yet.</summary>
    private async Task ProvideAsync(PersistentVolumeClaim claim, bool isUsed, CancellationToken cancellationToken)
    {
        if (claim.Spec?.StorageClassName is null)
        {
            if (classes.List().FirstOrDefault(Volumes.IsDefault) is { } standard)
                await context.Client.MergePatchAsync(BuiltInKinds.PersistentVolumeClaim, NamespacedName.Of(claim), Volumes.InClass(claim, standard), null, cancellationToken);
        }
        else if (classes.Get(new NamespacedName("", claim.Spec.StorageClassName)) is { } storageClass && Volumes.IsDue(claim, storageClass, isUsed))
        {
            await BindAsync(claim, storageClass, cancellationToken);
        }
    }

    private bool IsUsed(NamespacedName claim) => pods.UsersOf(claim).Any(static pod => !pod.IsFinished());

    private static NamespacedName? ClaimOf(PersistentVolume volume) =>
        volume.Spec?.ClaimRef is { Name: { } name } claim ? new NamespacedName(claim.Namespace ?? "", name) : null;

    /// <summary>Only whether a pod uses its claims matters, not how the pod is.</summary>
    private static bool IsUseChanged(CacheChange<Pod> change) =>
        change.Old is null || change.New is null || change.Old.IsFinished() != change.New.IsFinished();

    private IEnumerable<NamespacedName> UnboundOf(StorageClass storageClass) => claims.List()
        .Where(claim => claim.Status?.Phase != "Bound" && (claim.Spec?.StorageClassName ?? storageClass.Metadata.Name) == storageClass.Metadata.Name)
        .Select(static claim => NamespacedName.Of(claim));

    private async Task BindAsync(PersistentVolumeClaim claim, StorageClass storageClass, CancellationToken cancellationToken)
    {
        var name = new NamespacedName("", Volumes.NameFor(claim));
        if (volumes.Get(name) is null)
            await CreateVolumeAsync(Volumes.Render(claim, storageClass), cancellationToken);
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["uid"] = claim.Metadata.Uid,
                ["annotations"] = new JsonObject
                {
                    ["pv.kubernetes.io/bind-completed"] = "yes",
                    ["pv.kubernetes.io/bound-by-controller"] = "yes",
                    ["volume.kubernetes.io/storage-provisioner"] = storageClass.Provisioner,
                },
            },
            ["spec"] = new JsonObject { ["volumeName"] = name.Name },
        };
        var bound = await context.Client.MergePatchAsync(BuiltInKinds.PersistentVolumeClaim, NamespacedName.Of(claim), patch, null, cancellationToken);
        await context.Client.ReplaceAsync(BuiltInKinds.PersistentVolumeClaim, bound with { Status = Volumes.Bound(bound) }, "status", cancellationToken);
        await SetPhaseAsync(name, "Bound", cancellationToken);
    }

    private async Task CreateVolumeAsync(PersistentVolume volume, CancellationToken cancellationToken)
    {
        try
        {
            await context.Client.CreateAsync(BuiltInKinds.PersistentVolume, volume, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            // Made by an earlier pass; its name holds the claim's uid.
        }
    }

    private async Task EnlargeAsync(PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Spec?.VolumeName is { Length: > 0 } volume)
            await context.Client.MergePatchAsync(BuiltInKinds.PersistentVolume, new NamespacedName("", volume), Volumes.Enlarge(claim), null, cancellationToken);
        await context.Client.ReplaceAsync(BuiltInKinds.PersistentVolumeClaim, claim with { Status = Volumes.Bound(claim) }, "status", cancellationToken);
    }

    /// <summary>Lets a claim go that is to be deleted, once no pod uses it.</summary>
    private async Task ReleaseAsync(PersistentVolumeClaim claim, bool isUsed, CancellationToken cancellationToken)
    {
        var finalizers = claim.Metadata.Finalizers ?? [];
        if (isUsed || !finalizers.Contains(Volumes.ClaimProtection))
            return;
        var patch = Owners.PatchFinalizers(claim.Metadata, finalizers.Where(static finalizer => finalizer != Volumes.ClaimProtection));
        await context.Client.MergePatchAsync(BuiltInKinds.PersistentVolumeClaim, NamespacedName.Of(claim), patch, null, cancellationToken);
    }

    /// <summary>Deletes the volume of a claim that is gone, or keeps it when it must be retained.</summary>
    private async Task ReclaimAsync(PersistentVolume volume, CancellationToken cancellationToken)
    {
        var name = NamespacedName.Of(volume);
        if (volume.Spec?.PersistentVolumeReclaimPolicy == "Retain")
        {
            if (volume.Status?.Phase != "Released")
                await SetPhaseAsync(name, "Released", cancellationToken);
            return;
        }

        await context.Client.DeleteAsync(BuiltInKinds.PersistentVolume, name, new DeleteOptions { Uid = volume.Metadata.Uid }, cancellationToken);
        if (await context.Client.GetAsync(BuiltInKinds.PersistentVolume, name, cancellationToken) is not { } fresh)
            return;
        var patch = Owners.PatchFinalizers(fresh.Metadata, (fresh.Metadata.Finalizers ?? []).Where(static f => f != Volumes.VolumeProtection));
        await context.Client.MergePatchAsync(BuiltInKinds.PersistentVolume, name, patch, null, cancellationToken);
    }

    private Task SetPhaseAsync(NamespacedName volume, string phase, CancellationToken cancellationToken) => context.Client.MergePatchAsync(
        BuiltInKinds.PersistentVolume, volume, new JsonObject { ["status"] = new JsonObject { ["phase"] = phase } }, "status", cancellationToken);
}
