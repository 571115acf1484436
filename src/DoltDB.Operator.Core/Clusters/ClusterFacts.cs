using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Everything that one pass knows of a cluster. Decisions are functions of this and of nothing else.</summary>
internal sealed record ClusterFacts
{
    /// <summary>The time of the pass.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The custom resource.</summary>
    public required DoltDb Cluster { get; init; }

    /// <summary>The StatefulSet of the cluster; null before it is created and while it is being replaced.</summary>
    public StatefulSet? Set { get; init; }

    /// <summary>The data claims of the cluster, in the order of their ordinals.</summary>
    public ImmutableArray<PersistentVolumeClaim> Claims { get; init; } = [];

    /// <summary>The servers by ordinal: one for every ordinal that is wanted or has a pod.</summary>
    public ImmutableArray<Member> Members { get; init; } = [];

    /// <summary>The administrator's account.</summary>
    public required CredentialsState Credentials { get; init; }

    /// <summary>Why the API server refused child objects in the last pass; null when it did not.</summary>
    public string? ChildrenRefused { get; init; }

    /// <summary>Why the last hand-over failed, while it is too early for another attempt; null otherwise.</summary>
    public string? HandOverFailure { get; init; }

    /// <summary>What stood in the way of steps, named as <see cref="Clusters.Refusals"/> says.</summary>
    public ImmutableDictionary<string, Refusal> Refusals { get; init; } = ImmutableDictionary<string, Refusal>.Empty;

    /// <summary>Why the server of the member did not become primary, while it is too early to tell it again; null otherwise.</summary>
    public string? RestsFromPromotion(Member member) =>
        Refusals.GetValueOrDefault(Clusters.Refusals.OfPromotion(member.Pod?.Metadata.Uid)) is { Rests: true } refusal ? refusal.Because : null;

    /// <summary>Since when the server of the member was told in vain to become primary; null when it was not.</summary>
    public DateTimeOffset? FailsToBecomePrimarySince(Member member) => Refusals.GetValueOrDefault(Clusters.Refusals.OfPromotion(member.Pod?.Metadata.Uid))?.Since;

    /// <summary>Ordinals of standbys that were sent what they lack a moment ago: it is not sent again yet.</summary>
    public ImmutableHashSet<int> Healing { get; init; } = [];

    /// <summary>Ordinals of standbys that differ although they were sent what they lack again and again: it is not sent any more.</summary>
    public ImmutableHashSet<int> HealedInVain { get; init; } = [];

    /// <summary>
    /// Ordinals that were away when the present primary was promoted and came back a moment ago. Dolt tries less and less often, once a minute at last, to send them
    /// accounts and branch permissions, which no lag tells of; a hand-over before that makes it refuse writes for ten seconds.
    /// </summary>
    public ImmutableHashSet<int> MayLackAccounts { get; init; } = [];

    /// <summary>Whether writing <c>podIndex</c> of this generation was refused, or somebody applies that field.</summary>
    public bool IsPodIndexLeftAlone { get; init; }

    /// <summary>Whether the class of the volumes allows them to grow; null when it is not known.</summary>
    public bool? CanExpandVolumes { get; init; }

    /// <summary>The class of volumes that name none; null when there is none, or it does not matter.</summary>
    public string? DefaultStorageClass { get; init; }

    /// <summary>
    /// What the user wants. A <c>podIndex</c> that no server has, as one is left with that shrinks a cluster, asks for nothing: what was asked for before stays.
    /// </summary>
    public DoltDbSpec Spec => Cluster.Spec is not { } spec ? new DoltDbSpec() : spec.RequestedPodIndex() < spec.EffectiveReplicas() ? spec : spec with
    {
        Replication = spec.Replication! with { Primary = spec.Replication.Primary! with { PodIndex = Status.CurrentPrimaryPodIndex is { } primary ? Status.HandledPodIndex ?? primary : 0 } },
    };

    /// <summary>What was last written about the cluster.</summary>
    public DoltDbStatus Status => Cluster.Status ?? new DoltDbStatus();

    /// <summary>Name of the cluster.</summary>
    public string Name => Cluster.Metadata.Name ?? "";

    /// <summary>Number of servers that the live StatefulSet runs; 0 without one.</summary>
    public int LiveReplicas => Set?.Spec?.Replicas ?? 0;

    /// <summary>The member of that ordinal, or null.</summary>
    public Member? Find(int? ordinal) => ordinal is { } wanted ? Members.FirstOrDefault(member => member.Ordinal == wanted) : null;

    /// <summary>What the member was last proven to hold of the primary's databases; null when it never was.</summary>
    public EqualityProof? ProofOf(Member member) => Status.LastEqual?.FirstOrDefault(proof => proof.Member == member.PodName);

    /// <summary>
    /// Whether nothing that this cluster stores can be older than the DoltDB itself: no volume was there before it or begins from a snapshot.
    /// Only then may a server be promoted without proof that it holds what others hold.
    /// </summary>
    public bool IsFresh => Cluster.Metadata.CreationTimestamp is { } created && string.IsNullOrEmpty(Spec.Storage?.VolumeSnapshot)
        && Claims.All(claim => claim.Spec?.DataSource is null && (claim.Metadata.CreationTimestamp is not { } claimed || claimed >= created));
}

