using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>How far a rolling update is.</summary>
/// <param name="Stale">Ordinals whose pods are not of the wanted template.</param>
/// <param name="Next">The pod to replace now, or null.</param>
/// <param name="HandOver">The hand-over that must come first, or null.</param>
/// <param name="Waiting">What the update waits for; null when it waits for nothing.</param>
/// <param name="IsStalled">Whether it has waited for so long that somebody should look.</param>
internal sealed record UpdateState(ImmutableArray<int> Stale, ClusterStep.RemovePod? Next, HandOverIntent? HandOver, string? Waiting, bool IsStalled);

/// <summary>Rolling updates: standbys first, from the highest ordinal, each back and caught up before the next; the primary last, after a hand-over.</summary>
internal static class UpdateRules
{
    /// <summary>How long a replaced pod may take before the update counts as stalled.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(10);

    /// <summary>How long a pod may take to come back by itself while there is no primary.</summary>
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(30);

    /// <summary>The state of the update to <paramref name="desired"/>.</summary>
    public static UpdateState Decide(ClusterFacts facts, ClusterTopology topology, DesiredCluster desired, int? primary)
    {
        var stale = facts.Members.Where(member => member.Ordinal < topology.SetReplicas && IsStale(facts, topology, member, desired)).ToList();
        var ordinals = stale.Select(member => member.Ordinal).ToImmutableArray();
        var nothing = new UpdateState(ordinals, null, null, null, false);
        if (stale.Count == 0 || topology.Spec.EffectiveUpdateStrategy() != "ReplicasFirstPrimaryLast")
            return nothing;
        // A failover that nobody saw the end of waits for a server, perhaps for the one that this update mends.
        if (facts.Status.HandOver is { Reason: not PrimaryReasons.Failover })
            return nothing with { Waiting = "a hand-over is in progress" };
        if (!IsApplied(facts, desired))
            return nothing with { Waiting = "the StatefulSet does not have the wanted template yet" };

        // The server that holds the data enters cluster mode before anybody else matters.
        if (topology.IsReplicated && primary is null && facts.Find(facts.Status.CurrentPrimaryPodIndex) is { IsStandalone: true, IsReady: true } holder && stale.Contains(holder))
            return Remove(facts, nothing, holder, respectsBudget: false, "it enters cluster mode");
        if (stale.FirstOrDefault(member => IsBroken(facts, topology, member, primary)) is { } broken)
            return Remove(facts, nothing, broken, respectsBudget: false, "it does not run and is not of the wanted template");
        if (Unfinished(facts, topology, primary, ordinals) is { } unfinished)
            return nothing with { Waiting = unfinished.Because, IsStalled = unfinished.IsStalled };
        return Healthy(facts, topology, primary, stale, nothing);
    }

    /// <summary>
    /// Whether the pod does not run, so that its replacement disturbs nobody. While there is a primary any other pod is replaced at once. While
    /// there is none, the pod may be all that is left: it gets the time to come back by itself, and must be known not to run. A server that answers and
    /// is not ready for long (a probe that cannot succeed) serves nobody either.
    /// </summary>
    private static bool IsBroken(ClusterFacts facts, ClusterTopology topology, Member member, int? primary)
    {
        if (member.IsReady || member.IsDeleting)
            return false;
        if (member.IsReachable)
            return member.NotReadySince is { } unready && facts.Now - unready >= ReturnLimit && (!topology.IsReplicated || (primary is not null && member.Ordinal != primary));
        if (!topology.IsReplicated)
            return !member.IsRunning || member.Probe.IsAccessDenied;
        if (primary is not null)
            return member.Ordinal != primary;
        return !member.IsRunning && member.Probe.AwaySince is { } since && facts.Now - since >= ReturnLimit;
    }

