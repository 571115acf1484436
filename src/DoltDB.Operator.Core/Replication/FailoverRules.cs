using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>When a primary that cannot be reached is replaced, and by whom.</summary>
internal static class FailoverRules
{
    private static readonly TimeSpan Confirmation = TimeSpan.FromMilliseconds(200);

    /// <summary>The decision about the primary of that ordinal, which does not answer.</summary>
    public static PrimaryDecision Decide(ClusterFacts facts, int current, long epoch)
    {
        var member = facts.Find(current);
        var name = member?.PodName ?? ClusterNames.Pod(facts.Name, current);
        var reachable = facts.Members.Where(other => other.Ordinal != current && other.IsReachable).ToList();
        if (reachable.Count == 0)
            return new PrimaryDecision.Waiting(PrimaryReasons.WaitingForServers, $"no server can be reached, {name} was the primary");
        if (SwitchedOff(facts) is { } off)
            return new PrimaryDecision.Waiting(PrimaryReasons.PrimaryUnreachable, $"{name} cannot be reached; {off}");
        if (member?.Probe.IsAccessDenied == true)
            return new PrimaryDecision.Waiting(PrimaryReasons.PrimaryUnreachable, $"{name} runs but refuses the administrator's password");
        if (member?.Probe is { LetsNobodyIn: true, ClosesSince: { } closes } && facts.Now - closes < BootstrapRules.Patience)
        {
            return new PrimaryDecision.Waiting(
                PrimaryReasons.PrimaryUnreachable, $"{name} lets no more clients in, or is dead behind a proxy that says so for it; a standby takes over after {BootstrapRules.Patience.TotalSeconds:0} s");
        }

        var away = Away(facts, member, reachable);
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
            ? TakeOver(facts, current, candidate, epoch, away, $"{name} could not be reached for {delay.TotalSeconds:0} s")
            : new PrimaryDecision.Waiting(PrimaryReasons.FailoverRefused, Refusal(facts, current, name));
    }

    /// <summary>
    /// The candidate takes over from the primary of that ordinal, which was lost <paramref name="away"/> ago, or is waited with: for one that may be safer, or
    /// because it was just told to in vain.
    /// </summary>
    public static PrimaryDecision TakeOver(ClusterFacts facts, int from, Member candidate, long epoch, TimeSpan away, string loss)
    {
        if (away < BootstrapRules.Patience && Candidates.PerhapsSafer(facts, from, candidate) is { } safer)
            return new PrimaryDecision.Waiting(PrimaryReasons.PrimaryUnreachable, $"{loss}; {candidate.PodName} may lack data, {safer.PodName} gets {BootstrapRules.Patience.TotalSeconds:0} s to be seen");
        return facts.RestsFromPromotion(candidate) is { } because
            ? new PrimaryDecision.Waiting(PrimaryReasons.PromotionFailed, $"{loss}, and {candidate.PodName} did not become primary: {because}")
            : new PrimaryDecision.Failover(from, candidate.Ordinal, epoch, $"{loss}, {candidate.PodName} takes over");
    }

    /// <summary>What leaves the loss of a primary to a person, in words; null when nothing does.</summary>
    public static string? SwitchedOff(ClusterFacts facts) => !facts.Spec.IsReplicated() ? "without spec.replication nobody takes over"
        : facts.Spec.Failover?.Enabled == false ? "spec.failover.enabled is false"
        : facts.Spec.Replication?.Primary?.AutomaticFailover == false ? "spec.replication.primary.automaticFailover is false"
        : null;

    /// <summary>
    /// For how long the primary is known to be away. While nobody at all answered (the operator was cut off, or all nodes began anew) nothing was known of it: it
    /// may only be the last to be seen again. An ordinal without a member has nothing that could come back.
    /// </summary>
    private static TimeSpan Away(ClusterFacts facts, Member? member, List<Member> others)
    {
        if (member is null)
            return TimeSpan.MaxValue;
        var seeing = others.Min(other => other.Probe.AnsweringSince ?? DateTimeOffset.MinValue);
        return (member.Probe.AwaySince ?? member.Probe.ClosesSince) is { } since ? facts.Now - (since > seeing ? since : seeing) : TimeSpan.Zero;
    }

    private static bool IsConfirmed(Member? member) => member is null || member.Probe.LetsNobodyIn || member.Probe.Failures >= MemberProbe.ConfirmingFailures;

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
    /// The best candidate: one that is safe where losing data is allowed, unless it failed to become primary for long, one that did not just fail to, with most of the databases, then whom
    /// writes reached last after the primary went out of sight, then one that was there all the time before it went, then the shortest lag that the primary last told, then the latest proof of equality with the
    /// primary, then the lowest ordinal.
    /// </summary>
    public static Member? Best(ClusterFacts facts, int except) => facts.Members
        .Where(member => member.Ordinal != except && Objection(facts, member) is null)
        .OrderBy(member => facts.FailsToBecomePrimarySince(member) is { } since && facts.Now - since >= BootstrapRules.Patience)
        .ThenBy(member => Risk(facts, member) is not null)
        .ThenBy(member => facts.RestsFromPromotion(member) is not null)
        .ThenBy(member => PrimaryRules.Missing(facts, member)?.Count ?? 0)
        .ThenByDescending(member => WrittenSince(facts.Find(except), member))
        .ThenBy(member => member.Probe.AnsweringSince > facts.Find(except)?.Probe.AwaySince)
        .ThenBy(member => member.ReportedLag?.TotalMilliseconds ?? double.MaxValue)
        .ThenByDescending(member => LastEqual(facts, member))
        .ThenBy(member => member.Ordinal)
        .FirstOrDefault();

