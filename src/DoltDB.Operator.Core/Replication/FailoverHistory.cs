using DoltDB.Operator.Core.Clusters;

namespace DoltDB.Operator.Core.Replication;

/// <summary>How often the primary was replaced lately: a cluster that fails over again and again needs somebody to look.</summary>
internal static class FailoverHistory
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>Failovers of the last hour.</summary>
    public static IReadOnlyList<DateTimeOffset> Recent(ClusterFacts facts) => [.. (facts.Status.RecentFailovers ?? []).Where(time => facts.Now - time < Window)];

    /// <summary>The history for the status. It changes only with a failover, so that a steady cluster writes nothing.</summary>
    public static IReadOnlyList<DateTimeOffset>? After(ClusterFacts facts, ClusterStep? step)
    {
        if (step is not ClusterStep.Failover failover || facts.Status.HandOver?.Epoch == failover.Epoch)
            return facts.Status.RecentFailovers;
        return [.. Recent(facts), DateTimeOffset.FromUnixTimeSeconds(facts.Now.ToUnixTimeSeconds())];
    }
}
