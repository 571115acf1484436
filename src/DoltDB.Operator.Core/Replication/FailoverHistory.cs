using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;

namespace DoltDB.Operator.Core.Replication;

/// <summary>How often the primary was replaced lately: a cluster that fails over again and again needs somebody to look.</summary>
internal static class FailoverHistory
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Failovers of the last hour.</summary>
    public static IReadOnlyList<DateTimeOffset> Recent(ClusterFacts facts) => [.. (facts.Status.RecentFailovers ?? []).Where(time => facts.Now - time < Window)];

    /// <summary>
    /// The history for the status: a failover counts when its new primary is seen, not when it is tried. It changes only then, so that a steady cluster writes nothing.
    /// </summary>
    public static IReadOnlyList<DateTimeOffset>? After(PlanDraft draft) =>
        draft.Primary is PrimaryDecision.Settled settled && draft.Facts.Status.HandOver is { Reason: PrimaryReasons.Failover, To: var to } && to == settled.Ordinal
            ? [.. Recent(draft.Facts), draft.Facts.Now.WholeSeconds()]
            : draft.Facts.Status.RecentFailovers;
}
