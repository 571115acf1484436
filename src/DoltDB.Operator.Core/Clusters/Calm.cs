using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>
/// A cluster at rest is probed every second and decided about only when something is different: most passes of most clusters end after the probe.
/// </summary>
internal static class Calm
{
    /// <summary>Whether the plan does nothing and waits for nothing, so that equal facts give an equal plan whatever the time.</summary>
    public static bool IsCalm(PlanDraft draft, ClusterPlan plan) =>
        plan is { Step: null, RoleLabels.IsEmpty: true, Events.IsEmpty: true, PodIndex: null, NextContentNeed: ContentNeed.Recent, Desired: not null }
        && draft is { Problems.Count: 0, Intent: null, Topology.Waiting: null, Update: null or { Stale.Length: 0 }, Storage: { ToGrow.Length: 0, ToTakeBack.Length: 0, Waiting.Length: 0 }, Primary: null or PrimaryDecision.Settled }
        && draft.Facts is { ChildrenRefused: null, HandOverFailure: null, Healing.IsEmpty: true, Refusals.IsEmpty: true, Status.HandOver: null }
        && draft.Facts.Members.All(member => member is { IsReady: true } && (draft.Primary is null || (member.IsReachable && (member.IsPrimary || IsProven(plan, member)))));

    /// <summary>Whether the proof in the status is of what the standby holds now: an older one is still to be written.</summary>
    private static bool IsProven(ClusterPlan plan, Member standby) =>
        standby.Probe.Content is { } held && plan.Status.LastEqual?.FirstOrDefault(proof => proof.Member == standby.PodName) is { Databases: { } proven }
        && plan.Status.Databases?.All(proven.ContainsKey) == true && held.Databases.HoldAll(proven);

    /// <summary>Whether nothing that a decision reads is different, but for the time.</summary>
    public static bool IsSame(ClusterFacts before, ClusterFacts now) =>
        Version(before.Cluster.Metadata) == Version(now.Cluster.Metadata)
        && Version(before.Set?.Metadata) == Version(now.Set?.Metadata)
        && before.Credentials == now.Credentials
        && before.CanExpandVolumes == now.CanExpandVolumes
        && before.DefaultStorageClass == now.DefaultStorageClass
        && before.ChildrenRefused == now.ChildrenRefused
        && now.Refusals.IsEmpty
        && before.Members.Length == now.Members.Length
        && before.Members.Zip(now.Members).All(pair => IsSame(pair.First, pair.Second))
        && before.Claims.Length == now.Claims.Length
        && before.Claims.Zip(now.Claims).All(pair => Version(pair.First.Metadata) == Version(pair.Second.Metadata));

    private static bool IsSame(Member before, Member now) =>
        before.Ordinal == now.Ordinal && Version(before.Pod?.Metadata) == Version(now.Pod?.Metadata) && before.IsRemoved == now.IsRemoved
        && IsSame(before.Probe, now.Probe) && !(now.ReportedLag >= HandOverRules.NotableLag) && !(before.ReportedLag >= HandOverRules.NotableLag);

    private static bool IsSame(MemberProbe before, MemberProbe now) =>
        before.IsReachable == now.IsReachable && before.Role == now.Role && before.Epoch == now.Epoch && before.EngineVersion == now.EngineVersion
        && before.Variables == now.Variables && before.ContentError == now.ContentError && before.LetsNobodyIn == now.LetsNobodyIn
        && (ReferenceEquals(before.Content, now.Content) || (before.Content is { } old && now.Content is { } read && old.IsSameAs(read)));

    private static (string? Uid, string? Version) Version(ObjectMeta? metadata) => (metadata?.Uid, metadata?.ResourceVersion);
}
