using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>The volumes: their wanted size, and what is left to do until they have it.</summary>
/// <param name="Size">Size of new claims: the spec's, or the present one when the spec asks for less.</param>
/// <param name="StorageClassName">Class of new claims: that of the live set once there is one.</param>
/// <param name="ToGrow">Claims that ask for less than the size.</param>
/// <param name="Waiting">Claims that ask for it, do not have it yet, and are being resized or may be soon.</param>
/// <param name="Problems">What the spec asks for and cannot be.</param>
internal sealed record StorageState(
    Quantity Size, string? StorageClassName, ImmutableArray<string> ToGrow, ImmutableArray<string> Waiting, ImmutableArray<string> Problems)
{
    /// <summary>Whether the class refuses to grow the volumes.</summary>
    public bool CannotExpand { get; init; }

    /// <summary>Claims that are smaller and stay so, because the spec says that volumes in use do not grow.</summary>
    public ImmutableArray<string> Staying { get; init; } = [];

    /// <summary>Claims whose growth the API server refused, and why: each is asked for again now and then.</summary>
    public ImmutableSortedDictionary<string, string> Refused { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether volumes are growing, or are about to.</summary>
    public bool IsUnderWay => !CannotExpand && (Waiting.Length > 0 || ToGrow.Any(claim => !Refused.ContainsKey(claim)));
}

/// <summary>Growth of volumes. They never shrink and never change their class; nothing else waits for them.</summary>
internal static class StorageRules
{
    /// <summary>How long a resizer may take to say that it has begun.</summary>
    private static readonly TimeSpan ResizerPatience = TimeSpan.FromSeconds(30);

    /// <summary>The state of the volumes.</summary>
    public static StorageState Decide(ClusterFacts facts)
    {
        var template = facts.Set?.Spec?.VolumeClaimTemplates is [var first, ..] ? first : null;
        var wanted = facts.Spec.StorageSize();
        var problems = new List<string>();
        var present = template is null ? null : Request(template);
        var size = wanted;
        if (present is not null && wanted < present)
        {
            problems.Add($"spec.storage.size: volumes cannot shrink from {present} to {wanted}");
            size = present;
        }

        var storageClass = facts.Spec.Storage?.StorageClassName;
        if (template is not null && storageClass != template.Spec?.StorageClassName)
        {
            if (storageClass is not null)
                problems.Add($"spec.storage.storageClassName: volumes exist in class {template.Spec?.StorageClassName ?? "(default)"} and cannot change to {storageClass}");
            storageClass = template.Spec?.StorageClassName;
        }

        if (NotRestored(facts) is { } notRestored)
            problems.Add(notRestored);
        var smaller = facts.Claims.Where(claim => Request(claim) is { } request && request < size).ToList();
        var small = facts.Spec.ResizesInUseVolumes() ? smaller : [];
        var waiting = facts.Spec.WaitsForVolumeResize() && facts.Spec.ResizesInUseVolumes()
            ? facts.Claims.Where(claim => Request(claim) is { } request && request >= size && Capacity(claim) is { } capacity && capacity < size)
                .Where(claim => IsResizing(claim) || MayBeginToResize(facts)).Select(Name).ToImmutableArray()
            : [];
        var refused = small.Where(claim => RefusalOf(facts, claim, size) is not null).ToImmutableSortedDictionary(Name, claim => RefusalOf(facts, claim, size)!.Because, StringComparer.Ordinal);
        var grow = small.Where(claim => RefusalOf(facts, claim, size) is not { Rests: true }).Select(Name).ToImmutableArray();
        var cannotExpand = small.Count > 0 && facts.CanExpandVolumes == false;

        // A set whose new volumes are larger than its old ones would only look as if they had grown.
        return new StorageState(cannotExpand && present is not null ? present : size, storageClass, grow, waiting, [.. problems])
        {
            CannotExpand = cannotExpand,
            Staying = [.. smaller.Except(small).Select(Name)],
            Refused = refused,
        };
    }

    private static Refusal? RefusalOf(ClusterFacts facts, PersistentVolumeClaim claim, Quantity size) => facts.Refusals.GetValueOrDefault(Refusals.OfClaim(claim, size));

    /// <summary>A volume is made from a snapshot or it is not: naming another one later restores nothing.</summary>
    private static string? NotRestored(ClusterFacts facts)
    {
        if (facts.Spec.Storage?.VolumeSnapshot is not { Length: > 0 } snapshot || facts.Claims.FirstOrDefault(claim => Name(claim) == ClusterNames.Claim(facts.Name, 0)) is not { } first)
            return null;
        return first.Spec?.DataSource?.Name == snapshot ? null : $"spec.storage.volumeSnapshot: {Name(first)} exists and was not made from {snapshot}; only a cluster without volumes begins from a snapshot";
    }

    private static bool IsResizing(PersistentVolumeClaim claim) =>
        claim.Status?.Conditions?.Any(static condition => condition is { Type: "Resizing" or "FileSystemResizePending", Status: "True" }) == true;

    /// <summary>Classes such as local-path take a larger request and have nobody who carries it out: after a while without a sign nobody waits for that.</summary>
    private static bool MayBeginToResize(ClusterFacts facts) =>
        facts.Status.Conditions.Find(ClusterConditions.StorageResized) is { Status: Conditions.False, LastTransitionTime: { } began } && facts.Now - began < ResizerPatience;

    private static string Name(PersistentVolumeClaim claim) => claim.Metadata.Name ?? "";

    private static Quantity? Request(PersistentVolumeClaim claim) => claim.Spec?.Resources?.Requests?.GetValueOrDefault("storage");

    private static Quantity? Capacity(PersistentVolumeClaim claim) => claim.Status?.Capacity?.GetValueOrDefault("storage");
}
