using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>
/// What is known of the objects of a kind, kept up to date by a watch. Objects are shared and must not be changed. Reads never wait
/// and never do I/O; they may lag behind the server by some milliseconds.
/// </summary>
public interface IObjectCache<T>
    where T : class, IKubernetesObject
{
    /// <summary>The kind of the objects.</summary>
    ResourceKind<T> Kind { get; }

    /// <summary>Whether the first list is in: before that, absence means nothing.</summary>
    bool HasSynced { get; }

    /// <summary>Completes when the first list is in.</summary>
    Task WaitForSyncAsync(CancellationToken cancellationToken);

    /// <summary>The object of that name, or null.</summary>
    T? Get(NamespacedName name);

    /// <summary>All objects, or those of one namespace; a snapshot in no particular order.</summary>
    IReadOnlyList<T> List(string? ns = null);

    /// <summary>Objects for which the index of that name (see <see cref="AddIndex"/>) yields <paramref name="value"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such index.</exception>
    IReadOnlyList<T> Lookup(string index, string value);

    /// <summary>
    /// Adds an index: the values by which an object can be looked up. A second index of the same name is ignored, so that each user
    /// of a shared cache may ask for what it needs.
    /// </summary>
    void AddIndex(string name, Func<T, IReadOnlyList<string>> values);

    /// <summary>
    /// Calls back for every change, in order for one object, beginning with all objects that are there already (as additions). The
    /// call-back must be quick and must not throw. Dispose the result to stop.
    /// </summary>
    IDisposable Subscribe(Action<CacheChange<T>> onChange);
}

/// <summary>A change in a cache: an addition has no <paramref name="Old"/>, a removal no <paramref name="New"/>.</summary>
public readonly record struct CacheChange<T>(T? Old, T? New)
    where T : class
{
    /// <summary>The newest state that is known.</summary>
    public T Current => New ?? Old!;
}
