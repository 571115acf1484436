using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>
/// The decision of a pass: facts in, plan out. Routing comes first, then the loss of the primary, hand-overs, volumes, rolling updates;
/// at most one of them disturbs a server in a pass.
/// </summary>
internal static class ClusterPlanner
{
    /// <summary>How often roles are read while nothing happens.</summary>
    public static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    /// <summary>When to compare servers after a database came to be: replication takes it to the standbys in some ten milliseconds.</summary>
    private static readonly TimeSpan ProofInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a server without replication is looked at.</summary>
    public static readonly TimeSpan StandaloneInterval = TimeSpan.FromSeconds(10);

    /// <summary>For how long a reading of contents says something of the present.</summary>
    private static readonly TimeSpan RecentTime = TimeSpan.FromSeconds(3);

    /// <summary>The plan for the facts; <paramref name="render"/> is <see cref="ClusterResources.Render"/> or a memory of it.</summary>
    public static ClusterPlan Plan(ClusterFacts facts, Func<RenderRequest, DesiredCluster> render)
    {
        var problems = ClusterSpecRules.Check(facts.Cluster);
        var replicatedNow = problems.Count == 0 ? facts.Spec.IsReplicated() || ClusterTopology.IsLiveReplicated(facts) : ClusterTopology.IsLiveReplicated(facts);
        var primary = replicatedNow ? PrimaryRules.Decide(facts) : null;
        var topology = ClusterTopology.Of(facts, primary);
        var storage = StorageRules.Decide(facts);
        var settled = primary as PrimaryDecision.Settled;
        var known = settled?.Ordinal ?? facts.Status.CurrentPrimaryPodIndex;
        var desired = problems.Count == 0 ? Render(facts, topology, storage, known, render) : null;
        var update = desired is null ? null : UpdateRules.Decide(facts, topology, desired, settled?.Ordinal);
        var intent = settled is null || problems.Count > 0 ? null : Intent(facts, settled.Ordinal, update);
        var pause = PauseRules.Of(facts.Cluster);
        var draft = new PlanDraft(facts, problems, topology, primary, storage, update, intent, desired);
        var step = pause switch
        {
            Pause.Holding => null,
            Pause.Finishing => OfPrimary(draft),
            _ => Step(draft),
        };
        var plan = new ClusterPlan
        {
            Desired = pause == Pause.None ? desired : null,
            RoleLabels = pause == Pause.Holding ? ImmutableDictionary<int, string?>.Empty : RoleLabels(facts, topology.IsReplicated || pause == Pause.Finishing, primary),
            Step = step,
            PodIndex = PodIndexRules.ToWrite(draft, step),
            Routed = pause == Pause.Finishing || (pause == Pause.None && desired is null) ? settled?.Ordinal : null,
            Status = ClusterStatusRules.Status(draft, step),
            Events = ClusterStatusRules.Events(draft, step),
            LookAgain = LookAgain(draft),
            NextContentNeed = NeedsContentNow(draft) ? ContentNeed.Now : ContentNeed.Recent,
        };
        return plan with { IsCalm = pause == Pause.None && Calm.IsCalm(draft, plan) };
    }

    /// <summary>A wish that is refused for now must not keep an update from handing over: that may be what it waits for.</summary>
    private static HandOverIntent? Intent(ClusterFacts facts, int primary, UpdateState? update) =>
        HandOverRules.Intent(facts, primary) is { } wish && (wish.Refusal is null || update?.HandOver is null) ? wish : update?.HandOver;

    private static DesiredCluster Render(ClusterFacts facts, ClusterTopology topology, StorageState storage, int? primary, Func<RenderRequest, DesiredCluster> render)
    {
        var request = new RenderRequest
        {
            Cluster = facts.Cluster,
            Spec = topology.Spec,
            ConfigReplicas = topology.ConfigReplicas,
            StatefulSetReplicas = topology.SetReplicas,
            ClaimSize = storage.Size,
            StorageClassName = storage.StorageClassName,
            PrimaryOrdinal = topology.IsReplicated ? primary : null,
            RoutedOrdinal = primary ?? facts.Spec.RequestedPodIndex(),
            HasFoundPods = facts.Members.Any(member => member.Pod is { } pod && pod.Metadata.Labels?.ContainsKey(ClusterLabels.ManagedBy) != true),
            FormerSqlPort = Former(facts, ClusterLabels.SqlPortName, topology.Spec.SqlPort()),
            FormerReplicationPort = topology.IsReplicated ? Former(facts, ClusterLabels.RemotesApiPortName, topology.Spec.ReplicationPort()) : null,
            BeginsWithoutVolumes = facts.Set is null && facts.Claims.IsEmpty && facts.Members.All(member => member.Pod is null),
        };
        var found = facts.Set?.Metadata.Annotations?.GetValueOrDefault(ClusterLabels.AdoptedTemplateHashAnnotation);
        if (found is null && !IsFoundWithoutHash(facts))
            return render(request);
        return render(request with { AdoptedTemplateHash = found ?? render(request).TemplateHash });
    }

