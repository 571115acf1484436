using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Keeps a lost primary from being written to, and from sending its rows to anybody, before another server takes over.</summary>
internal sealed class PrimaryFence(IKubernetesClient client, TimeProvider time)
{
    /// <summary>Seconds that the pod of a lost primary gets: it is to stop, not to finish.</summary>
    private const long FencingGraceSeconds = 1;

    private static readonly TimeSpan FencingPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FencingPoll = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan FencingRetry = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Tells the pod that will come in the lost primary's place, which may begin before this pass ends, that it is not the primary. Should the promotion
    /// fail, the next pass says again who is.
    /// </summary>
    public async Task AnnouncePrimaryAsync(ClusterFacts facts, int ordinal, CancellationToken cancellationToken)
    {
        var name = new NamespacedName(facts.Cluster.Metadata.Namespace ?? "", ClusterNames.CurrentPrimary(facts.Name));
        var patch = PrimaryAnnouncement.Patch(ClusterNames.Pod(facts.Name, ordinal));

        // Without it the old one may send its rows for a moment; without the failover nobody writes.
        await ApiFailures.RefusalAsync(() => client.MergePatchAsync(BuiltInKinds.ConfigMap, name, patch, null, cancellationToken));
    }

    /// <summary>
    /// Takes the role label from the lost primary and removes its pod, so that nobody reaches it when it wakes up. Returns whether another pod has its name
    /// already, which was not looked at, and why the API server would not; null when it did.
    /// </summary>
    public async Task<(bool IsAnother, string? Refusal)> FenceAsync(ClusterFacts facts, int ordinal, CancellationToken cancellationToken)
    {
        if (facts.Find(ordinal)?.Pod is not { } pod)
            return (false, null);
        var (name, uid) = (NamespacedName.Of(pod), pod.Metadata.Uid);
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = uid, ["labels"] = new JsonObject { [ClusterLabels.Role] = null } } };
        await ApiFailures.RefusalAsync(() => client.MergePatchAsync(BuiltInKinds.Pod, name, patch, null, cancellationToken));
        return await RemoveLostAsync(name, uid, cancellationToken);
    }

    /// <summary>Whether the pod is the one that it was; also while that cannot be read.</summary>
    public async Task<bool> IsThereAsync(NamespacedName name, string? uid, CancellationToken cancellationToken) => (await LookAsync(name, uid, cancellationToken)).IsThere;

    /// <summary>
    /// Removes the pod and waits until it is gone, so that no client is told of a write that the new primary will never see. A node that cannot be
    /// reached never says so, and a webhook may forbid it for ever: then the role moves all the same, and the epoch makes the old primary step down.
    /// </summary>
    private async Task<(bool IsAnother, string? Refusal)> RemoveLostAsync(NamespacedName name, string? uid, CancellationToken cancellationToken)
    {
        var options = new DeleteOptions { Uid = uid, GracePeriodSeconds = FencingGraceSeconds };
        var began = time.GetTimestamp();
        var (refusal, attempts) = (null as string, 0);
        while (time.GetElapsedTime(began) is var elapsed && elapsed < FencingPatience)
        {
            if (attempts == 0 || (refusal is not null && elapsed >= FencingRetry * attempts))
            {
                refusal = await ApiFailures.RefusalAsync(() => client.DeleteAsync(BuiltInKinds.Pod, name, options, cancellationToken));
                attempts++;
            }

            var (isThere, isAnother) = await LookAsync(name, uid, cancellationToken);
            if (!isThere)
                return (isAnother && refusal is not null && attempts == 1, null);
            await Task.Delay(FencingPoll, time, cancellationToken);
        }

        return (false, refusal);
    }

    /// <summary>
    /// Whether the pod is the one that it was, also while that cannot be read, and whether another one has its name. One that is being deleted and whose server ended
    /// is gone: its node keeps the object for as long as it takes to unmount.
    /// </summary>
    private async Task<(bool IsThere, bool IsAnother)> LookAsync(NamespacedName name, string? uid, CancellationToken cancellationToken)
    {
        try
        {
            var live = await client.GetAsync(BuiltInKinds.Pod, name, cancellationToken);
            return (live is not null && live.Metadata.Uid == uid && !HasEnded(live), live is not null && live.Metadata.Uid != uid);
        }
        catch (Exception exception) when (exception.IsApiFailure())
        {
            return (true, false);
        }
    }

    private static bool HasEnded(Pod pod) => pod.Metadata.DeletionTimestamp is not null
        && pod.Status?.ContainerStatuses?.FirstOrDefault(static container => container.Name == "dolt")?.State?.Terminated is not null;
}
