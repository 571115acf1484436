using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;

namespace DoltDB.Operator.Core.Replication;

/// <summary>When a primary that cannot be reached is replaced, and by whom.</summary>
internal static class FailoverRules
{
    private const int ConfirmingProbes = 2;

    private static readonly TimeSpan Confirmation = TimeSpan.FromMilliseconds(200);

    /// <summary>The decision about the primary of that ordinal, which does not answer.</summary>
    public static PrimaryDecision Decide(ClusterFacts facts, int current, long epoch)
    {
        var member = facts.Find(current);
        var name = member?.PodName ?? ClusterNames.Pod(facts.Name, current);
        var reachable = facts.Members.Where(other => other.Ordinal != current && other.IsReachable).ToList();
        if (reachable.Count == 0)
            return new PrimaryDecision.Waiting(PrimaryReasons.WaitingForServers, $"no server can be reached, {name} was the primary");
        if (!facts.Spec.HasAutomaticFailover())
            return new PrimaryDecision.Waiting(PrimaryReasons.PrimaryUnreachable, $"{name} cannot be reached; automaticFailover is off");
        if (member?.Probe.IsAccessDenied == true)
            return new PrimaryDecision.Waiting(PrimaryReasons.PrimaryUnreachable, $"{name} runs but refuses the administrator's password");

        var away = member?.Probe.AwaySince is { } since ? facts.Now - since : TimeSpan.Zero;
        var delay = facts.Spec.FailoverDelay();
        if (away < delay || !IsConfirmed(member))
        {
            return new PrimaryDecision.Waiting(PrimaryReasons.PrimaryUnreachable, $"{name} cannot be reached; a standby takes over after {delay.TotalSeconds:0} s")
            {
                LookAgain = away < delay ? delay - away : Confirmation,
            };
        }

        if (facts.Spec.MostFailoversPerHour() is { } most && FailoverHistory.Recent(facts) is var recent && recent.Count >= most)
            return new PrimaryDecision.Waiting(PrimaryReasons.FailoverRefused, $"{name} cannot be reached; there were {recent.Count} failovers within the last hour, and spec.failover.maxPerHour is {most}");

        return Candidates.Best(facts, current) is { } candidate
            ? new PrimaryDecision.Failover(current, candidate.Ordinal, epoch, $"{name} could not be reached for {delay.TotalSeconds:0} s, {candidate.PodName} takes over")
            : new PrimaryDecision.Waiting(PrimaryReasons.FailoverRefused, Refusal(facts, current, name));
    }

    /// <summary>One lost packet is no absence: a second probe must have failed too.</summary>
    private static bool IsConfirmed(Member? member) => member is null || member.Probe.Failures >= ConfirmingProbes;

    private static string Refusal(ClusterFacts facts, int current, string name)
    {
        var reasons = facts.Members.Where(other => other.Ordinal != current).Select(other => $"{other.PodName}: {Candidates.Objection(facts, other)}");
        return $"{name} cannot be reached and no standby may take over ({string.Join("; ", reasons)})";
    }
}

/// <summary>Who may become primary without the old primary's help.</summary>
internal static class Candidates
{
    /// <summary>
    /// The best candidate: whom writes reached last after the primary went out of sight, then the shortest lag that the primary last told, then
    /// the latest proof of equality with the primary, then the lowest ordinal.
    /// </summary>
    public static Member? Best(ClusterFacts facts, int except) => facts.Members
        .Where(member => member.Ordinal != except && Objection(facts, member) is null)
        .OrderByDescending(member => WrittenSince(facts.Find(except), member))
        .ThenBy(member => member.ReportedLag?.TotalMilliseconds ?? double.MaxValue)
        .ThenByDescending(member => LastEqual(facts, member))
        .ThenBy(member => member.Ordinal)
        .FirstOrDefault();

