using System.Collections.Concurrent;
using System.Text.Json;
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
            // The DoltDB, or something of it, was deleted meanwhile: the cache tells in a moment.
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
        var administrator = await credentials.GetAsync(key, mayCreate: true, memory.IsRefused, cancellationToken);
        var facts = await observer.ObserveAsync(cluster, administrator, memory.Need, memory.RemovedPods, cancellationToken) with
        {
            ChildrenRefused = memory.ChildrenRefused,
        };
        facts = facts with { Healing = memory.Healing.Resting(facts.Now), HandOverFailure = memory.HandOvers.Resting(facts.Now) };
        if (memory.Calm is { } calm && Calm.IsSame(calm.Facts, facts) && children.IsSettled(key))
            return (calm.Plan, cluster, false);
        var plan = ClusterPlanner.Plan(facts, renders.Render);
        memory.Need = plan.NextContentNeed;
        memory.IsRefused = facts.Members.Any(member => member.Probe.IsAccessDenied || LacksSecret(member.Pod));

        // What a step needs after a crash is in the status before the step. Without a step the status tells what is done, not what is about to be.
        if (plan.Step is not null)
            cluster = await WriteStatusAsync(cluster, plan.Status, memory, cancellationToken);
        Record(cluster, plan.Events);
        await children.LabelAsync(facts, plan.RoleLabels, cancellationToken);
        if (plan.Desired is { } desired)
            memory.ChildrenRefused = await ApplyAsync(facts, desired, plan, memory, cancellationToken);
        if (plan.Step is not { } step)
        {
            var written = await WriteStatusAsync(cluster, plan.Status, memory, cancellationToken);
            memory.Calm = plan.IsCalm && ReferenceEquals(written, cluster) ? (facts, plan) : null;
            return (plan, written, memory.ChildrenRefused != facts.ChildrenRefused);
        }

        memory.Calm = null;
        var latest = cluster;
        var result = await steps.RunAsync(facts, step, administrator, ReserveEpochAsync, cancellationToken);
        memory.Remember(facts, result.RemovedPod);
        if (result.ReadsContentNow)
            memory.Need = ContentNeed.Now;
        if (step is ClusterStep.HandOver)
            memory.HandOvers.Ended(result.HandOverFailure, facts.Now);
        if (step is ClusterStep.Heal heal)
            memory.Healing.Add(heal.Standby, facts.Now);
        if (result.Event is { } happened)
            Record(cluster, [happened]);
        return (plan, latest, result.LooksAgainNow);

        async Task<long> ReserveEpochAsync()
        {
            var epoch = (latest.Status?.ReplicationEpoch ?? 0) + 1;
            latest = await WriteStatusAsync(latest, latest.Status! with { ReplicationEpoch = epoch }, memory, cancellationToken);
            return epoch;
        }
    }

    /// <summary>Applies the children. When the API server fails, the status still says how the servers are, but not that the generation was dealt with.</summary>
    private async Task<string?> ApplyAsync(ClusterFacts facts, DesiredCluster desired, ClusterPlan plan, ClusterMemory memory, CancellationToken cancellationToken)
    {
        try
        {
            return await children.ApplyAsync(facts, desired, plan.Step is ClusterStep.ReplaceSet, cancellationToken);
        }
        catch (KubernetesException) when (plan.Step is null)
        {
            await WriteStatusAsync(facts.Cluster, plan.Status with { ObservedGeneration = facts.Status.ObservedGeneration }, memory, cancellationToken);
            throw;
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
        var written = await client.ReplaceAsync(DoltKinds.DoltDb, cluster with { Status = status }, "status", cancellationToken);
        memory.Written(written);
        metrics.Written(cluster, status);
        var ready = status.Conditions.Find(ClusterConditions.Ready);
        Log.StatusWritten(logger, status.Phase, ready?.Status, ready?.Message);
        return written;
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

    /// <summary>What a cluster's passes remember of each other. Everything in it can be lost.</summary>
    private sealed class ClusterMemory
    {
        private DoltDb? written;

        public ContentNeed Need { get; set; } = ContentNeed.Recent;

        public bool IsRefused { get; set; } = true;

        public string? ChildrenRefused { get; set; }

        /// <summary>The last pass, when it left nothing to do.</summary>
        public (ClusterFacts Facts, ClusterPlan Plan)? Calm { get; set; }

        public HandOverMemory HandOvers { get; } = new();

        public HealingMemory Healing { get; } = new();

        /// <summary>Uids of pods that were removed and may still be in the cache.</summary>
        public HashSet<string> RemovedPods { get; } = new(StringComparer.Ordinal);

        /// <summary>Remembers a pod that was removed, and forgets those that are gone.</summary>
        public void Remember(ClusterFacts facts, string? removedPod)
        {
            RemovedPods.IntersectWith(facts.Members.Select(member => member.Pod?.Metadata.Uid ?? ""));
            if (removedPod is not null)
                RemovedPods.Add(removedPod);
        }

        public void Written(DoltDb cluster) => written = cluster;

        /// <summary>Our own last write, while the cache has not seen it: else the next pass would begin with a status that is older.</summary>
        public DoltDb Newest(DoltDb cached)
        {
            if (written is null)
                return cached;
            var isSeen = written.Metadata.Uid != cached.Metadata.Uid || written.Metadata.ResourceVersion == cached.Metadata.ResourceVersion || IsNewer(cached, written);
            if (!isSeen)
                return written;
            written = null;
            return cached;
        }

        // Versions of one object grow; servers whose versions are no numbers are caught by the conflict of the next write.
        private static bool IsNewer(DoltDb cached, DoltDb written) =>
            !ulong.TryParse(cached.Metadata.ResourceVersion, out var left) || !ulong.TryParse(written.Metadata.ResourceVersion, out var right) || left > right;
    }
}
