using DoltDB.Operator.Api;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>What <c>spec.paused</c> means at a time.</summary>
internal enum Pause
{
    /// <summary>The cluster is not paused.</summary>
    None,

    /// <summary>A move of the primary role that was begun before is finished first, with the way to the new primary, and nothing else: half of it is an outage.</summary>
    Finishing,

    /// <summary>Nothing is changed.</summary>
    Holding,
}

/// <summary>Tells what <c>spec.paused</c> means now.</summary>
internal static class PauseRules
{
    /// <summary>The pause of the cluster.</summary>
    public static Pause Of(DoltDb cluster) => cluster.Spec?.Paused != true ? Pause.None : cluster.Status?.HandOver is null ? Pause.Holding : Pause.Finishing;
}
