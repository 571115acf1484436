using System.Globalization;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>The names by which a StatefulSet knows its pods and claims.</summary>
internal static class StatefulSetNames
{
    public const string RevisionLabel = "controller-revision-hash";
    public const string PodNameLabel = "statefulset.kubernetes.io/pod-name";
    public const string PodIndexLabel = "apps.kubernetes.io/pod-index";

    /// <summary>Name of the pod with that number.</summary>
    public static string Pod(string set, int ordinal) => $"{set}-{ordinal.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Name of the claim of a pod.</summary>
    public static string Claim(string template, string pod) => $"{template}-{pod}";

    /// <summary>Set and number that the name of a pod tells; null when it tells none.</summary>
    public static (string Set, int Ordinal)? Parse(string? pod)
    {
        var dash = pod?.LastIndexOf('-') ?? -1;
        return dash > 0 && int.TryParse(pod.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? (pod![..dash], ordinal)
            : null;
    }

    /// <summary>Revision that the pod was made from; empty when unknown.</summary>
    public static string RevisionOf(Pod pod) => pod.Metadata.Labels?.GetValueOrDefault(RevisionLabel) ?? "";

    /// <summary>First number of the set's pods.</summary>
    public static int Start(StatefulSet set) => set.Spec?.Ordinals?.Start ?? 0;

    /// <summary>How many pods the set wants.</summary>
    public static int Replicas(StatefulSet set) => set.Spec?.Replicas ?? 1;
}