    /// <summary>A port of that name, another than the present one, that a pod was made with.</summary>
    private static int? Former(ClusterFacts facts, string name, int present) =>
        facts.Members.Select(member => ClusterObserver.Port(member.Pod, name)).FirstOrDefault(port => port is not null && port != present);

    /// <summary>Whether pods are there that another operator made.</summary>
    private static bool IsFoundWithoutHash(ClusterFacts facts) => facts.Set is { } set
        ? set.Spec?.Template?.Metadata?.Annotations?.ContainsKey(ClusterLabels.TemplateHashAnnotation) != true
        : facts.Members.Any(member => member.Pod is { } pod && pod.Metadata.Annotations?.ContainsKey(ClusterLabels.TemplateHashAnnotation) != true);

    /// <summary>The one disruptive step, the most urgent first.</summary>
    private static ClusterStep? Step(PlanDraft draft) =>
        OfPrimary(draft) ?? OfIntent(draft) ?? (ClusterStep?)OfCredentials(draft) ?? OfStorage(draft) ?? OfSet(draft) ?? (ClusterStep?)draft.Update?.Next ?? (ClusterStep?)Healing(draft) ?? VariableRules.Decide(draft);

    private static ClusterStep? OfPrimary(PlanDraft draft) => draft.Primary switch
    {
        PrimaryDecision.Promote promote => new ClusterStep.Promote(promote.Ordinal, promote.Epoch, promote.Reason, promote.Because),
        PrimaryDecision.Failover failover => new ClusterStep.Failover(failover.From, failover.To, failover.Epoch, failover.Because),
        PrimaryDecision.ContinueHandOver go => new ClusterStep.HandOver(go.HandOver, MinimumCaughtUp(draft.Facts, go.HandOver.From), "a hand-over that was begun goes on"),
        _ => null,
    };

    /// <summary>As soon as there is a primary that can be told: until then the old ones open. After a failure the less urgent steps go on for a while.</summary>
    private static ClusterStep.RotateCredentials? OfCredentials(PlanDraft draft) =>
        draft.Facts.Credentials.IsRotationDue && draft.Facts.Refusals.GetValueOrDefault(Refusals.Rotation) is not { Rests: true } && draft.SettledPrimary is { IsReachable: true } primary
            ? new ClusterStep.RotateCredentials(primary.Ordinal, $"the administrator gets what Secret {ClusterNames.Credentials(draft.Facts.Name)} says")
            : null;

    private static ClusterStep.HandOver? OfIntent(PlanDraft draft)
    {
        if (draft.Intent is not { Refusal: null } intent || draft.Primary is not PrimaryDecision.Settled settled || draft.Facts.Status.HandOver is not null)
            return null;
        var state = new HandOverStatus
        {
            From = settled.Ordinal,
            To = intent.To,
            Epoch = PrimaryRules.NextEpoch(draft.Facts),
            Reason = intent.Reason,
            StartedAt = draft.Facts.Now.WholeSeconds(),
        };
        return new ClusterStep.HandOver(state, MinimumCaughtUp(draft.Facts, settled.Ordinal), intent.Because);
    }

    /// <summary>
    /// A primary whose configuration is older than a change of the number of servers can only be asked for the standbys that it knows; without databases it names
    /// nobody.
    /// </summary>
    private static int MinimumCaughtUp(ClusterFacts facts, int? primary)
    {
        var known = facts.Find(primary)?.Probe.Replication is { Count: > 0 and var remotes } ? remotes : int.MaxValue;
        return Math.Min(Math.Min(facts.Spec.MinCaughtUpStandbys(), known), Math.Max(facts.Members.Length - 1, 1));
    }

    /// <summary>What is taken back comes first: a quota that it used up may be why others cannot grow.</summary>
    private static ClusterStep? OfStorage(PlanDraft draft) => draft.Problems.Count > 0 ? null : draft.Storage switch
    {
        { ToTakeBack.Length: > 0 } storage => new ClusterStep.TakeGrowthBack(storage.ToTakeBack, storage.Wanted, $"volumes that did not grow are asked for {storage.Wanted} instead"),
        { ToGrow.Length: > 0, CannotExpand: false } storage => new ClusterStep.GrowClaims(storage.ToGrow, storage.Wanted, $"volumes grow to {storage.Wanted}"),
        _ => null,
    };

    private static ClusterStep.ReplaceSet? OfSet(PlanDraft draft)
    {
        if (draft.Facts.Set is not { Metadata.DeletionTimestamp: null } live || draft.Desired is not { StatefulSet: var desired })
            return null;
        if (draft.Facts.Refusals.GetValueOrDefault(Refusals.OfSet(live.Metadata.Uid)) is { Rests: true })
            return null;
        var because = SetReplacement.Because(live, desired);
        return because is null ? null : new ClusterStep.ReplaceSet(live.Metadata.Uid ?? "", because);
    }

