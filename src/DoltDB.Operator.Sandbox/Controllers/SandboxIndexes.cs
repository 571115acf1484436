using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>Indexes that keep passes from looking at everything.</summary>
internal static class SandboxIndexes
{
    private const string Orphans = "orphans";
    private const string Claims = "claims";
    private const string LabelPairs = "labelPairs";
    private const string Selectors = "selectors";

    /// <summary>Adds the index of objects that nothing controls, by namespace.</summary>
    public static IObjectCache<T> WithOrphanIndex<T>(this IObjectCache<T> cache)
        where T : class, IKubernetesObject
    {
        cache.AddIndex(Orphans, static resource => resource.Metadata.Controller() is null ? [resource.Metadata.Namespace ?? ""] : []);
        return cache;
    }

    /// <summary>Objects of the namespace that nothing controls; needs <see cref="WithOrphanIndex"/>.</summary>
    public static IReadOnlyList<T> OrphansIn<T>(this IObjectCache<T> cache, string ns)
        where T : class, IKubernetesObject => cache.Lookup(Orphans, ns);

    /// <summary>Adds the index of pods by the claims that they mount.</summary>
    public static IObjectCache<Pod> WithClaimIndex(this IObjectCache<Pod> cache)
    {
        cache.AddIndex(Claims, static pod => [.. Storage.Volumes.ClaimsOf(pod).Select(static claim => claim.ToString())]);
        return cache;
    }

    /// <summary>Pods that mount the claim; needs <see cref="WithClaimIndex"/>.</summary>
    public static IReadOnlyList<Pod> UsersOf(this IObjectCache<Pod> cache, NamespacedName claim) => cache.Lookup(Claims, claim.ToString());

    /// <summary>Adds the index of pods by each of their labels.</summary>
    public static IObjectCache<Pod> WithLabelPairIndex(this IObjectCache<Pod> cache)
    {
        cache.AddIndex(LabelPairs, static pod => [.. Pairs(pod.Metadata.Namespace, pod.Metadata.Labels)]);
        return cache;
    }

    /// <summary>Pods of the namespace that have all the labels, of which there must be one; needs <see cref="WithLabelPairIndex"/>.</summary>
    public static IReadOnlyList<Pod> WithLabels(this IObjectCache<Pod> cache, string ns, IReadOnlyDictionary<string, string> labels)
    {
        var fewest = Pairs(ns, labels).Select(pair => cache.Lookup(LabelPairs, pair)).MinBy(static found => found.Count) ?? [];
        return [.. fewest.Where(pod => LabelSelectors.Contains(pod.Metadata.Labels, labels))];
    }

    /// <summary>Adds the index of objects that select pods, by one of the labels that they want.</summary>
    public static IObjectCache<T> WithSelectorIndex<T>(this IObjectCache<T> cache, Func<T, IReadOnlyDictionary<string, string>?> wanted)
        where T : class, IKubernetesObject
    {
        cache.AddIndex(Selectors, resource => wanted(resource) is { Count: > 0 } labels
            ? [Pairs(resource.Metadata.Namespace, labels).Max(StringComparer.Ordinal)!]
            : [resource.Metadata.Namespace ?? ""]);
        return cache;
    }

    /// <summary>Objects that may select pods of the namespace with these labels: all that do are among them; needs <see cref="WithSelectorIndex"/>.</summary>
    public static IEnumerable<T> MaySelect<T>(this IObjectCache<T> cache, string? ns, IReadOnlyDictionary<string, string>? labels)
        where T : class, IKubernetesObject => Pairs(ns, labels).Append(ns ?? "").SelectMany(pair => cache.Lookup(Selectors, pair));

    private static IEnumerable<string> Pairs(string? ns, IReadOnlyDictionary<string, string>? labels) =>
        (labels ?? new Dictionary<string, string>()).Select(label => $"{ns}/{label.Key}={label.Value}");
}
