using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>
/// What this program needs from a Kubernetes API server, narrow enough to be served by another client library.
/// Every call has a deadline; every failure answer throws <see cref="KubernetesException"/>; a broken connection throws
/// <see cref="HttpRequestException"/>, a passed deadline <see cref="TimeoutException"/>.
/// </summary>
public interface IKubernetesClient
{
    /// <summary>One object, or null when there is none of that name.</summary>
    Task<T?> GetAsync<T>(ResourceKind<T> kind, NamespacedName name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>All objects that match, read page by page, with the resource version from which a watch goes on.</summary>
    Task<ObjectList<T>> ListAsync<T>(ResourceKind<T> kind, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>
    /// Events after <see cref="WatchOptions.ResourceVersion"/> until the server or the idle deadline ends the stream. An expired
    /// version throws <see cref="KubernetesException"/> with code 410.
    /// </summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceKind<T> kind, WatchOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Creates the object and returns it as stored.</summary>
    Task<T> CreateAsync<T>(ResourceKind<T> kind, T resource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Replaces the object (or its subresource, <c>status</c>); its resourceVersion must be the stored one or 409 answers.</summary>
    Task<T> ReplaceAsync<T>(ResourceKind<T> kind, T resource, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Server-side apply with force, as the given field manager; creates the object when it is missing.</summary>
    Task<T> ApplyAsync<T>(ResourceKind<T> kind, T resource, string fieldManager, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>JSON merge patch of the object or a subresource. Put <c>metadata.resourceVersion</c> into the patch for optimistic concurrency.</summary>
    Task<T> MergePatchAsync<T>(ResourceKind<T> kind, NamespacedName name, JsonObject patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>Asks for deletion; true when the object existed, false when it was gone already. A failed precondition throws 409.</summary>
    Task<bool> DeleteAsync<T>(ResourceKind<T> kind, NamespacedName name, DeleteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject;

    /// <summary>
    /// Evicts a pod through the Eviction API, so that PodDisruptionBudgets hold: <see cref="EvictionResult.Refused"/> when a budget
    /// forbids it now, <see cref="EvictionResult.Gone"/> when there is no such pod.
    /// </summary>
    Task<EvictionResult> EvictAsync(NamespacedName pod, DeleteOptions options, CancellationToken cancellationToken);

    /// <summary>Binds a pod to a node, as a scheduler does. 409 when it is bound already.</summary>
    Task BindAsync(NamespacedName pod, string node, CancellationToken cancellationToken);
}

/// <summary>Which objects to list.</summary>
public sealed record ListOptions
{
    /// <summary>Namespace; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Label selector in the server's syntax.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector in the server's syntax.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects a page.</summary>
    public int PageSize { get; init; } = 500;
}

/// <summary>Where a watch begins and what it shows.</summary>
public sealed record WatchOptions
{
    /// <summary>Namespace; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Label selector in the server's syntax.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector in the server's syntax.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Events after this version; from a list, an event or a bookmark.</summary>
    public required string ResourceVersion { get; init; }

    /// <summary>How long the server keeps the stream open; the client guards it with a little more.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Objects and the version of the list.</summary>
public sealed record ObjectList<T>(IReadOnlyList<T> Items, string ResourceVersion)
{
    /// <summary>Objects that are there and cannot be read as their kind.</summary>
    public IReadOnlyList<UnreadableObject> Unreadable { get; init; } = [];
}

/// <summary>An object that the server keeps and that lacks the shape of its kind.</summary>
/// <param name="Metadata">Its metadata, with at least a name and a version.</param>
/// <param name="Problem">What cannot be read, with the path of the member.</param>
public sealed record UnreadableObject(ObjectMeta Metadata, string Problem);

/// <summary>What a watch reports.</summary>
public enum WatchEventType
{
    /// <summary>The object is new, or matches the selector now.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone, or no longer matches the selector; its last state is given.</summary>
    Deleted,

    /// <summary>Nothing changed up to the event's resource version; there is no object.</summary>
    Bookmark,
}

/// <summary>One event of a watch. <see cref="Object"/> is null only for bookmarks and for what is <see cref="Unreadable"/>.</summary>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion)
{
    /// <summary>The object of the event when it cannot be read as its kind.</summary>
    public UnreadableObject? Unreadable { get; init; }
}

/// <summary>How to delete.</summary>
public sealed record DeleteOptions
{
    /// <summary><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>; the kind's default when null.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>Seconds of grace; the object's own when null, at once when 0.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Delete only this incarnation.</summary>
    public string? Uid { get; init; }

    /// <summary>Delete only this version.</summary>
    public string? ResourceVersion { get; init; }
}

/// <summary>What became of an eviction.</summary>
public enum EvictionResult
{
    /// <summary>The pod is being deleted.</summary>
    Evicted,

    /// <summary>A PodDisruptionBudget forbids it now (429).</summary>
    Refused,

    /// <summary>There is no such pod.</summary>
    Gone,
}