    /// <summary>Where the candidate may lack data: another one that was only not seen, or read, in this pass, and may lack nothing.</summary>
    public static Member? PerhapsSafer(ClusterFacts facts, int except, Member candidate) => Risk(facts, candidate) is null ? null : facts.Members.FirstOrDefault(
        member => member.Ordinal != except && member != candidate && member.Pod is not null && !member.IsDeleting
            && ((!member.IsReachable && facts.Now - member.Probe.AwaySince < BootstrapRules.Patience) || (member.IsStandby && PrimaryRules.Missing(facts, member) is null)));

    /// <summary>Why the member may not become primary; null when it may.</summary>
    public static string? Objection(ClusterFacts facts, Member member)
    {
        if (!member.IsReachable)
            return "cannot be reached";
        if (member.IsDeleting)
            return "is being deleted";
        var isBroken = member.Probe.Role == DoltRole.DetectedBrokenConfig && facts.Spec.AllowsDataLoss();
        if (!member.IsStandby && !isBroken && !(IsFormerPrimary(facts, member) && HoldsWhatWasProven(facts, member)))
            return member.IsPrimary ? $"was primary at epoch {member.Probe.Epoch}, and may hold writes that nobody else has" : $"reports {RoleNames.Of(member.Probe.Role)}";
        return PrimaryRules.Missing(facts, member) is null ? "its databases could not be read" : facts.Spec.AllowsDataLoss() ? null : Risk(facts, member);
    }

    /// <summary>Why data may be lost if the member becomes primary; null when it holds what was replicated.</summary>
    public static string? Risk(ClusterFacts facts, Member member) => PrimaryRules.Missing(facts, member) is { Count: > 0 } missing
        ? $"lacks database {string.Join(", ", missing)}"
        : (facts.Spec.Failover?.MaxLagMillis is { } most ? OfLag(facts, member, most) : null) ?? Doubt(facts, member);

    /// <summary>
    /// What the primary last said of the standby; where that is not known (the operator began after the primary was lost), the time between the last proof that
    /// both were equal and the loss: it lags at most that.
    /// </summary>
    private static string? OfLag(ClusterFacts facts, Member member, long most)
    {
        var proven = facts.ProofOf(member)?.Time;
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
    /// A standby that lost its volume gets the databases back by name, empty, and is reported as caught up; so does one that a restored backup was not sent to.
    /// So names are not enough: the pod must be the one that was seen to hold what the primary held, or hold the same still. Before it was seen what the primary
    /// holds (the cluster ran without replication, perhaps) nobody can tell what another one lacks.
    /// </summary>
    private static string? Doubt(ClusterFacts facts, Member member)
    {
        if (facts.Status.Databases is not { } databases)
            return "nobody saw what the primary holds";
        var last = ProofOf(facts, member);
        if (databases.Count == 0 && member.Probe.Epoch < facts.Status.PrimaryEpoch)
            return "has never heard from the primary";
        var unproven = databases.Where(database => last?.Databases?.ContainsKey(database) != true && !IsAsLastSeen(facts, member, database)).ToList();
        if (unproven.Count > 0)
            return last is null ? "was never seen to hold what the primary holds" : $"was not seen to hold what the primary holds in {string.Join(", ", unproven)}";
        if (last?.PodUid is { } uid && uid == member.Pod?.Metadata.Uid)
            return null;
        // The primary may have made its first database since it was asked: a volume that is empty by chance holds nothing that could be compared.
        if (databases.Count == 0)
            return "was made anew, and was not compared with the primary since";
        return last is null || Holds(member, last) || databases.All(database => IsAsLastSeen(facts, member, database)) ? null : "was restarted, and was not seen since to hold what the primary holds";
    }

    /// <summary>
    /// What is known of the content of the member. Of a primary whose failover nobody saw the end of, and which may have lost its volume since, it is what its
    /// successor was proven to share with it.
    /// </summary>
    private static EqualityProof? ProofOf(ClusterFacts facts, Member member) =>
        facts.Status.HandOver is { Reason: PrimaryReasons.Failover, From: { } from, To: { } to } && from == member.Ordinal && facts.Find(to) is { } successor
            ? facts.ProofOf(successor)
            : facts.ProofOf(member);

    /// <summary>
    /// Whether the database is what the primary was last seen to hold: it may have been lost before there was a proof. What the primary itself holds by now proves nothing.
    /// </summary>
    private static bool IsAsLastSeen(ClusterFacts facts, Member member, string database) =>
        member.Ordinal != facts.Status.CurrentPrimaryPodIndex && facts.Find(facts.Status.CurrentPrimaryPodIndex)?.Probe.LastContent?.Databases.GetValueOrDefault(database) is { } seen
        && member.Probe.Content?.Databases.GetValueOrDefault(database) == seen;

    private static bool HoldsWhatWasProven(ClusterFacts facts, Member member) => facts.ProofOf(member) is { } proof && Holds(member, proof);

    private static bool Holds(Member member, EqualityProof proof) => proof.Databases is { } proven && member.Probe.Content is { } held
        && held.Databases.HoldAll(proven);

    /// <summary>
    /// When the member last changed, if it went on changing after the primary had gone: then the primary lives on behind a partition, and this one hears of
    /// its writes. Once or twice says nothing: what was under way on a slow line arrives late.
    /// </summary>
    private static DateTimeOffset WrittenSince(Member? primary, Member member) =>
        member.Probe.Content?.Moves is { Length: ContentProof.MostMoves } moves && moves[0] > primary?.Probe.AwaySince ? moves[^1] : DateTimeOffset.MinValue;

    private static DateTimeOffset LastEqual(ClusterFacts facts, Member member) =>
        facts.ProofOf(member)?.Time ?? DateTimeOffset.MinValue;
}
