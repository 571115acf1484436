using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Events;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>What one pass does: the outcome of all decisions.</summary>
internal sealed record ClusterPlan
{
    /// <summary>The child objects; null while the spec is refused or a pause holds, which leaves what runs alone.</summary>
    public DesiredCluster? Desired { get; init; }

    /// <summary>Role label of each pod that has to change: the label's value, or null to remove it.</summary>
    public ImmutableDictionary<int, string?> RoleLabels { get; init; } = ImmutableDictionary<int, string?>.Empty;

    /// <summary>The one step that disturbs a server, or null.</summary>
    public ClusterStep? Step { get; init; }

    /// <summary>The value that spec.replication.primary.podIndex has to follow to, or null.</summary>
    public int? PodIndex { get; init; }

    /// <summary>Ordinal that the write Service has to select although the children are left alone, or null.</summary>
    public int? Routed { get; init; }

    /// <summary>The status, complete.</summary>
    public required DoltDbStatus Status { get; init; }

    /// <summary>What happened, for the event log of the object.</summary>
    public ImmutableArray<ClusterEvent> Events { get; init; } = [];

    /// <summary>When to look again without an event; null when events suffice.</summary>
    public TimeSpan? LookAgain { get; init; }

    /// <summary>Whether equal facts need no other decision, see <see cref="Calm"/>.</summary>
    public bool IsCalm { get; init; }

    /// <summary>How much the next pass must know of what the servers hold.</summary>
    public ContentNeed NextContentNeed { get; init; } = ContentNeed.Recent;
}

/// <summary>Something that users should read about the cluster.</summary>
internal sealed record ClusterEvent(EventType Type, string Reason, string Message);

/// <summary>A step that disturbs a server or replaces an object. At most one a pass.</summary>
internal abstract record ClusterStep(string Because)
{
    /// <summary>Make a server primary; its epoch is in the status before it is sent.</summary>
    internal sealed record Promote(int Ordinal, long Epoch, string Reason, string Because) : ClusterStep(Because);

    /// <summary>Replace a lost primary: unroute it, remove its pod, promote the other.</summary>
    internal sealed record Failover(int From, int To, long Epoch, string Because) : ClusterStep(Because);

    /// <summary>Hand the primary role over, or go on with that.</summary>
    internal sealed record HandOver(HandOverStatus State, int MinimumCaughtUp, string Because) : ClusterStep(Because);

    /// <summary>Remove a pod so that it comes back as wanted.</summary>
    /// <param name="Ordinal">Which pod.</param>
    /// <param name="Uid">Which incarnation.</param>
    /// <param name="RespectsBudget">Whether the PodDisruptionBudget is asked; a broken pod is removed without.</param>
    /// <param name="Because">Why.</param>
    internal sealed record RemovePod(int Ordinal, string Uid, bool RespectsBudget, string Because) : ClusterStep(Because);

    /// <summary>Delete the StatefulSet and leave its pods: a field that cannot change changes by its re-creation in the next pass.</summary>
    internal sealed record ReplaceSet(string Uid, string Because) : ClusterStep(Because);

    /// <summary>Ask for larger volumes.</summary>
    internal sealed record GrowClaims(ImmutableArray<string> Claims, Quantity Size, string Because) : ClusterStep(Because);

    /// <summary>Ask for less than was asked for, because volumes did not grow to that.</summary>
    internal sealed record TakeGrowthBack(ImmutableArray<string> Claims, Quantity Size, string Because) : ClusterStep(Because);

    /// <summary>Tell running servers what they take without a restart.</summary>
    internal sealed record SetVariables(ImmutableArray<VariableChange> Changes, string Because) : ClusterStep(Because);

    /// <summary>Give the administrator's account the user and password that its Secret has come to say.</summary>
    internal sealed record RotateCredentials(int Primary, string Because) : ClusterStep(Because);

    /// <summary>Make the primary send again what a standby lacks.</summary>
    internal sealed record Heal(int Primary, int Standby, ImmutableArray<string> Databases, bool Accounts, string Because) : ClusterStep(Because);
}
