using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.Pretended;

/// <summary>A client whose writes go wrong where a test says so; it takes every write down, as <c>apply Service db</c>.</summary>
internal sealed class TroubledClient(IKubernetesClient server) : IKubernetesClient
{
    /// <summary>What was written, or was to be.</summary>
    public List<string> Writes { get; } = [];

    /// <summary>What a write ends with instead of the server's answer; null for that answer.</summary>
    public Func<string, Exception?> Trouble { get; set; } = static _ => null;

    /// <summary>What a reading, as <c>Pod db-0</c>, ends with instead of the server's answer; null for that answer.</summary>
    public Func<string, Exception?> ReadingTrouble { get; set; } = static _ => null;

    /// <inheritdoc/>
    public Task<T?> GetAsync<T>(ResourceKind<T> kind, NamespacedName name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => ReadingTrouble($"{kind.Kind} {name.Name}") is { } trouble ? Task.FromException<T?>(trouble) : server.GetAsync(kind, name, cancellationToken);

    /// <inheritdoc/>
    public Task<ObjectList<T>> ListAsync<T>(ResourceKind<T> kind, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => server.ListAsync(kind, options, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceKind<T> kind, WatchOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => server.WatchAsync(kind, options, cancellationToken);

    /// <inheritdoc/>
    public Task<T> CreateAsync<T>(ResourceKind<T> kind, T resource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => WriteAsync($"create {kind.Kind} {resource.Metadata.Name}", () => server.CreateAsync(kind, resource, cancellationToken));

    /// <inheritdoc/>
    public Task<T> ReplaceAsync<T>(ResourceKind<T> kind, T resource, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        WriteAsync($"replace {kind.Kind} {resource.Metadata.Name}", () => server.ReplaceAsync(kind, resource, subresource, cancellationToken));

    /// <inheritdoc/>
    public Task<T> ApplyAsync<T>(ResourceKind<T> kind, T resource, string fieldManager, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        WriteAsync($"apply {kind.Kind} {resource.Metadata.Name}", () => server.ApplyAsync(kind, resource, fieldManager, subresource, cancellationToken));

    /// <inheritdoc/>
    public Task<T> MergePatchAsync<T>(ResourceKind<T> kind, NamespacedName name, JsonObject patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => WriteAsync($"patch {kind.Kind} {name.Name}", () => server.MergePatchAsync(kind, name, patch, subresource, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> DeleteAsync<T>(ResourceKind<T> kind, NamespacedName name, DeleteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => WriteAsync($"delete {kind.Kind} {name.Name}", () => server.DeleteAsync(kind, name, options, cancellationToken));

    /// <inheritdoc/>
    public Task<EvictionResult> EvictAsync(NamespacedName pod, DeleteOptions options, CancellationToken cancellationToken) =>
        WriteAsync($"evict Pod {pod.Name}", () => server.EvictAsync(pod, options, cancellationToken));

    /// <inheritdoc/>
    public Task BindAsync(NamespacedName pod, string node, CancellationToken cancellationToken) => server.BindAsync(pod, node, cancellationToken);

    private Task<T> WriteAsync<T>(string write, Func<Task<T>> send)
    {
        Writes.Add(write);
        return Trouble(write) is { } trouble ? Task.FromException<T>(trouble) : send();
    }
}
