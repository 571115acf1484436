using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Storage;

/// <summary>What a claim and its volume look like in each phase. Pure.</summary>
internal static class Volumes
{
    /// <summary>Who provides the sandbox's volumes.</summary>
    public const string Provisioner = "sandbox.doltdb.com/directory";

    /// <summary>Holds a claim while pods use it.</summary>
    public const string ClaimProtection = "kubernetes.io/pvc-protection";

    /// <summary>Holds a volume while a claim is bound to it.</summary>
    public const string VolumeProtection = "kubernetes.io/pv-protection";

    /// <summary>Marks the class of claims that name none.</summary>
    public const string DefaultClass = "storageclass.kubernetes.io/is-default-class";

    private const string StorageKey = "storage";

    /// <summary>The size that the claim asks for.</summary>
    public static Quantity? Requested(PersistentVolumeClaim claim) => claim.Spec?.Resources?.Requests?.GetValueOrDefault(StorageKey);

    /// <summary>Whether claims that name no class get this one.</summary>
    public static bool IsDefault(StorageClass storageClass) => storageClass.Metadata.Annotations?.GetValueOrDefault(DefaultClass) == "true";

    /// <summary>The patch that gives a class to a claim from before there was a default one, as Kubernetes does since 1.28.</summary>
    public static JsonObject InClass(PersistentVolumeClaim claim, StorageClass storageClass) => new()
    {
        ["metadata"] = new JsonObject { ["uid"] = claim.Metadata.Uid },
        ["spec"] = new JsonObject { ["storageClassName"] = storageClass.Metadata.Name },
    };

    /// <summary>Whether the claim waits for a volume that this class makes.</summary>
    public static bool IsDue(PersistentVolumeClaim claim, StorageClass storageClass, bool isUsed) =>
        claim.Metadata.DeletionTimestamp is null
        && claim.Status?.Phase is null or "Pending"
        && (isUsed || storageClass.VolumeBindingMode != "WaitForFirstConsumer");

    /// <summary>Whether a bound claim asks for more than it has.</summary>
    public static bool IsOutgrown(PersistentVolumeClaim claim) =>
        claim.Status?.Phase == "Bound"
        && Requested(claim) is { } requested
        && (claim.Status.Capacity?.GetValueOrDefault(StorageKey) is not { } capacity || requested > capacity);

    /// <summary>Name of the volume made for the claim.</summary>
    public static string NameFor(PersistentVolumeClaim claim) => "pvc-" + claim.Metadata.Uid;

    /// <summary>The volume made for the claim.</summary>
    public static PersistentVolume Render(PersistentVolumeClaim claim, StorageClass storageClass) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = NameFor(claim),
            Annotations = new() { ["pv.kubernetes.io/provisioned-by"] = storageClass.Provisioner ?? Provisioner },
        },
        Spec = new PersistentVolumeSpec
        {
            Capacity = Capacity(claim),
            AccessModes = claim.Spec?.AccessModes,
            ClaimRef = BuiltInKinds.PersistentVolumeClaim.ReferenceTo(claim),
            PersistentVolumeReclaimPolicy = storageClass.ReclaimPolicy ?? "Delete",
            StorageClassName = storageClass.Metadata.Name,
            VolumeMode = claim.Spec?.VolumeMode,
            Csi = Source(storageClass.Provisioner ?? Provisioner, claim.Metadata.Uid!),
        },
    };

    /// <summary>The status of the claim once its volume is there and as large as asked.</summary>
    public static PersistentVolumeClaimStatus Bound(PersistentVolumeClaim claim) => (claim.Status ?? new PersistentVolumeClaimStatus()) with
    {
        Phase = "Bound",
        AccessModes = claim.Spec?.AccessModes,
        Capacity = Capacity(claim),
        Conditions = null,
    };

    /// <summary>The patch that gives a volume the size that its claim asks for.</summary>
    public static JsonObject Enlarge(PersistentVolumeClaim claim) => new()
    {
        ["spec"] = new JsonObject { ["capacity"] = new JsonObject { [StorageKey] = Requested(claim)!.Text } },
    };

    /// <summary>Names of the claims that the pod mounts.</summary>
    public static IEnumerable<NamespacedName> ClaimsOf(Pod pod) =>
        (pod.Spec?.Volumes ?? [])
            .Where(static volume => volume.PersistentVolumeClaim is not null)
            .Select(volume => new NamespacedName(pod.Metadata.Namespace ?? "", volume.PersistentVolumeClaim!.ClaimName));

    private static Dictionary<string, Quantity>? Capacity(PersistentVolumeClaim claim) =>
        Requested(claim) is { } requested ? new() { [StorageKey] = requested } : null;

    private static JsonElement Source(string driver, string handle)
    {
        using var document = JsonDocument.Parse(new JsonObject { ["driver"] = driver, ["volumeHandle"] = handle }.ToJsonString());
        return document.RootElement.Clone();
    }
}
