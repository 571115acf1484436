using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>What the two servers of a hand-over report.</summary>
/// <param name="From">Role of the old primary; null when it cannot be reached.</param>
/// <param name="To">Role of the new primary; null when it cannot be reached.</param>
/// <param name="IsProvenEqual">Whether both, as standbys, hold the same databases and accounts; null when it was not compared.</param>
internal sealed record HandOverObservation(DoltRoleReport? From, DoltRoleReport? To, bool? IsProvenEqual);

/// <summary>What this attempt at a hand-over has done so far; nothing of it is known to one that goes on after a crash.</summary>
internal sealed record HandOverProgress
{
    /// <summary>Whether a drain was answered already.</summary>
    public bool IsDrainTried { get; init; }

    /// <summary>Whether the drain's answer says of every database that the new primary has all of it; null when there was no such answer.</summary>
    public bool? IsTargetCaughtUp { get; init; }

    /// <summary>How often the new primary was told to be primary.</summary>
    public int Promotions { get; init; }
}

/// <summary>The next step of a hand-over.</summary>
internal enum HandOverStep
{
    /// <summary>Ask the old primary to become standby once its standbys have everything.</summary>
    Drain,

    /// <summary>Compare what the two drained servers hold.</summary>
    Compare,

    /// <summary>Make the new primary.</summary>
    Promote,

    /// <summary>Make the old primary primary again, at a new epoch.</summary>
    RollBack,

    /// <summary>The new primary is primary.</summary>
    Done,

    /// <summary>The old primary still is primary: nothing was changed, the hand-over is over.</summary>
    Abandoned,

    /// <summary>The old primary cannot be asked, or began anew as a standby, perhaps without its volume: the rules for a lost primary hold.</summary>
    Lost,
}

/// <summary>
/// The state machine of a hand-over: a function of what the two servers report, so that it goes on after a crash at any point.
/// The old primary is drained and the new one promoted at the same epoch, which no other promotion ever uses.
/// </summary>
internal static class HandOverSteps
{
    /// <summary>How often a promotion is tried: one that comes late loses against the old primary's new epoch.</summary>
    private const int MostPromotions = 2;

    /// <summary>The next step of the hand-over at <paramref name="epoch"/>.</summary>
    public static HandOverStep Next(HandOverObservation seen, long epoch, HandOverProgress progress)
    {
        if (seen.To is { Role: DoltRole.Primary } && seen.To.Epoch >= epoch)
            return HandOverStep.Done;
        return seen.From switch
        {
            null => HandOverStep.Lost,
            { Role: DoltRole.Primary } => progress.IsDrainTried || seen.From.Epoch >= epoch || !IsStandby(seen.To) ? HandOverStep.Abandoned : HandOverStep.Drain,
            { Role: DoltRole.Standby } when seen.From.Epoch < epoch => HandOverStep.Lost,
            { Role: DoltRole.Standby } => AfterDrain(seen, progress),
            _ => HandOverStep.RollBack,
        };
    }

    /// <summary>
    /// The comparison does not see uncommitted rows of branches other than the default one, and Dolt's answer does not say whether the standby can be
    /// reached: both are wanted. Without the answer (lost, or a crash) the old primary goes on, which loses nothing.
    /// </summary>
    private static HandOverStep AfterDrain(HandOverObservation seen, HandOverProgress progress)
    {
        if (!IsStandby(seen.To) || progress is not { IsTargetCaughtUp: true, Promotions: < MostPromotions })
            return HandOverStep.RollBack;
        return seen.IsProvenEqual switch
        {
            null => HandOverStep.Compare,
            true => HandOverStep.Promote,
            false => HandOverStep.RollBack,
        };
    }

    private static bool IsStandby(DoltRoleReport? report) => report?.Role == DoltRole.Standby;
}
