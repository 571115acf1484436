using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>Indexes and look-ups that most kinds can use.</summary>
public static class CacheIndexes
{
    /// <summary>Name of the index by the uid of the controlling owner.</summary>
    public const string ControllerUid = "controllerUid";

    /// <summary>Adds the index by the uid of the controlling owner.</summary>
    public static IObjectCache<T> WithControllerIndex<T>(this IObjectCache<T> cache)
        where T : class, IKubernetesObject
    {
        cache.AddIndex(ControllerUid, static resource => resource.Metadata.Controller() is { } owner ? [owner.Uid] : []);
        return cache;
    }

    /// <summary>Adds the index by the value of a label; look it up by <c>label:KEY</c> or with <see cref="ByLabel"/>.</summary>
    public static IObjectCache<T> WithLabelIndex<T>(this IObjectCache<T> cache, string label)
        where T : class, IKubernetesObject
    {
        cache.AddIndex(LabelIndex(label), resource => resource.Metadata.Labels?.GetValueOrDefault(label) is { } value ? [value] : []);
        return cache;
    }

    /// <summary>Objects that the given uid controls; needs <see cref="WithControllerIndex"/>.</summary>
    public static IReadOnlyList<T> ControlledBy<T>(this IObjectCache<T> cache, string uid)
        where T : class, IKubernetesObject => cache.Lookup(ControllerUid, uid);

    /// <summary>Objects with that value of the label, in any namespace; needs <see cref="WithLabelIndex"/>.</summary>
    public static IReadOnlyList<T> ByLabel<T>(this IObjectCache<T> cache, string label, string value)
        where T : class, IKubernetesObject => cache.Lookup(LabelIndex(label), value);

    /// <summary>The owner that manages the object, or null.</summary>
    public static OwnerReference? Controller(this ObjectMeta metadata)
    {
        if (metadata.OwnerReferences is not { } owners)
            return null;
        foreach (var owner in owners)
        {
            if (owner.Controller == true)
                return owner;
        }

        return null;
    }

    private static string LabelIndex(string label) => "label:" + label;
}
