using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Fields of a StatefulSet that Kubernetes does not let change: they change by its deletion, without its pods, and re-creation.</summary>
internal static class SetReplacement
{
    /// <summary>Why the live set has to be replaced; null when it need not be.</summary>
    public static string? Because(StatefulSet live, StatefulSet desired)
    {
        var (present, wanted) = (live.Spec, desired.Spec);
        if (present is null || wanted is null)
            return null;
        if ((present.PodManagementPolicy ?? "OrderedReady") != (wanted.PodManagementPolicy ?? "OrderedReady"))
            return "the StatefulSet starts its pods one after the other, so that one broken pod would hold up the others";
        if (present.ServiceName != wanted.ServiceName)
            return "the StatefulSet names another Service";
        if (present.VolumeClaimTemplates is [{ Spec.DataSource: { } source }, ..])
            return $"the StatefulSet would make every new volume from {source.Kind} {source.Name}";
        var (size, wantedSize) = (ClaimSize(present), ClaimSize(wanted));
        return size is not null && wantedSize is not null && !size.Equals(wantedSize) ? $"new volumes are made with {wantedSize}" : null;
    }

    private static Api.Meta.Quantity? ClaimSize(StatefulSetSpec spec) =>
        spec.VolumeClaimTemplates is [var claim, ..] ? claim.Spec?.Resources?.Requests?.GetValueOrDefault("storage") : null;
}
