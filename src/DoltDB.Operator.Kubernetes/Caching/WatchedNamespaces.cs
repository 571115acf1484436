using System.Collections.Concurrent;
using System.Text.Json;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>
/// Whether the namespaces that are watched by name are there. A namespace that is deleted takes the Role with it by which it is read: whoever may not list there then misses
/// nothing, and whoever may not list in one that exists lacks rights.
/// </summary>
internal sealed class WatchedNamespaces(IKubernetesClient client, ILogger logger)
{
    private readonly ConcurrentDictionary<string, byte> gone = new(StringComparer.Ordinal);

    /// <summary>Whether the namespace is absent or being deleted, as of now; false also where that cannot be told. Never throws.</summary>
    public async Task<bool> IsGoneAsync(string ns, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.GetAsync(BuiltInKinds.Namespace, new NamespacedName("", ns), cancellationToken);
            if (found is { Metadata.DeletionTimestamp: null })
                return false;
        }
        catch (Exception exception) when (
            exception is KubernetesException or HttpRequestException or IOException or TimeoutException or JsonException or KubeconfigException
                or OperationCanceledException)
        {
            return false;
        }

        if (gone.TryAdd(ns, 0))
            Log.NamespaceGone(logger, ns);
        return true;
    }

    /// <summary>What was looked for in vain in the namespace was found again.</summary>
    public void Return(string ns)
    {
        if (gone.TryRemove(ns, out _))
            Log.NamespaceReturned(logger, ns);
    }
}
