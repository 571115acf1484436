using DoltDB.Operator.Api;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>How a hand-over ended.</summary>
/// <param name="IsDone">Whether the new primary is primary.</param>
/// <param name="Because">What happened, for users.</param>
internal sealed record HandOverResult(bool IsDone, string Because)
{
    /// <summary>Whether the old primary was told to take the role back.</summary>
    public bool IsRollBackTried { get; init; }

    /// <summary>Why the old primary did not take the role back; null when it did, or was not told to.</summary>
    public string? RollBackFailure { get; init; }
}

/// <summary>Carries a hand-over out, step by step as <see cref="HandOverSteps"/> says. It can be begun again at any point.</summary>
internal sealed class HandOverProcedure(MemberCommands commands)
{
    private const int MostSteps = 8;

    /// <summary>
    /// Runs the hand-over; <paramref name="target"/> is the new primary's name among the remotes of the old one. <paramref name="reserveEpochAsync"/> writes a new epoch to the status before it is used to make the old primary
    /// primary again.
    /// </summary>
    public async Task<HandOverResult> RunAsync(
        HandOverStatus state, DoltEndpoint? from, DoltEndpoint? to, string target, int minimumCaughtUp, Func<Task<long>> reserveEpochAsync, CancellationToken cancellationToken)
    {
        var epoch = state.Epoch ?? 0;
        bool? isEqual = null;
        string? drainFailure = null;
        string? promotionFailure = null;
        var progress = new HandOverProgress();
        for (var i = 0; i < MostSteps; i++)
        {
            var roles = await Task.WhenAll(commands.ReadRoleAsync(from, cancellationToken), commands.ReadRoleAsync(to, cancellationToken));
            switch (HandOverSteps.Next(new HandOverObservation(roles[0], roles[1], isEqual), epoch, progress))
            {
                case HandOverStep.Drain:
                    var drained = await commands.DrainAsync(from!, epoch, minimumCaughtUp, cancellationToken);
                    drainFailure = drained.Failure;
                    progress = progress with { IsDrainTried = true, IsTargetCaughtUp = IsCaughtUp(drained, target) };
                    break;
                case HandOverStep.Compare:
                    isEqual = await commands.HoldsAllOfAsync(to!, from!, cancellationToken) == true;
                    break;
                case HandOverStep.Promote:
                    promotionFailure = await commands.PromoteAsync(to!, epoch, cancellationToken);
                    progress = progress with { Promotions = progress.Promotions + 1 };
                    break;
                case HandOverStep.RollBack:
                    var rollBackFailure = await commands.PromoteAsync(from!, await reserveEpochAsync(), cancellationToken);
                    var outcome = rollBackFailure is null ? "the old primary goes on" : $"the old primary did not take the role back: {rollBackFailure}";
                    return new HandOverResult(false, $"{Reason(isEqual, progress, promotionFailure)}; {outcome}") { IsRollBackTried = true, RollBackFailure = rollBackFailure };
                case HandOverStep.Done:
                    return new HandOverResult(true, "the primary role was handed over");
                case HandOverStep.Abandoned:
                    return new HandOverResult(false, drainFailure is null ? "the target is no standby; the primary goes on" : $"the primary could not be drained and goes on: {drainFailure}");
                default:
                    return new HandOverResult(false, "the old primary cannot be reached, or began anew");
            }
        }

        return new HandOverResult(false, "the roles did not settle");
    }

    /// <summary>Dolt answers rows for every standby that it has, even without databases: where none is of the target, it sent the target nothing.</summary>
    private static bool? IsCaughtUp(DrainResult drained, string target)
    {
        var rows = drained.Rows.Where(row => row.Remote == target).ToList();
        return drained.Failure is null && rows.Count > 0 ? rows.TrueForAll(static row => row.CaughtUp) : null;
    }

    private static string Reason(bool? isEqual, HandOverProgress progress, string? promotionFailure) => progress switch
    {
        { IsTargetCaughtUp: false } => "the primary could not give the target all that it holds",
        { IsTargetCaughtUp: null } => "nobody knows what the target was given before the primary stepped down",
        { Promotions: > 0 } => promotionFailure is null ? "the target did not stay primary" : $"the target did not become primary: {promotionFailure}",
        _ => isEqual == false ? "the target lacks what the primary holds" : "the target was lost on the way",
    };
}
