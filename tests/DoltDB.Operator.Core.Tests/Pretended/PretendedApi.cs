using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.Pretended;

/// <summary>An API server that keeps pods, takes every write down by verb and name, and refuses those that a test says.</summary>
internal sealed class PretendedApi : IKubernetesClient
{
    private readonly Dictionary<string, Exception> refusals = [];

    /// <summary>Pods by name.</summary>
    public Dictionary<string, Pod> Pods { get; } = [];

    /// <summary>What was written, as <c>delete db-0</c>.</summary>
    public List<string> Writes { get; } = [];

    /// <summary>What evictions come to.</summary>
    public EvictionResult Eviction { get; set; } = EvictionResult.Evicted;

    /// <summary>Refuses from now on what <see cref="Writes"/> would show like that.</summary>
    public void Refuse(string write, int code, string message) => refusals[write] = new KubernetesException(code, null, message);

    /// <inheritdoc/>
    public Task<T?> GetAsync<T>(ResourceKind<T> kind, NamespacedName name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => Task.FromResult(Pods.GetValueOrDefault(name.Name) as T);

    /// <inheritdoc/>
    public Task<T> MergePatchAsync<T>(ResourceKind<T> kind, NamespacedName name, JsonObject patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        Write($"patch {name.Name}");
        return Task.FromResult<T>(null!);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync<T>(ResourceKind<T> kind, NamespacedName name, DeleteOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        Write($"delete {name.Name}");
        return Task.FromResult(Pods.Remove(name.Name));
    }

    /// <inheritdoc/>
    public Task<EvictionResult> EvictAsync(NamespacedName pod, DeleteOptions options, CancellationToken cancellationToken)
    {
        Write($"evict {pod.Name}");
        return Task.FromResult(Eviction);
    }

    /// <inheritdoc/>
    public Task<ObjectList<T>> ListAsync<T>(ResourceKind<T> kind, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceKind<T> kind, WatchOptions options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<T> CreateAsync<T>(ResourceKind<T> kind, T resource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<T> ReplaceAsync<T>(ResourceKind<T> kind, T resource, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<T> ApplyAsync<T>(ResourceKind<T> kind, T resource, string fieldManager, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task BindAsync(NamespacedName pod, string node, CancellationToken cancellationToken) => throw new NotSupportedException();

    private void Write(string write)
    {
        Writes.Add(write);
        if (refusals.TryGetValue(write, out var refusal))
            throw refusal;
    }
}
