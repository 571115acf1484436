using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>The loop of one DoltDB: observe, decide, act, and again at once while a step changed what the servers are.</summary>
internal sealed class ClusterReconciler(
    ClusterCaches caches,
    IKubernetesClient client,
    ClusterObserver observer,
    AdministratorCredentials credentials,
    ChildObjects children,
    ClusterSteps steps,
    MemberProber prober,
    RenderMemory renders,
    ClusterMetrics metrics,
    IEventRecorder events,
    ILogger<ClusterReconciler> logger) : IReconciler
{
    /// <summary>Rounds of one pass: a hand-over needs two, and a pass that never settles comes back by its queue.</summary>
    private const int MostRounds = 4;

    private readonly ConcurrentDictionary<NamespacedName, ClusterMemory> memories = new();

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (caches.Clusters.Get(key) is not { } cluster || cluster.Metadata.DeletionTimestamp is not null)
        {
            Forget(key);
            return ReconcileResult.Done;
        }

        var memory = memories.GetOrAdd(key, static _ => new ClusterMemory());
        cluster = memory.Newest(cluster);
        try
        {
            return await RoundsAsync(cluster, memory, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            // Only when the DoltDB itself was deleted meanwhile is nothing wrong: the cache tells in a moment.
            if (await client.GetAsync(DoltKinds.DoltDb, key, cancellationToken) is not null)
                throw;
            return ReconcileResult.After(ClusterPlanner.ProbeInterval);
        }
    }

    private async Task<ReconcileResult> RoundsAsync(DoltDb cluster, ClusterMemory memory, CancellationToken cancellationToken)
    {
        for (var round = 0; ; round++)
        {
            var (plan, next, again) = await RoundAsync(cluster, memory, cancellationToken);
            cluster = next;
            if (!again || round == MostRounds)
                return plan.LookAgain is { } delay ? ReconcileResult.After(delay) : ReconcileResult.Done;
        }
    }

    private async Task<(ClusterPlan Plan, DoltDb Cluster, bool Again)> RoundAsync(DoltDb cluster, ClusterMemory memory, CancellationToken cancellationToken)
    {
        var key = NamespacedName.Of(cluster);
        var isHolding = PauseRules.Of(cluster) == Pause.Holding;
        var administrator = await credentials.GetAsync(key, mayCreate: !isHolding, memory.IsRefused, cancellationToken);
        var observed = await observer.ObserveAsync(cluster, administrator, memory.Need, memory.RemovedPods, cancellationToken);
        if (!isHolding && observed.Members.Any(member => member.IsReachable))
            await ConfirmAsync(observed, administrator, memory, cancellationToken);
        else if (!observed.Members.Any(member => member.IsReachable) && observed.Members.Any(member => member.Probe.IsAccessDenied))
            credentials.Reject(key, administrator);
        var facts = memory.Complete(observed);
        if (memory.Calm is { } calm && Calm.IsSame(calm.Facts, facts) && children.IsSettled(key))
            return (calm.Plan, cluster, false);
        var plan = ClusterPlanner.Plan(facts, renders.Render);
        memory.Need = plan.NextContentNeed;
        memory.IsRefused = facts.Members.Any(member => member.Probe.IsAccessDenied || LacksSecret(member.Pod));

        // What a step needs after a crash is in the status before the step. Without a step the status tells what is done, not what is about to be; but nobody
        // is routed to who is not known as the primary: after a crash another one would be taken for it.
        if (plan.Step is not null)
            cluster = await WriteStatusAsync(cluster, plan.Status, memory, cancellationToken);
        else if (NamesAnotherPrimary(facts.Status, plan.Status))
            cluster = await WriteStatusAsync(cluster, StillMoving(facts, plan) with { ObservedGeneration = facts.Status.ObservedGeneration, Phase = facts.Status.Phase, Conditions = facts.Status.Conditions }, memory, cancellationToken);
        Record(cluster, plan.Events);
        var labelsRefused = await children.LabelAsync(facts, plan.RoleLabels, cancellationToken);
        var isRouted = (plan.Routed is not { } routed || await children.RouteAsync(facts, routed, cancellationToken)) && plan.RoleLabels.Count == 0;
        if (plan.Step is { } step)
            return await StepAsync(cluster, facts, plan, step, labelsRefused, administrator, memory, cancellationToken);
        await ApplyAsync(facts, plan, labelsRefused, memory, cancellationToken);
        var endsUnderPause = PauseRules.Of(facts.Cluster) == Pause.Finishing && plan.Status.HandOver is null;
        var isSeen = !endsUnderPause || (isRouted && await children.AreAsSeenAsync(facts, cancellationToken));
        var written = await WriteStatusAsync(cluster, isSeen ? plan.Status : StillMoving(facts, plan), memory, cancellationToken);
        if (plan.PodIndex is { } index)
            await FollowPrimaryAsync(written, index, memory, cancellationToken);
        memory.Calm = plan.IsCalm && ReferenceEquals(written, cluster) ? (facts, plan) : null;
        return (plan, written, memory.ChildrenRefused != facts.ChildrenRefused);
    }

    /// <summary>The status while it was not seen yet that the new primary is routed: a pause lets who has begun to move the role finish it, and the way there is part of that.</summary>
    private static DoltDbStatus StillMoving(ClusterFacts facts, ClusterPlan plan) => plan.Status with
    {
        HandOver = facts.Status.HandOver,
        RecentFailovers = facts.Status.RecentFailovers,
        HandledSwitchoverTo = facts.Status.HandledSwitchoverTo,
    };

    /// <summary>
    /// Carries the step out. Who is primary does not wait for the children, which the API server may refuse or take its time for; every other step makes servers
    /// begin anew with what the children say. Children that were planned for the primary of before are not applied after another one took over.
    /// </summary>
    private async Task<(ClusterPlan Plan, DoltDb Cluster, bool Again)> StepAsync(
        DoltDb cluster, ClusterFacts facts, ClusterPlan plan, ClusterStep step, string? labelsRefused, Administrator administrator, ClusterMemory memory, CancellationToken cancellationToken)
    {
        memory.Calm = null;
        var comesFirst = step is ClusterStep.Promote or ClusterStep.Failover or ClusterStep.HandOver;
        if (!comesFirst)
            await ApplyAsync(facts, plan, labelsRefused, memory, cancellationToken);
        var latest = cluster;
        var result = await steps.RunAsync(facts, step, administrator, ReserveEpochAsync, cancellationToken);
        memory.Remember(facts, step, result);
        foreach (var (ordinal, variables) in result.Learned)
            prober.Learn(NamespacedName.Of(cluster), ordinal, facts.Find(ordinal)?.Pod?.Metadata.Uid, variables);
        if (result.IsRotated)
            credentials.Rotated(NamespacedName.Of(cluster));
        metrics.Stepped(cluster, step, result);
        if (result.Event is { } happened)
            Record(cluster, [happened]);
        if (result.Warning is { } warning)
            Record(cluster, [warning]);
        if (comesFirst && (!result.LooksAgainNow || result.HandOverFailure is not null))
            await ApplyAsync(facts, plan, labelsRefused, memory, cancellationToken);
        return (plan, latest, result.LooksAgainNow);

        async Task<long> ReserveEpochAsync()
        {
            var epoch = (latest.Status?.ReplicationEpoch ?? 0) + 1;
            latest = await WriteStatusAsync(latest, latest.Status! with { ReplicationEpoch = epoch }, memory, cancellationToken);
            return epoch;
        }
    }

    private async Task ApplyAsync(ClusterFacts facts, ClusterPlan plan, string? labelsRefused, ClusterMemory memory, CancellationToken cancellationToken)
    {
        if (plan.Desired is not { } desired)
            return;
        var refused = await children.ApplyAsync(facts, desired, plan.Step is ClusterStep.ReplaceSet, cancellationToken);
        memory.ChildrenRefused = labelsRefused is null || refused is null ? labelsRefused ?? refused : $"{labelsRefused}; {refused}";
    }

    /// <summary>Keeps the credentials that servers took. Where they cannot be kept (a quota, a policy), users are told, and all else goes on.</summary>
    private async Task ConfirmAsync(ClusterFacts observed, Administrator administrator, ClusterMemory memory, CancellationToken cancellationToken)
    {
        if (memory.Rests(Refusals.Confirmation, observed.Now))
            return;
        string? failure = null;
        try
        {
            await credentials.ConfirmAsync(NamespacedName.Of(observed.Cluster), administrator, cancellationToken);
        }
        catch (Exception exception) when (exception.IsApiFailure())
        {
            failure = exception.Message;
            Record(observed.Cluster, [new ClusterEvent(EventType.Warning, "CredentialsNotKept", $"Secret {ClusterNames.AppliedCredentials(observed.Name)} could not be written: {failure}")]);
        }

        memory.Remember(Refusals.Confirmation, failure, observed.Now);
    }

    /// <summary>Whether there is another primary than was known, or the same at another epoch. Before and without replication there is nobody to mistake.</summary>
    private static bool NamesAnotherPrimary(DoltDbStatus known, DoltDbStatus found) =>
        (known.CurrentPrimaryPodIndex is not null || found.PrimaryEpoch is not null)
        && (known.CurrentPrimaryPodIndex, known.PrimaryEpoch) != (found.CurrentPrimaryPodIndex, found.PrimaryEpoch);

    /// <summary>Tells the spec who is the primary. Whoever changed it in this moment, applies it, or forbids it, is right.</summary>
    private async Task FollowPrimaryAsync(DoltDb cluster, int ordinal, ClusterMemory memory, CancellationToken cancellationToken)
    {
        var live = await client.GetAsync(DoltKinds.DoltDb with { KeepsManagedFields = true }, NamespacedName.Of(cluster), cancellationToken);
        if (live?.Metadata.Unknown?.GetValueOrDefault("managedFields") is { } entries && PodIndexRules.IsApplied(entries))
        {
            memory.LeavePodIndex(cluster);
            return;
        }

        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = cluster.Metadata.Uid, ["resourceVersion"] = cluster.Metadata.ResourceVersion },
            ["spec"] = new JsonObject { ["replication"] = new JsonObject { ["primary"] = new JsonObject { ["podIndex"] = ordinal } } },
        };
        try
        {
            await client.MergePatchAsync(DoltKinds.DoltDb, NamespacedName.Of(cluster), patch, null, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code is >= 400 and < 500 and not 404 and not 429)
        {
            if (exception.Code != 409)
                memory.LeavePodIndex(cluster);
            Log.PodIndexNotWritten(logger, ordinal, exception.Message);
        }
    }

    /// <summary>A container that cannot start for want of a Secret: the one that is remembered may be gone.</summary>
    private static bool LacksSecret(Pod? pod) => (pod?.Status?.InitContainerStatuses ?? []).Concat(pod?.Status?.ContainerStatuses ?? [])
        .Any(container => container.State?.Waiting?.Reason == "CreateContainerConfigError");

    /// <summary>Writes the status if it differs; a conflict ends the pass, which then begins with what the other writer wrote.</summary>
    private async Task<DoltDb> WriteStatusAsync(DoltDb cluster, DoltDbStatus status, ClusterMemory memory, CancellationToken cancellationToken)
    {
        if (StatusText(cluster.Status) == StatusText(status))
            return cluster;
        var written = await ReplaceStatusAsync(cluster with { Status = status }, memory, cancellationToken);
        memory.Written(written);
        metrics.Written(cluster, status);
        var ready = status.Conditions.Find(ClusterConditions.Ready);
        Log.StatusWritten(logger, status.Phase, ready?.Status, ready?.Message);
        return written;
    }

    private async Task<DoltDb> ReplaceStatusAsync(DoltDb cluster, ClusterMemory memory, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ReplaceAsync(DoltKinds.DoltDb, cluster, "status", cancellationToken);
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            memory.Overtaken(await client.GetAsync(DoltKinds.DoltDb, NamespacedName.Of(cluster), cancellationToken));
            throw;
        }
    }

    private static string StatusText(DoltDbStatus? status) => status is null ? "" : JsonSerializer.Serialize(status, ApiJson.Default.DoltDbStatus);

    private void Record(DoltDb cluster, IReadOnlyList<ClusterEvent> happened)
    {
        foreach (var item in happened)
            events.Record(DoltKinds.DoltDb, cluster, item.Type, item.Reason, item.Message);
    }

    private void Forget(NamespacedName key)
    {
        if (!memories.TryRemove(key, out _))
            return;
        prober.Forget(key);
        credentials.Forget(key);
        children.Forget(key);
        renders.Forget(key);
    }
}