    private static UpdateState Healthy(ClusterFacts facts, ClusterTopology topology, int? primary, List<Member> stale, UpdateState nothing)
    {
        if (stale.OrderByDescending(member => member.Ordinal).FirstOrDefault(member => member.Ordinal != primary) is { } standby)
            return Remove(facts, nothing, standby, respectsBudget: true, "it is not of the wanted template");
        if (!topology.IsReplicated || facts.Members.Length < 2)
            return Remove(facts, nothing, stale[0], respectsBudget: true, "it is not of the wanted template");
        if (facts.HandOverFailure is { } failure)
            return nothing with { Waiting = $"the last hand-over failed: {failure}" };
        return HandOverRules.ForUpdate(facts, primary ?? 0) switch
        {
            null => nothing with { Waiting = "no standby can take over from the primary" },
            { Refusal: { } refusal } => nothing with { Waiting = refusal },
            var handOver => nothing with { HandOver = handOver },
        };
    }

    /// <summary>What must be healthy before the next pod is touched and is not.</summary>
    private static (string Because, bool IsStalled)? Unfinished(ClusterFacts facts, ClusterTopology topology, int? primary, ImmutableArray<int> stale)
    {
        if (topology.IsReplicated && primary is null)
            return ("there is no primary", false);
        foreach (var member in facts.Members.Where(member => member.Ordinal < topology.SetReplicas))
        {
            var problem = member.Pod is null || member.IsDeleting ? "is being replaced" : !member.IsReady ? "is not ready" : topology.IsReplicated ? Lagging(facts, member, primary, stale) : Silent(member);
            if (problem is not null)
                return ($"{member.PodName} {problem}", IsOverdue(facts, member));
        }

        return null;
    }

    /// <summary>A server that runs and that only we cannot reach is not ours to disturb. One that refuses us answers.</summary>
    private static string? Silent(Member member) => member.IsReachable || member.Probe.IsThereUnasked ? null : "cannot be reached";

    private static string? Lagging(ClusterFacts facts, Member member, int? primary, ImmutableArray<int> stale)
    {
        if (!member.IsReachable)
            return Silent(member) ?? "refuses the administrator's password";
        if (member.Ordinal == primary)
            return null;
        // Servers that shared nothing before there was replication: replacing them is what brings them in.
        if (member.IsStandalone && stale.Contains(member.Ordinal))
            return null;
        if (!member.IsStandby)
            return $"reports {RoleNames.Of(member.Probe.Role)}";
        // A server that is new gets nothing from a primary whose configuration is older than it: the update itself mends that.
        if (primary is { } source && stale.Contains(source) && facts.ProofOf(member) is not { Databases.Count: > 0 })
            return null;
        if (facts.Find(primary) is { Probe.Replication: { Count: > 0 } remotes } && !remotes.ContainsKey(member.PodName))
            return null;
        var missing = PrimaryRules.Missing(facts, member);
        if (missing is null || missing.Count > 0)
            return "does not hold every database of the primary yet";
        return IsProven(facts, member, facts.Find(primary)) ? null : "was not seen since it started to hold what the primary holds";
    }

    /// <summary>
    /// Whether the standby holds, or held since it started, what the primary holds. One that lost its volume gets the databases back by name, empty; while it
    /// is behind, the next pod may be the last that has everything.
    /// </summary>
    private static bool IsProven(ClusterFacts facts, Member member, Member? primary)
    {
        if (primary?.Probe.Content is { } wanted && member.Probe.Content?.HoldsOrFollows(wanted) == true)
            return true;
        return facts.ProofOf(member) is { PodUid: { } uid } last
            && uid == member.Pod?.Metadata.Uid && !(last.Time < member.StartedAt)
            && facts.Status.Databases?.All(database => last.Databases?.ContainsKey(database) == true) == true;
    }

    /// <summary>Whether a pod that is made now is made as wanted: where the API server refused the StatefulSet, replacing pods would never end.</summary>
    private static bool IsApplied(ClusterFacts facts, DesiredCluster desired) =>
        facts.Set?.Spec?.Template is { } live && desired.StatefulSet.Spec?.Template is { } wanted && Hash(live.Metadata) == Hash(wanted.Metadata);

    private static string? Hash(ObjectMeta? metadata) => metadata?.Annotations?.GetValueOrDefault(ClusterLabels.TemplateHashAnnotation);

    private static bool IsOverdue(ClusterFacts facts, Member member) => UnfinishedSince(facts, member) is { } since && facts.Now - since > StallLimit;

