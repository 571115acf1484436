using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>Claims as a StatefulSet makes them, and who owns them. Pure.</summary>
internal static class StatefulSetClaims
{
    private const string Delete = "Delete";

    /// <summary>The claims of a pod.</summary>
    public static IEnumerable<PersistentVolumeClaim> Render(StatefulSet set, string pod) =>
        (set.Spec?.VolumeClaimTemplates ?? []).Select(template => template with
        {
            ApiVersion = null,
            Kind = null,
            Status = null,
            Metadata = new ObjectMeta
            {
                Name = StatefulSetNames.Claim(template.Metadata.Name!, pod),
                Namespace = set.Metadata.Namespace,
                Labels = Merge(template.Metadata.Labels, set.Spec?.Selector?.MatchLabels),
                Annotations = template.Metadata.Annotations,
            },
        });

    /// <summary>Names of the claims of a pod.</summary>
    public static IEnumerable<string> Names(StatefulSet set, string pod) =>
        (set.Spec?.VolumeClaimTemplates ?? []).Select(template => StatefulSetNames.Claim(template.Metadata.Name!, pod));

    /// <summary>
    /// The owners that the retention policy wants for the claim of a pod, or null when it has them. A claim that goes with the set belongs
    /// to the set; one that goes when the set shrinks belongs to the pod from then on.
    /// </summary>
    /// <param name="set">The set.</param>
    /// <param name="claim">The claim as it is.</param>
    /// <param name="pod">The pod; null when it does not exist.</param>
    /// <param name="isCondemned">Whether the pod goes because the set shrinks.</param>
    public static IReadOnlyList<OwnerReference>? NewOwners(StatefulSet set, PersistentVolumeClaim claim, Pod? pod, bool isCondemned)
    {
        var policy = set.Spec?.PersistentVolumeClaimRetentionPolicy;
        OwnerReference? wanted = null;
        if (isCondemned && policy?.WhenScaled == Delete)
            wanted = pod is null ? null : Owners.Controlling(BuiltInKinds.Pod, pod) with { BlockOwnerDeletion = null };
        else if (policy?.WhenDeleted == Delete)
            wanted = Owners.Controlling(BuiltInKinds.StatefulSet, set);
        var present = claim.Metadata.OwnerReferences ?? [];
        var foreign = present.Where(owner => !IsOurs(owner, set, claim)).ToList();
        if (wanted is not null && foreign.Exists(static owner => owner.Controller == true))
            return null;
        List<OwnerReference> next = wanted is null ? foreign : [.. foreign, wanted];
        return next.Select(static owner => owner.Uid).ToHashSet().SetEquals(present.Select(static owner => owner.Uid)) ? null : next;
    }

    /// <summary>Whether this set or the pod that uses the claim is the owner.</summary>
    private static bool IsOurs(OwnerReference owner, StatefulSet set, PersistentVolumeClaim claim) => owner.Kind switch
    {
        "StatefulSet" => owner.Name == set.Metadata.Name,
        "Pod" => claim.Metadata.Name!.EndsWith("-" + owner.Name, StringComparison.Ordinal),
        _ => false,
    };

    private static Dictionary<string, string>? Merge(Dictionary<string, string>? labels, Dictionary<string, string>? selected)
    {
        if (labels is null && selected is null)
            return null;
        var merged = new Dictionary<string, string>(labels ?? []);
        foreach (var (name, value) in selected ?? [])
            merged[name] = value;
        return merged;
    }
}