    /// <summary>Why the member may not become primary; null when it may.</summary>
    public static string? Objection(ClusterFacts facts, Member member)
    {
        if (!member.IsReachable)
            return "cannot be reached";
        if (member.IsDeleting)
            return "is being deleted";
        if (!member.IsStandby && !(IsFormerPrimary(facts, member) && HoldsWhatWasProven(facts, member)))
            return member.IsPrimary ? $"was primary at epoch {member.Probe.Epoch}, and may hold writes that nobody else has" : $"reports {RoleNames.Of(member.Probe.Role)}";
        var missing = PrimaryRules.Missing(facts, member);
        if (missing is null)
            return "its databases could not be read";
        if (facts.Spec.AllowsDataLoss())
            return null;
        if (missing.Count > 0)
            return $"lacks database {string.Join(", ", missing)}";
        return (facts.Spec.Failover?.MaxLagMillis is { } most ? OfLag(facts, member, most) : null) ?? Doubt(facts, member);
    }

    /// <summary>
    /// What the primary last said of the standby; where that is not known (the operator began after the primary was lost), the time between the last proof that
    /// both were equal and the loss: it lags at most that.
    /// </summary>
    private static string? OfLag(ClusterFacts facts, Member member, long most)
    {
        var proven = facts.Status.LastEqual?.FirstOrDefault(proof => proof.Member == member.PodName)?.Time;
        var lag = member.ReportedLag ?? (facts.Find(facts.Status.CurrentPrimaryPodIndex)?.Probe.AwaySince ?? facts.Now) - proven;
        return lag switch
        {
            null => $"nobody knows how far it lags, and spec.failover.maxLagMillis is {most}",
            { TotalMilliseconds: var millis } when millis > most => $"{(member.ReportedLag is null ? "lagged perhaps" : "lagged")} {millis:0} ms behind, and spec.failover.maxLagMillis is {most}",
            _ => null,
        };
    }

    /// <summary>A server that says primary at an epoch below that of the current primary: it slept while another took over.</summary>
    private static bool IsFormerPrimary(ClusterFacts facts, Member member) => member.IsPrimary && member.Probe.Epoch < (facts.Status.PrimaryEpoch ?? 0);

    /// <summary>
    /// A standby that lost its volume gets the databases back by name, empty, and is reported as caught up. So names are not enough: the pod
    /// must be the one that was seen to hold what the primary held, or hold the same still.
    /// </summary>
    private static string? Doubt(ClusterFacts facts, Member member)
    {
        if (facts.Status.Databases is not { Count: > 0 })
            return member.Probe.Epoch < facts.Status.PrimaryEpoch ? "has never heard from the primary" : null;
        if (facts.Status.LastEqual?.FirstOrDefault(proof => proof.Member == member.PodName) is not { } last)
            return "was never seen to hold what the primary holds";
        if (last.PodUid is not null && last.PodUid == member.Pod?.Metadata.Uid)
            return null;
        return HoldsWhatWasProven(facts, member) ? null : "was restarted, and was not seen since to hold what the primary holds";
    }

    private static bool HoldsWhatWasProven(ClusterFacts facts, Member member) =>
        facts.Status.LastEqual?.FirstOrDefault(proof => proof.Member == member.PodName) is { Databases: { } proven } && member.Probe.Content is { } held
        && proven.All(pair => held.Databases.TryGetValue(pair.Key, out var hash) && hash == pair.Value);

    /// <summary>
    /// When the member last changed, if it went on changing after the primary had gone: then the primary lives on behind a partition, and this one hears of
    /// its writes. Once or twice says nothing: what was under way on a slow line arrives late.
    /// </summary>
    private static DateTimeOffset WrittenSince(Member? primary, Member member) =>
        member.Probe.Content?.Moves is { Length: ContentProof.MostMoves } moves && moves[0] > primary?.Probe.AwaySince ? moves[^1] : DateTimeOffset.MinValue;

    private static DateTimeOffset LastEqual(ClusterFacts facts, Member member) =>
        facts.Status.LastEqual?.FirstOrDefault(proof => proof.Member == member.PodName)?.Time ?? DateTimeOffset.MinValue;
}