    /// <summary>
    /// Since when the member may be what the update waits for. One that is ready and lacks something may have been ready for days before that: it counts from the
    /// beginning of the update, if that is later.
    /// </summary>
    private static DateTimeOffset? UnfinishedSince(ClusterFacts facts, Member member) => member switch
    {
        { IsDeleting: true } => member.Pod?.Metadata.DeletionTimestamp,
        { IsReady: false } => member.NotReadySince ?? member.Pod?.Metadata.CreationTimestamp,
        { IsReachable: false } => member.Probe.AwaySince,
        _ => Later(member.ReadySince ?? member.Pod?.Metadata.CreationTimestamp, UpdatingSince(facts)),
    };

    private static DateTimeOffset UpdatingSince(ClusterFacts facts) =>
        facts.Status.Conditions.Find(ClusterConditions.Updated) is { Status: Conditions.False, LastTransitionTime: { } began } ? began : facts.Now;

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;

    /// <summary>A removal that was refused is what the update waits for, also while it is tried again.</summary>
    private static UpdateState Remove(ClusterFacts facts, UpdateState nothing, Member member, bool respectsBudget, string because)
    {
        var uid = member.Pod!.Metadata.Uid ?? "";
        var remove = new ClusterStep.RemovePod(member.Ordinal, uid, respectsBudget, $"{member.PodName} is replaced: {because}");
        return facts.Refusals.GetValueOrDefault(Refusals.OfPod(uid)) is { } refusal
            ? nothing with { Next = refusal.Rests ? null : remove, Waiting = $"{member.PodName} cannot be replaced: {refusal.Because}", IsStalled = facts.Now - refusal.Since > StallLimit }
            : nothing with { Next = remove };
    }

    /// <summary>
    /// Whether the pod must be replaced. Pods that this operator made carry the hash of their template. Pods that it found are as wanted while
    /// the template is what it was when they were found and they run the wanted image.
    /// </summary>
    private static bool IsStale(ClusterFacts facts, ClusterTopology topology, Member member, DesiredCluster desired)
    {
        if (member.Pod is not { } pod || member.IsDeleting)
            return false;
        if (pod.Metadata.Annotations?.GetValueOrDefault(ClusterLabels.TemplateHashAnnotation) is { } hash)
            return hash != desired.TemplateHash || LacksRemote(facts, topology, member) || CannotStart(facts, pod);
        var adopted = desired.StatefulSet.Metadata.Annotations?.GetValueOrDefault(ClusterLabels.AdoptedTemplateHashAnnotation);
        return adopted != desired.TemplateHash || Image(pod.Spec) != Image(desired.StatefulSet.Spec?.Template?.Spec);
    }

    /// <summary>
    /// Whether a primary of the wanted template does not know a member that its configuration is to name: its node gave it an older ConfigMap, and that member
    /// would never get anything. Without databases a primary names nobody.
    /// </summary>
    private static bool LacksRemote(ClusterFacts facts, ClusterTopology topology, Member member) =>
        topology.IsReplicated && member is { IsPrimary: true, Probe.Replication: { Count: > 0 } remotes }
        && facts.Members.Any(other => other.Ordinal != member.Ordinal && other.Ordinal < topology.ConfigReplicas && !remotes.ContainsKey(other.PodName));

    /// <summary>
    /// Whether the server ends whenever it begins, and has another value than a new pod would get of what is set while servers run: the file that it reads is made
    /// once a pod, and the old value may be why.
    /// </summary>
    private static bool CannotStart(ClusterFacts facts, Pod pod) =>
        facts.Set?.Spec?.Template?.Metadata?.Annotations?.GetValueOrDefault(ClusterLabels.DynamicHashAnnotation) is { } wanted
        && pod.Metadata.Annotations?.GetValueOrDefault(ClusterLabels.DynamicHashAnnotation) != wanted
        && PodProblems.IsCrashLooping(pod);

    private static string? Image(PodSpec? spec) => spec?.Containers?.FirstOrDefault(container => container.Name == "dolt")?.Image;
}
