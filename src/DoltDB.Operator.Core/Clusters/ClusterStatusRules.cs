using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>The status of a cluster. Equal facts give an equal status: nothing in it moves while the cluster is steady.</summary>
internal static class ClusterStatusRules
{
    /// <summary>How often a proof of equality that changes with every write is written.</summary>
    private static readonly TimeSpan ProofInterval = TimeSpan.FromMinutes(1);

    /// <summary>The complete status.</summary>
    public static DoltDbStatus Status(PlanDraft draft, ClusterStep? step)
    {
        var facts = draft.Facts;
        var old = facts.Status;
        var primary = Primary(draft);
        var ready = facts.Members.Count(member => member.IsReady);
        return old with
        {
            ObservedGeneration = facts.Cluster.Metadata.Generation,
            Phase = ClusterConditions.Phase(draft, step),
            Conditions = ClusterConditions.All(draft, step),
            CurrentPrimaryPodIndex = primary,
            CurrentPrimary = primary is { } ordinal ? ClusterNames.Pod(facts.Name, ordinal) : null,
            Replicas = facts.Members.Count(member => member.Pod is not null),
            ReadyReplicas = ready,
            Selector = $"{ClusterLabels.Name}={facts.Name}",
            ReplicationStatus = draft.Topology.IsReplicated ? ReplicationStatus(draft) : null,
            ReplicationEpoch = Epoch(draft, step),
            Members = [.. facts.Members.Where(member => member.Pod is not null || member.Ordinal < draft.Topology.SetReplicas).Select(member => MemberOf(draft, member))],
            HandOver = HandOver(draft, step),
            HandledPodIndex = HandledPodIndex(draft),
            HandledSwitchoverTo = HandledSwitchoverTo(draft),
            PrimaryEpoch = !draft.Topology.IsReplicated ? null : draft.Primary is PrimaryDecision.Settled settled ? settled.Epoch : old.PrimaryEpoch,
            RecentFailovers = FailoverHistory.After(draft),
            Databases = Databases(draft),
            LastEqual = LastEqual(draft),
        };
    }

    /// <summary>What users should read about this pass.</summary>
    public static ImmutableArray<ClusterEvent> Events(PlanDraft draft, ClusterStep? step)
    {
        var events = ImmutableArray.CreateBuilder<ClusterEvent>();
        if (draft.Facts.Status.CurrentPrimaryPodIndex is { } before && Primary(draft) is { } now && now != before && draft.Topology.IsReplicated)
            events.Add(new ClusterEvent(EventType.Normal, "PrimarySwitched", $"{ClusterNames.Pod(draft.Facts.Name, now)} is the primary, it was {ClusterNames.Pod(draft.Facts.Name, before)}"));
        if (draft.Problems.Count > 0 && draft.Facts.Status.ObservedGeneration != draft.Facts.Cluster.Metadata.Generation)
            events.Add(new ClusterEvent(EventType.Warning, ClusterConditions.InvalidSpec, ClusterConditions.Describe(draft.Problems)));
        return events.ToImmutable();
    }

    /// <summary>The primary that is known; the last one while there is none, so that it is not forgotten who holds the data.</summary>
    private static int? Primary(PlanDraft draft) => draft.Primary switch
    {
        PrimaryDecision.Settled settled => settled.Ordinal,
        null when !draft.Topology.IsReplicated => 0,
        _ => draft.Facts.Status.CurrentPrimaryPodIndex,
    };

    /// <summary>The epoch of the step counts from the moment at which it is planned: it is written before it is used.</summary>
    private static long? Epoch(PlanDraft draft, ClusterStep? step)
    {
        if (!draft.Topology.IsReplicated)
            return null;
        var planned = step switch
        {
            ClusterStep.Promote promote => promote.Epoch,
            ClusterStep.Failover failover => failover.Epoch,
            ClusterStep.HandOver handOver => handOver.State.Epoch ?? 0,
            _ => 0,
        };
        return Math.Max(planned, PrimaryRules.HighestEpoch(draft.Facts));
    }

