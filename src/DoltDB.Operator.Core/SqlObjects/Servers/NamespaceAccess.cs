using System.Collections.Concurrent;
using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>Which namespaces may refer to an object of another one.</summary>
internal sealed class NamespaceAccess(IKubernetesClient client, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (Namespace? Namespace, DateTimeOffset Read)> kept = new(StringComparer.Ordinal);

    /// <summary>Whether objects of <paramref name="from"/> may refer to one of <paramref name="owner"/>; <paramref name="otherwise"/> where nothing is said.</summary>
    public async Task<bool> AllowsAsync(AllowedNamespaces? allowed, bool otherwise, string owner, string from, CancellationToken cancellationToken)
    {
        if (owner == from)
            return true;
        if (allowed is null)
            return otherwise;
        return allowed.From switch
        {
            "All" => true,
            "Selector" => Selector(allowed).Selects((await GetAsync(from, Lifetime, cancellationToken))?.Metadata.Labels),
            _ => false,
        };
    }

    /// <summary>Whether the namespace is being deleted, as of now. One that may not be read is not.</summary>
    public async Task<bool> IsTerminatingAsync(string ns, CancellationToken cancellationToken) =>
        (await GetAsync(ns, TimeSpan.FromSeconds(2), cancellationToken))?.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether there is no such namespace, as of now. One that may not be read may be there.</summary>
    public async Task<bool> IsAbsentAsync(string ns, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(BuiltInKinds.Namespace, new NamespacedName("", ns), cancellationToken) is null;
        }
        catch (KubernetesException exception) when (exception.Code == 403)
        {
            return false;
        }
    }

    private static LabelSelector? Selector(AllowedNamespaces allowed) => allowed.Selector?.Deserialize(KubernetesJson.Default.LabelSelector);

    private async Task<Namespace?> GetAsync(string name, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (kept.TryGetValue(name, out var last) && now - last.Read < lifetime)
            return last.Namespace;
        var found = await ReadAsync(name, cancellationToken);
        kept[name] = (found, now);
        return found;
    }

    /// <summary>An operator of some namespaces may not be allowed to read them: it knows nothing of them then.</summary>
    private async Task<Namespace?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(BuiltInKinds.Namespace, new NamespacedName("", name), cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 403)
        {
            return null;
        }
    }
}
