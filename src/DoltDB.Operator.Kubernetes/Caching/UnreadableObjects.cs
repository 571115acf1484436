using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>
/// Objects that the server keeps and that lack the shape of their kind. The cache goes on with the last state that could be read, if it saw
/// one of the same incarnation, under the metadata of now: a deletion is still seen. Each version is told of once.
/// </summary>
internal sealed class UnreadableObjects<T>(ObjectStore<T> store, KubernetesMetrics metrics, ILogger logger)
    where T : class, IKubernetesObject
{
    private readonly Dictionary<NamespacedName, string> told = [];

    /// <summary>What a fresh list comes to: what was read, and the last good states of what was not.</summary>
    public IReadOnlyCollection<T> Complete(IReadOnlyCollection<T> items, IReadOnlyList<UnreadableObject> unreadable)
    {
        foreach (var name in told.Keys.Except(unreadable.Select(Name)).ToArray())
            told.Remove(name);
        return unreadable.Count == 0 ? items : [.. items, .. unreadable.Select(Accept).OfType<T>()];
    }

    /// <summary>Tells of the object; its last good state, or null when there is none.</summary>
    public T? Accept(UnreadableObject unreadable)
    {
        var (metadata, name) = (unreadable.Metadata, Name(unreadable));
        var last = store.Get(name) is { } known && known.Metadata.Uid == metadata.Uid ? known : null;
        if (told.GetValueOrDefault(name) != metadata.ResourceVersion)
        {
            told[name] = metadata.ResourceVersion!;
            metrics.ObjectUnreadable(store.Kind.Kind);
            Log.ObjectUnreadable(logger, store.Kind.Kind, name.ToString(), metadata.ResourceVersion!, last is null ? "ignored" : "left as it was last", unreadable.Problem);
        }

        // The generation stays that of the state: nobody may say that the later one was observed.
        return last is KubernetesObject state ? (T)(object)(state with { Metadata = metadata with { Generation = state.Metadata.Generation } }) : null;
    }

    /// <summary>The object can be read again, or is gone.</summary>
    public void Forget(NamespacedName name) => told.Remove(name);

    /// <summary>The object's name.</summary>
    public static NamespacedName Name(UnreadableObject unreadable) => new(unreadable.Metadata.Namespace ?? "", unreadable.Metadata.Name!);
}