    /// <summary>
    /// The move of the role that is under way. A failover may have taken effect although nobody saw it: it is remembered until there is a primary, whatever else is
    /// done meanwhile, else the lost one, back with an empty volume that the new one gave databases and epoch to, would count as the primary still. A pause lets
    /// every move come to its end, and who is promoted in it must still be routed.
    /// </summary>
    private static HandOverStatus? HandOver(PlanDraft draft, ClusterStep? step) => step switch
    {
        ClusterStep.HandOver handOver => handOver.State,
        ClusterStep.Failover failover => draft.Facts.Status.HandOver is { Reason: PrimaryReasons.Failover } begun && begun.To == failover.To && begun.Epoch == failover.Epoch
            ? begun
            : new HandOverStatus
            {
                From = failover.From,
                To = failover.To,
                Epoch = failover.Epoch,
                Reason = PrimaryReasons.Failover,
                StartedAt = draft.Facts.Now.WholeSeconds(),
            },
        ClusterStep.Promote when PauseRules.Of(draft.Facts.Cluster) == Pause.Finishing => draft.Facts.Status.HandOver,
        _ when draft.Primary is PrimaryDecision.Waiting && draft.Facts.Status.HandOver is { } begun
            && (begun.Reason == PrimaryReasons.Failover || PauseRules.Of(draft.Facts.Cluster) == Pause.Finishing) => begun,
        _ => null,
    };

    /// <summary>A request is done with when what it asks for is, and when its hand-over was carried out.</summary>
    private static int? HandledPodIndex(PlanDraft draft)
    {
        var requested = draft.Facts.Spec.RequestedPodIndex();
        if (!draft.Facts.Spec.IsReplicated() || draft.Problems.Count > 0)
            return draft.Facts.Status.HandledPodIndex;
        return draft.Primary switch
        {
            PrimaryDecision.Settled settled when settled.Ordinal == requested => requested,
            // Carried out for a request that was changed on the way: what is asked for now is another one, also when it was asked for before.
            PrimaryDecision.Settled settled when IsOfRequest(draft.Facts, settled) => settled.Ordinal,
            _ => draft.Facts.Status.HandledPodIndex,
        };
    }

    private static bool IsOfRequest(ClusterFacts facts, PrimaryDecision.Settled settled) =>
        facts.Status.HandOver is { Reason: PrimaryReasons.Switchover, To: var to } && to == settled.Ordinal
        && (HandOverRules.SwitchoverAnnotation(facts) is not { } wanted || wanted == facts.Status.HandledSwitchoverTo || HandOverRules.SwitchoverTarget(facts, wanted) != to);

    /// <summary>As with podIndex: done with when the target is the primary. Without the annotation there is nothing to remember.</summary>
    private static string? HandledSwitchoverTo(PlanDraft draft) => HandOverRules.SwitchoverAnnotation(draft.Facts) is not { } wanted
        ? null
        : draft.Primary is PrimaryDecision.Settled settled && HandOverRules.SwitchoverTarget(draft.Facts, wanted) == settled.Ordinal
            ? wanted
            : draft.Facts.Status.HandledSwitchoverTo;

    private static Dictionary<string, string> ReplicationStatus(PlanDraft draft)
    {
        var roles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in draft.Facts.Members.Where(member => member.IsReachable))
        {
            roles[member.PodName] = member.Probe.Role switch
            {
                DoltRole.Primary when draft.Primary is PrimaryDecision.Settled settled && settled.Ordinal == member.Ordinal => "primary",
                DoltRole.Standby => "standby",
                _ => "not_configured",
            };
        }

