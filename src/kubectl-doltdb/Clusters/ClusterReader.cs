using System.Runtime.CompilerServices;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Clusters;

/// <summary>Reads DoltDBs and what belongs to them; what is missing is named in the error.</summary>
internal static class ClusterReader
{
    private const int MostNamesListed = 10;

    /// <summary>Before the list is read again after a stream ended, so that a server in trouble is not pressed.</summary>
    private static readonly TimeSpan PauseBetweenStreams = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan PauseBetweenAttempts = TimeSpan.FromSeconds(1);

    /// <summary>The DoltDB of that name.</summary>
    /// <exception cref="PluginException">There is none; the message names those that there are.</exception>
    public static async Task<DoltDb> RequireAsync(this Session session, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await session.Client.GetAsync(DoltKinds.DoltDb, session.In(name), cancellationToken)
                ?? throw await MissingAsync(session, name, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            // The kind itself is unknown: the list that names the others was answered with 404.
            throw new PluginException("the API server knows no DoltDB: install the operator's CRDs (doltdb-operator crds | kubectl apply --server-side -f -)");
        }
    }

    /// <summary>The pods of a cluster in the order of their ordinals.</summary>
    public static async Task<IReadOnlyList<Pod>> ListPodsAsync(this Session session, string cluster, CancellationToken cancellationToken)
    {
        var options = new ListOptions { Namespace = session.Namespace, LabelSelector = $"{ClusterLabels.Name}={cluster}" };
        var list = await session.Client.ListAsync(BuiltInKinds.Pod, options, cancellationToken);
        var prefix = cluster + "-";
        return
        [
            .. list.Items
                .Where(pod => pod.Metadata.Name?.StartsWith(prefix, StringComparison.Ordinal) == true && int.TryParse(pod.Metadata.Name[prefix.Length..], out _))
                .OrderBy(pod => int.Parse(pod.Metadata.Name!.AsSpan(prefix.Length), System.Globalization.CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>The DoltDB now and after each of its changes; null when it is gone. Ends never, only by cancellation.</summary>
    public static async IAsyncEnumerable<DoltDb?> FollowAsync(this Session session, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in session.FollowAllAsync(session.Namespace, $"metadata.name={name}", cancellationToken))
            yield return change.FirstOrDefault(cluster => cluster.Metadata.Name == name);
    }

    /// <summary>All DoltDBs that match, now and after each change.</summary>
    public static async IAsyncEnumerable<IReadOnlyCollection<DoltDb>> FollowAllAsync(
        this Session session, string? ns, string? fieldSelector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new ListOptions { Namespace = ns, FieldSelector = fieldSelector };
        for (var isFirst = true; ; isFirst = false)
        {
            var list = isFirst
                ? await session.Client.ListAsync(DoltKinds.DoltDb, options, cancellationToken)
                : await session.ListAgainAsync(options, cancellationToken);
            var known = list.Items.ToDictionary(cluster => cluster.Metadata.Uid ?? cluster.Metadata.Name!);
            yield return known.Values;
            var watch = new WatchOptions { Namespace = ns, FieldSelector = fieldSelector, ResourceVersion = list.ResourceVersion };
            await foreach (var change in session.ChangesAsync(watch, cancellationToken))
            {
                if (change.Object is not { } cluster)
                    continue;
                var key = cluster.Metadata.Uid ?? cluster.Metadata.Name!;
                if (change.Type == WatchEventType.Deleted)
                    known.Remove(key);
                else
                    known[key] = cluster;
                yield return known.Values;
            }

            await Task.Delay(PauseBetweenStreams, session.Time, cancellationToken);
        }
    }

    /// <summary>The list once the API server answers again: what is followed goes on meanwhile, and its news are worth waiting for.</summary>
    private static async Task<ObjectList<DoltDb>> ListAgainAsync(this Session session, ListOptions options, CancellationToken cancellationToken)
    {
        for (var hasTold = false; ; hasTold = true)
        {
            try
            {
                return await session.Client.ListAsync(DoltKinds.DoltDb, options, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or TimeoutException or KubernetesException { Code: >= 500 })
            {
                if (!hasTold)
                    await session.Error.WriteLineAsync($"the API server does not answer, trying again: {exception.Message}".AsMemory(), cancellationToken);
            }

            await Task.Delay(PauseBetweenAttempts, session.Time, cancellationToken);
        }
    }

    /// <summary>Changes until the stream ends for whatever reason; the caller reads the list again then.</summary>
    private static async IAsyncEnumerable<WatchEvent<DoltDb>> ChangesAsync(
        this Session session, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var changes = session.Client.WatchAsync(DoltKinds.DoltDb, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await changes.MoveNextAsync())
                    yield break;
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or TimeoutException or KubernetesException { Code: 410 or >= 500 })
            {
                // Broken or expired: the list that follows tells of a failure that lasts.
                yield break;
            }

            yield return changes.Current;
        }
    }

    private static async Task<PluginException> MissingAsync(Session session, string name, CancellationToken cancellationToken)
    {
        var others = await session.Client.ListAsync(DoltKinds.DoltDb, new ListOptions { Namespace = session.Namespace }, cancellationToken);
        var names = others.Items.Select(cluster => cluster.Metadata.Name!).Order(StringComparer.Ordinal).ToArray();
        var found = names.Length switch
        {
            0 => "there is none at all; choose another with -n, or list all with: kubectl doltdb status -A",
            > MostNamesListed => $"there are {string.Join(", ", names.Take(MostNamesListed))} and {names.Length - MostNamesListed} more",
            _ => $"there is {string.Join(", ", names)}",
        };
        return new PluginException($"there is no DoltDB '{name}' in namespace '{session.Namespace}': {found}");
    }
}