/// <summary>One server of a cluster, as the API and the server itself show it.</summary>
internal sealed record Member
{
    /// <summary>Ordinal in the StatefulSet.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Name of the pod.</summary>
    public required string PodName { get; init; }

    /// <summary>The pod; null when there is none.</summary>
    public Pod? Pod { get; init; }

    /// <summary>What the server answered; <see cref="MemberProbe.Unknown"/> when it was not asked.</summary>
    public MemberProbe Probe { get; init; } = MemberProbe.Unknown;

    /// <summary>Whether the server answers SQL.</summary>
    public bool IsReachable => Probe.IsReachable;

    /// <summary>Whether the pod is Ready and stays.</summary>
    public bool IsReady => Pod is not null && !IsDeleting && Pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    /// <summary>Since when the pod is not Ready; null while it is, or has not said.</summary>
    public DateTimeOffset? NotReadySince => Pod?.Status?.Conditions?.FirstOrDefault(static condition => condition is { Type: "Ready", Status: not "True" })?.LastTransitionTime;

    /// <summary>Since when the pod is Ready; null while it is not, or has not said.</summary>
    public DateTimeOffset? ReadySince => Pod?.Status?.Conditions?.FirstOrDefault(static condition => condition is { Type: "Ready", Status: "True" })?.LastTransitionTime;

    /// <summary>Whether the pod is being deleted, or was told to and the cache has not seen it.</summary>
    public bool IsDeleting => IsRemoved || Pod?.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether this operator removed the pod and the cache may not have seen it yet.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>What Kubernetes announced about the pod before it does it; null when there is nothing, or when the pod is being deleted already.</summary>
    public AnnouncedStop? AnnouncedStop => !IsDeleting && Pod?.Status?.Conditions?.FirstOrDefault(static condition => condition is { Type: "DisruptionTarget", Status: "True" }) is { } target
        ? new AnnouncedStop(target.Reason ?? target.Type, target.LastTransitionTime)
        : null;

    /// <summary>Whether the node says that the server's container runs.</summary>
    public bool IsRunning => Running is not null;

    /// <summary>Since when the server's container runs, by its node; null while it does not, and where that is not told.</summary>
    public DateTimeOffset? StartedAt => Running?.StartedAt;

    private ContainerStateRunning? Running => Pod?.Status?.ContainerStatuses?.FirstOrDefault(static container => container.Name == "dolt")?.State?.Running;

    /// <summary>Address of the pod, or null.</summary>
    public string? Address => Pod?.Status?.PodIP is { Length: > 0 } address ? address : null;

    /// <summary>How far the server lags by what the primary last said of it; null when it said nothing.</summary>
    public TimeSpan? ReportedLag { get; init; }

    /// <summary>The role label that the pod has now.</summary>
    public string? RoleLabel => Pod?.Metadata.Labels?.GetValueOrDefault(Resources.ClusterLabels.Role);

    /// <summary>Whether the server says that it is the primary.</summary>
    public bool IsPrimary => Probe is { IsReachable: true, Role: Sql.DoltRole.Primary };

    /// <summary>Whether the server says that it is a standby.</summary>
    public bool IsStandby => Probe is { IsReachable: true, Role: Sql.DoltRole.Standby };

    /// <summary>Whether the server runs without a cluster configuration.</summary>
    public bool IsStandalone => Probe is { IsReachable: true, Role: Sql.DoltRole.None };
}

/// <summary>
/// That a pod which runs is about to be stopped: its node shuts down, and then nobody ever deletes it, or it is to be evicted or preempted. A disruption that was called off
/// leaves its announcement on a pod that lives on.
/// </summary>
/// <param name="Reason">Who stops it, in Kubernetes' word: TerminationByKubelet.</param>
/// <param name="Since">When it was announced; null when that is not told.</param>
internal sealed record AnnouncedStop(string Reason, DateTimeOffset? Since)
{
    /// <summary>Longer than a server is given to end: what still runs then was not stopped.</summary>
    public static readonly TimeSpan Lasting = TimeSpan.FromMinutes(10);

    /// <summary>Whether the pod is still expected to be stopped.</summary>
    public bool IsNear(DateTimeOffset now) => Since is not { } since || now - since < Lasting;
}

/// <summary>What is known of the administrator's account.</summary>
/// <param name="IsUsable">Whether there is a user and a password.</param>
/// <param name="Problem">What is wrong with the Secret, naming its key; null when nothing is.</param>
internal sealed record CredentialsState(bool IsUsable, string? Problem)
{
    /// <summary>Whether the Secret says something else than what the servers know.</summary>
    public bool IsRotationDue { get; init; }

    /// <summary>User and password are there.</summary>
    public static readonly CredentialsState Usable = new(true, null);
}