    /// <summary>A standby that differs from the primary for a while although neither changes will not get what it lacks by itself.</summary>
    private static ClusterStep.Heal? Healing(PlanDraft draft)
    {
        if (draft.SettledPrimary is not { Probe.Content: { } wanted } primary)
            return null;
        foreach (var standby in draft.Facts.Members.Where(member => member.IsStandby && !draft.Facts.Healing.Contains(member.Ordinal)))
        {
            if (standby.Probe.Content is not { } held || !IsRecent(draft, wanted) || !IsRecent(draft, held))
                continue;
            ImmutableArray<string> databases = draft.Facts.HealedInVain.Contains(standby.Ordinal) ? [] : [.. wanted.DatabasesThatStayDifferent(held)];
            var accounts = wanted.Accounts != held.Accounts && wanted.AccountsRest() && held.AccountsRest();
            if (accounts || !databases.IsEmpty)
                return new ClusterStep.Heal(primary.Ordinal, standby.Ordinal, databases, accounts, $"{standby.PodName} lacks what {primary.PodName} holds");
        }

        return null;
    }

    private static bool IsRecent(PlanDraft draft, ContentProof proof) => draft.Facts.Now - proof.Time < RecentTime;

    private static ImmutableDictionary<int, string?> RoleLabels(ClusterFacts facts, bool isReplicated, PrimaryDecision? primary)
    {
        var labels = ImmutableDictionary.CreateBuilder<int, string?>();
        foreach (var member in facts.Members.Where(member => member.Pod is not null))
        {
            var wanted = isReplicated ? Label(member, primary) : null;
            if (wanted != member.RoleLabel)
                labels[member.Ordinal] = wanted;
        }

        return labels.ToImmutable();
    }

    /// <summary>Only the settled primary is labelled as primary. While there is none, the last one keeps its label until it is fenced.</summary>
    private static string? Label(Member member, PrimaryDecision? primary)
    {
        if (primary is PrimaryDecision.Settled settled)
            return member.Ordinal == settled.Ordinal ? ClusterLabels.Primary : member.IsReachable && !member.IsStandby ? null : ClusterLabels.Standby;
        if (member.IsPrimary && IsAboutToGoOn(member, primary))
            return member.RoleLabel;
        return member.IsReachable && !member.IsStandby ? null : member.IsStandby ? ClusterLabels.Standby : member.RoleLabel;
    }

    /// <summary>A primary that is raised, that a hand-over has not reached yet, or that nobody may be sure of yet: it keeps the label that it has.</summary>
    private static bool IsAboutToGoOn(Member member, PrimaryDecision? primary) => primary switch
    {
        PrimaryDecision.Promote promote => promote.Ordinal == member.Ordinal,
        PrimaryDecision.ContinueHandOver go => go.HandOver.From == member.Ordinal,
        PrimaryDecision.Waiting { Reason: PrimaryReasons.WaitingForServers } => true,
        _ => false,
    };

    private static bool NeedsContentNow(PlanDraft draft) =>
        draft.Primary is not (null or PrimaryDecision.Settled)
        || (draft.SettledPrimary?.Probe.Content is { } wanted
            && draft.Facts.Members.Any(member => member.IsStandby && member.Probe.Content?.HoldsAllOf(wanted) != true));

    /// <summary>Whether the primary was just seen to have another database: until the standbys were seen to have it too, none may take over.</summary>
    private static bool HasNewDatabase(PlanDraft draft) =>
        draft.SettledPrimary?.Probe.Content is { } content
        && content.Databases.Keys.Any(database => draft.Facts.Status.Databases?.Contains(database) != true);

    private static TimeSpan? LookAgain(PlanDraft draft)
    {
        if (draft.Primary is PrimaryDecision.Waiting { LookAgain: { } soon })
            return soon < ProbeInterval ? soon : ProbeInterval;
        if (draft.Topology.IsReplicated)
            return HasNewDatabase(draft) ? ProofInterval : ProbeInterval;
        return draft.Facts.Members.Any(member => member.IsReady) ? StandaloneInterval : ProbeInterval * 5;
    }
}

/// <summary>The decisions that a plan is made of.</summary>
internal sealed record PlanDraft(
    ClusterFacts Facts,
    IReadOnlyList<SpecProblem> Problems,
    ClusterTopology Topology,
    PrimaryDecision? Primary,
    StorageState Storage,
    UpdateState? Update,
    HandOverIntent? Intent,
    DesiredCluster? Desired)
{
    /// <summary>The primary, when there is one; null while it is not known who is.</summary>
    public Member? SettledPrimary => Primary is PrimaryDecision.Settled settled ? Facts.Find(settled.Ordinal) : null;
}
