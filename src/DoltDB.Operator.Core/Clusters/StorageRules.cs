using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>The volumes: their wanted size, and what is left to do until they have it.</summary>
/// <param name="Wanted">What claims are to ask for: the spec's size, or what the volumes have when the spec asks for less.</param>
/// <param name="StorageClassName">Class of new claims: that of the live set once there is one.</param>
/// <param name="ToGrow">Claims that ask for less than is wanted.</param>
/// <param name="Waiting">Claims that ask for it, do not have it yet, and are being resized or may be soon.</param>
/// <param name="Problems">What the spec asks for and cannot be.</param>
internal sealed record StorageState(
    Quantity Wanted, string? StorageClassName, ImmutableArray<string> ToGrow, ImmutableArray<string> Waiting, ImmutableArray<string> Problems)
{
    /// <summary>Size of new claims: what is wanted, or the present one while volumes cannot grow to that.</summary>
    public required Quantity Size { get; init; }

    /// <summary>Whether the class refuses to grow the volumes.</summary>
    public bool CannotExpand { get; init; }

    /// <summary>Claims that are smaller and stay so, because the spec says that volumes in use do not grow.</summary>
    public ImmutableArray<string> Staying { get; init; } = [];

    /// <summary>Claims whose growth the API server refused, and why: each is asked for again now and then.</summary>
    public ImmutableSortedDictionary<string, string> Refused { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Claims that ask for more than is wanted and have not got it: a growth that is taken back.</summary>
    public ImmutableArray<string> ToTakeBack { get; init; } = [];

    /// <summary>Claims whose growth the API server did not let be taken back, and why: each is asked for again now and then.</summary>
    public ImmutableSortedDictionary<string, string> NotTakenBack { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether volumes are growing, or are about to.</summary>
    public bool IsUnderWay => !CannotExpand && (Waiting.Length > 0 || ToGrow.Any(claim => !Refused.ContainsKey(claim)));
}

/// <summary>
/// Growth of volumes. They never shrink and never change their class; nothing else waits for them. A growth that never comes, a typing error of a size for example,
/// can be taken back to anything that is more than the volumes have.
/// </summary>
internal static class StorageRules
{
    /// <summary>How long a resizer may take to say that it has begun.</summary>
    private static readonly TimeSpan ResizerPatience = TimeSpan.FromSeconds(30);

    /// <summary>The state of the volumes.</summary>
    public static StorageState Decide(ClusterFacts facts)
    {
        var template = facts.Set?.Spec?.VolumeClaimTemplates is [var first, ..] ? first : null;
        var problems = new List<string>();
        var wanted = Wanted(facts, template, problems);
        var storageClass = StorageClass(facts, template, problems);
        if (NotRestored(facts) is { } notRestored)
            problems.Add(notRestored);

        var resizes = facts.Spec.ResizesInUseVolumes();
        var smaller = facts.Claims.Where(claim => Request(claim) is { } request && request < wanted).ToList();
        var small = resizes ? smaller : [];
        var excessive = resizes ? facts.Claims.Where(claim => Request(claim) is { } request && request > wanted && Capacity(claim) is { } capacity && capacity <= wanted).ToList() : [];
        var waiting = facts.Spec.WaitsForVolumeResize() && resizes
            ? facts.Claims.Where(claim => Request(claim) is { } request && request >= wanted && Capacity(claim) is { } capacity && capacity < wanted)
                .Where(claim => IsResizing(claim) || MayBeginToResize(facts)).Select(Name).ToImmutableArray()
            : [];
        var refused = Refused(facts, small, wanted, static (_, because) => because);
        var cannotExpand = small.Count > 0 && facts.CanExpandVolumes == false;
        return new StorageState(wanted, storageClass, Due(facts, small, wanted), waiting, [.. problems])
        {
            // A set whose new volumes are larger than its old ones would only look as if they had grown, and going back would look like shrinking.
            Size = cannotExpand || !refused.IsEmpty ? Present(template, small) ?? wanted : wanted,
            CannotExpand = cannotExpand,
            Staying = [.. smaller.Except(small).Select(Name)],
            Refused = refused,
            ToTakeBack = Due(facts, excessive, wanted),
            NotTakenBack = Refused(facts, excessive, wanted, (claim, because) => Capacity(claim)! < wanted
                ? because
                : $"{because} (it has {Capacity(claim)}, and Kubernetes takes back only what leaves more than that: spec.storage.size may be a little larger)"),
        };
    }

    /// <summary>
    /// The wanted size. Volumes do not shrink below what they have; what they were only asked for is no limit, and neither is what a provisioner gave them beyond that.
    /// </summary>
    private static Quantity Wanted(ClusterFacts facts, PersistentVolumeClaim? template, List<string> problems)
    {
        var wanted = facts.Spec.StorageSize();
        if (template is null || Request(template) is not { } present)
            return wanted;
        var least = facts.Claims.Max(Capacity) is { } largest && largest < present ? largest : present;
        if (!(wanted < least))
            return wanted;
        problems.Add($"spec.storage.size: volumes cannot shrink from {least} to {wanted}");
        return least;
    }

    /// <summary>The class of new claims. A spec that names none any more asks for the default class, and where that is another one, volumes would have to change.</summary>
    private static string? StorageClass(ClusterFacts facts, PersistentVolumeClaim? template, List<string> problems)
    {
        var wanted = facts.Spec.Storage?.StorageClassName;
        if (template is null || wanted == template.Spec?.StorageClassName)
            return wanted;
        var present = template.Spec?.StorageClassName;
        if (wanted is not null || present != facts.DefaultStorageClass)
            problems.Add($"spec.storage.storageClassName: volumes exist in class {present ?? "(default)"} and cannot change to {wanted ?? "(default)"}");
        return present;
    }

    /// <summary>The size that volumes are made with; while there is no set, that of the claims that cannot grow.</summary>
    private static Quantity? Present(PersistentVolumeClaim? template, List<PersistentVolumeClaim> small) => template is not null ? Request(template) : small.Min(Request);

    /// <summary>Those of the claims that are to be asked for the size now.</summary>
    private static ImmutableArray<string> Due(ClusterFacts facts, List<PersistentVolumeClaim> claims, Quantity size) =>
        [.. claims.Where(claim => RefusalOf(facts, claim, size) is not { Rests: true }).Select(Name)];

    private static ImmutableSortedDictionary<string, string> Refused(
        ClusterFacts facts, List<PersistentVolumeClaim> claims, Quantity size, Func<PersistentVolumeClaim, string, string> because) => claims
        .Where(claim => RefusalOf(facts, claim, size) is not null)
        .ToImmutableSortedDictionary(Name, claim => because(claim, RefusalOf(facts, claim, size)!.Because), StringComparer.Ordinal);

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