        return roles;
    }

    private static MemberStatus MemberOf(PlanDraft draft, Member member)
    {
        var wanted = draft.SettledPrimary;
        var isCluster = draft.Topology.IsReplicated;
        return new MemberStatus
        {
            Name = member.PodName,
            Ordinal = member.Ordinal,
            Role = isCluster && member.IsReachable ? RoleNames.Of(member.Probe.Role) : null,
            Epoch = isCluster && member.IsReachable ? member.Probe.Epoch : null,
            Ready = member.IsReady,
            Reachable = isCluster ? member.IsReachable : null,
            CaughtUp = CaughtUp(draft, member, wanted),
            LagMillis = RoughLag(member),
            EngineVersion = member.Probe.EngineVersion,
            Message = member.Pod is null ? PodProblems.Missing(draft.Facts.Set) : PodProblems.Describe(member.Pod, draft.Facts.Now) ?? Full(member) ?? (isCluster && member.IsReady ? member.Probe.Error ?? member.Probe.ContentError ?? InVain(draft, member, wanted) ?? Orphans(member, wanted) : null),
        };
    }

    private static string? InVain(PlanDraft draft, Member member, Member? primary) =>
        draft.Facts.HealedInVain.Contains(member.Ordinal) && member.Probe.Content is { } held && primary?.Probe.Content is { } wanted && held.Databases.DifferFrom(wanted.Databases).ToList() is { Count: > 0 } databases
            ? $"differs from {primary.PodName} in {string.Join(", ", databases)}, although it was sent all of it {Healings.MostCommits} times: do both have the same default branch?"
            : null;

    /// <summary>It works for those whom it let in; its readiness probe is a client that has to wait too.</summary>
    private static string? Full(Member member) => member.Probe.LetsNobodyIn ? "let no new client in when that was last tried: see server.listener.maxConnections" : null;

    /// <summary>Databases that only a standby has are in nobody's replication: a primary that was lost left them.</summary>
    private static string? Orphans(Member member, Member? primary)
    {
        if (!member.IsStandby || member.Probe.Content is not { } held || primary?.Probe.Content is not { } wanted)
            return null;
        var orphans = held.Databases.Keys.Where(database => !wanted.Databases.ContainsKey(database)).ToList();
        return orphans.Count == 0 ? null : $"holds database {string.Join(", ", orphans)}, which the primary lacks";
    }

    /// <summary>Doubling steps from a second on: a lag that grows writes the status now and then, not in every pass.</summary>
    private static long? RoughLag(Member member)
    {
        if (!member.IsStandby || member.ReportedLag is not { TotalMilliseconds: >= 1000 } lag)
            return null;
        var step = 1000L;
        while (step * 2 <= lag.TotalMilliseconds)
            step *= 2;
        return step;
    }

    /// <summary>Whether the standby is proven to hold what the primary holds. Writes between two readings do not make it look behind.</summary>
    private static bool? CaughtUp(PlanDraft draft, Member member, Member? primary)
    {
        if (!member.IsStandby || primary?.Probe.Content is not { } wanted || member.Probe.Content is not { } held)
            return null;
        if (held.HoldsAllOf(wanted))
            return true;
        var before = draft.Facts.Status.Members?.FirstOrDefault(status => status.Name == member.PodName)?.CaughtUp;
        return before == true && wanted.Databases.Keys.All(held.Databases.ContainsKey) && !(wanted.Rests() && held.Rests());
    }

    /// <summary>What the primary holds; the last knowledge while it cannot be asked. One server alone has no standby that could take over: nothing of an earlier replication holds of a later one.</summary>
    private static IReadOnlyList<string>? Databases(PlanDraft draft) => !draft.Topology.IsReplicated ? null
        : draft.SettledPrimary?.Probe.Content is { } content ? [.. content.Databases.Keys]
        : draft.Facts.Status.Databases;

    private static IReadOnlyList<EqualityProof>? LastEqual(PlanDraft draft)
    {
        if (!draft.Topology.IsReplicated)
            return null;
        var primary = draft.SettledPrimary;
        if (primary?.Probe.Content is not { } wanted)
            return draft.Facts.Status.LastEqual;
        var proofs = draft.Facts.Members.Where(member => member != primary).Select(member => Proof(member, wanted, draft.Facts.ProofOf(member))).OfType<EqualityProof>().ToList();
        return proofs.Count > 0 ? proofs : null;
    }

    /// <summary>
    /// What the standby is proven to hold: of this moment when that is news, else what it was. Databases that it lacks for good although the primary says that it
    /// has them (it lost its volume, or they were restored from a backup, which Dolt does not replicate) are proven no more.
    /// </summary>
    private static EqualityProof? Proof(Member standby, ContentProof wanted, EqualityProof? before)
    {
        if (standby is not { IsStandby: true, Probe.Content: { } held })
            return before;
        var isNew = before is null || before.PodUid != standby.Pod?.Metadata.Uid || !wanted.Databases.Keys.All(database => before.Databases?.ContainsKey(database) == true)
            || (!Same(before, wanted) && wanted.Time - (before.Time ?? default) >= ProofInterval);
        if (isNew && held.HoldsOrFollows(wanted))
        {
            return new EqualityProof
            {
                Member = standby.PodName,
                PodUid = standby.Pod?.Metadata.Uid,
                Time = wanted.Time.WholeSeconds(),
                // Of what the primary was seen to hold, and no more: another database may be one that it has by now, and that came here empty.
                Databases = held.Databases.Where(pair => wanted.Databases.ContainsKey(pair.Key)).ToDictionary(StringComparer.Ordinal),
            };
        }

        if (standby.ReportedLag != TimeSpan.Zero || before?.Databases is not { } proven)
            return before;
        var lost = wanted.DatabasesThatStayDifferent(held).Where(proven.ContainsKey).ToList();
        return lost.Count == 0 ? before : before with { Databases = proven.Where(pair => !lost.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal) };
    }

    private static bool Same(EqualityProof proof, ContentProof content) =>
        proof.Databases is { } databases && databases.Count == content.Databases.Count && content.Databases.HoldAll(databases);
}
