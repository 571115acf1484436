using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>
/// Finds the primary of a replicated cluster from what the servers report. A server is routed only when it reports itself as primary at the
/// highest epoch that any server reports; a server is promoted only with an epoch above all that were ever used or seen.
/// </summary>
internal static class PrimaryRules
{
    /// <summary>The decision for the facts. A server that would not become primary is left alone for a moment: each attempt uses up an epoch.</summary>
    public static PrimaryDecision Decide(ClusterFacts facts) =>
        Choose(facts) is var decision && decision is PrimaryDecision.Promote { Ordinal: var ordinal } && facts.Find(ordinal) is { IsPrimary: false } member && facts.RestsFromPromotion(member) is { } because
            ? new PrimaryDecision.Waiting(PrimaryReasons.PromotionFailed, $"{member.PodName} was to become primary and did not: {because}")
            : decision;

    private static PrimaryDecision Choose(ClusterFacts facts)
    {
        var valid = ValidPrimary(facts);
        if (facts.Status.HandOver is { } handOver && Resume(facts, handOver, valid) is { } resumed)
            return resumed;
        if (valid is not null && BootstrapRules.Silent(facts) is { } silent)
            return silent;
        if (valid is not null)
            return RaiseAboveReserved(facts, valid) ?? new PrimaryDecision.Settled(valid.Ordinal, valid.Probe.Epoch);
        return LastPrimary(facts) is { } last
            ? Repair(facts, last)
            : BootstrapRules.Decide(facts, NextEpoch(facts));
    }

    /// <summary>Who was primary last. A failover goes from there, also one from a primary that nobody saw before it was lost.</summary>
    private static int? LastPrimary(ClusterFacts facts) =>
        facts.Status.HandOver is { Reason: PrimaryReasons.Failover, From: { } lost } ? lost : facts.Status.CurrentPrimaryPodIndex;

    /// <summary>The highest epoch that was used or seen.</summary>
    public static long HighestEpoch(ClusterFacts facts) => Math.Max(
        Math.Max(facts.Status.ReplicationEpoch ?? 0, facts.Status.HandOver?.Epoch ?? 0),
        facts.Members.Where(member => member.IsReachable).Select(member => member.Probe.Epoch).DefaultIfEmpty(0).Max());

    /// <summary>The epoch of the next promotion.</summary>
    public static long NextEpoch(ClusterFacts facts) => HighestEpoch(facts) + 1;

    /// <summary>
    /// The one server that is primary at the highest epoch that any reachable server reports; null when there is none or more than one. One at a
    /// lower epoch than the current primary was seen at is a former primary that slept: the current one may only be out of reach.
    /// </summary>
    public static Member? ValidPrimary(ClusterFacts facts)
    {
        var reported = facts.Members.Where(member => member.IsReachable).ToList();
        if (reported.Count == 0)
            return null;
        // Before cluster mode began, or began again, there was one server that held the data: nobody else can be primary yet.
        if (facts.Status is { PrimaryEpoch: null, ReplicationEpoch: null, CurrentPrimaryPodIndex: { } holder } && !reported.TrueForAll(member => member.Ordinal == holder || !member.IsPrimary))
            return null;
        var highest = Math.Max(reported.Max(member => member.Probe.Epoch), facts.Status.PrimaryEpoch ?? 0);
        var primaries = reported.Where(member => member.IsPrimary && member.Probe.Epoch == highest).ToList();
        return primaries.Count == 1 ? primaries[0] : null;
    }

    /// <summary>
    /// A command that promotes another server may still be on its way, to one that sleeps. Before the primary goes on it is raised above every epoch
    /// that was ever reserved: then the late command makes a primary that steps down at its first heartbeat. Null when it is above all.
    /// </summary>
    private static PrimaryDecision? RaiseAboveReserved(ClusterFacts facts, Member valid) => valid.Probe.Epoch >= (facts.Status.ReplicationEpoch ?? 0)
        ? null
        : new PrimaryDecision.Promote(
            valid.Ordinal, NextEpoch(facts), PrimaryReasons.PrimaryRepaired, $"it goes on as primary, above epoch {facts.Status.ReplicationEpoch}, which was reserved and did not come into effect");

    /// <summary>What becomes of a begun hand-over; null when it is over and the usual rules hold.</summary>
    private static PrimaryDecision? Resume(ClusterFacts facts, HandOverStatus handOver, Member? valid)
    {
        // A primary that is neither of the two, or whose epoch says that the hand-over ended, ends it.
        if (valid is not null && (valid.Ordinal != handOver.From || valid.Probe.Epoch >= handOver.Epoch))
            return null;
        var (from, to) = (facts.Find(handOver.From), facts.Find(handOver.To));
        if (handOver.Reason == PrimaryReasons.Failover)
        {
            // The lost primary is back before anybody was promoted: nothing is lost, it stays.
            if (valid is not null)
                return null;
            // Nor is anybody promoted who lost his volume since he was chosen, did not become primary, or has seen a higher epoch meanwhile; nor at an epoch
            // below one that was reserved since.
            if (to is not null && !(facts.Status.ReplicationEpoch > handOver.Epoch) && Candidates.Objection(facts, to) is null && to.Probe.Epoch < handOver.Epoch && facts.RestsFromPromotion(to) is null)
                return new PrimaryDecision.Failover(handOver.From ?? 0, to.Ordinal, handOver.Epoch ?? 0, "a failover that was begun goes on");

            // Only the new primary can have told the old one of the epoch: it was primary, and is the one that is lost now.
            return from is { IsStandby: true } && from.Probe.Epoch >= handOver.Epoch && handOver.To is { } lost ? Repair(facts, lost) : null;
        }

        // One that failed is over, and the primary goes on above the epoch that the hand-over reserved: to try without end would refuse writes without end.
        if (valid is not null)
            return facts.HandOverFailure is null ? new PrimaryDecision.ContinueHandOver(handOver) : null;

        // A drained primary is a standby at the hand-over's epoch, which is on its volume. At a lower one it began anew, perhaps with nothing.
        var beganAnew = from is { IsStandby: true } && from.Probe.Epoch < handOver.Epoch;
        return from is { IsReachable: true } && !beganAnew && facts.RestsFromPromotion(from) is null ? new PrimaryDecision.ContinueHandOver(handOver) : null;
    }

    /// <summary>The server that was primary is not any more, or cannot be asked.</summary>
    private static PrimaryDecision Repair(ClusterFacts facts, int current)
    {
        var member = facts.Find(current);
        if (member is { IsStandalone: true })
        {
            return new PrimaryDecision.Waiting(
                PrimaryReasons.EnteringClusterMode, $"{member.PodName} holds the data and runs without cluster configuration until it is restarted");
        }

        if (member is { IsReachable: true })
            return Repromote(facts, member);
        return FailoverRules.Decide(facts, current, NextEpoch(facts));
    }

    private static PrimaryDecision Repromote(ClusterFacts facts, Member member)
    {
        var missing = Missing(facts, member);
        if (missing is null)
            return new PrimaryDecision.Waiting(PrimaryReasons.WaitingForServers, $"the databases of {member.PodName} could not be read yet");
        var hasLostVolume = HasLostVolume(facts, member);
        if (missing.Count == 0 && !hasLostVolume)
        {
            var role = member.Probe.Role == DoltRole.DetectedBrokenConfig ? "two primaries met at one epoch" : $"{member.PodName} was primary and reports {RoleNames.Of(member.Probe.Role)}";
            return new PrimaryDecision.Promote(member.Ordinal, NextEpoch(facts), PrimaryReasons.PrimaryRepaired, role);
        }

        // It came back without data that it had: whoever has all of it, or more of it, is the better primary.
        var loss = missing.Count > 0 ? $"{member.PodName} came back without database {string.Join(", ", missing)}" : $"{member.PodName} came back with an empty volume";
        if (Candidates.Best(facts, except: member.Ordinal) is { } better && (Candidates.Risk(facts, better) is null || Missing(facts, better)?.Count < missing.Count))
        {
            return FailoverRules.SwitchedOff(facts) is { } off
                ? new PrimaryDecision.Waiting(PrimaryReasons.FailoverRefused, $"{loss}, {better.PodName} has more of what it had; {off}")
                : FailoverRules.TakeOver(facts, member.Ordinal, better, NextEpoch(facts), facts.Now - (member.Probe.AnsweringSince ?? facts.Now), loss);
        }

        if (missing.Count == 0)
            return FromWhatIsLeft(facts, member, loss);

        return facts.Spec.AllowsDataLoss()
            ? new PrimaryDecision.Promote(member.Ordinal, NextEpoch(facts), PrimaryReasons.PrimaryRepaired, $"no reachable server holds {string.Join(", ", missing)}, and data loss is allowed")
            : new PrimaryDecision.Waiting(
                PrimaryReasons.FailoverRefused,
                $"{loss} and no reachable server holds it; set spec.failover.allowDataLoss to go on without");
    }

    /// <summary>
    /// Role and epoch are on a server's volume: a primary that comes back as if it had never heard of anybody has another one. What it held may be more than
    /// anybody saw. (A lower epoch than its own is no sign: a drain that was given up may come into effect late.)
    /// </summary>
    private static bool HasLostVolume(ClusterFacts facts, Member member) => member is { IsStandby: true, Probe.Epoch: 0 } && facts.Status.PrimaryEpoch > 0;

    /// <summary>
    /// The primary lost all, before it was seen what that was: nobody has more than those who are left, once all of them were asked. Who is only wanted (the cluster
    /// is to grow, which takes a primary) has nothing.
    /// </summary>
    private static PrimaryDecision FromWhatIsLeft(ClusterFacts facts, Member lost, string loss)
    {
        var there = facts.Set is null ? facts : facts with { Members = [.. facts.Members.Where(member => member.Pod is not null || member.Ordinal < facts.LiveReplicas)] };
        var decision = BootstrapRules.DecideFromData(there, lost, NextEpoch(facts));
        return decision is PrimaryDecision.Promote promote && promote.Ordinal != lost.Ordinal && FailoverRules.SwitchedOff(facts) is { } off
            ? new PrimaryDecision.Waiting(PrimaryReasons.FailoverRefused, $"{loss}; {off}")
            : decision;
    }

    /// <summary>Databases that the primary is known to have had and the member lacks; null when the member's are not known.</summary>
    internal static IReadOnlyList<string>? Missing(ClusterFacts facts, Member member) => member.Probe.Content is { } content
        ? [.. (facts.Status.Databases ?? []).Where(database => !content.Databases.ContainsKey(database) && !IsDropped(facts, member, content, database))]
        : null;

    /// <summary>
    /// Whether the standby lacks the database because the primary dropped it and was lost before that was read from it: it was proven to hold it, has run on the
    /// same volume since, holds another of its databases still (if it had any), and no other standby lists it either. A drop reaches standbys in milliseconds.
    /// </summary>
    private static bool IsDropped(ClusterFacts facts, Member member, ContentProof content, string database) =>
        member.IsStandby && facts.ProofOf(member) is { PodUid: { } uid, Databases: { } proven } proof && uid == member.Pod?.Metadata.Uid && member.StartedAt <= proof.Time
        && proven.ContainsKey(database) && (proven.Count == 1 || proven.Keys.Any(content.Databases.ContainsKey))
        && !facts.Members.Any(other => other.IsStandby && other.Probe.Content?.Databases.ContainsKey(database) == true);
}

/// <summary>Roles in Dolt's words.</summary>
internal static class RoleNames
{
    /// <summary>The word for the role; <c>not_configured</c> without one.</summary>
    public static string Of(DoltRole role) => role switch
    {
        DoltRole.Primary => "primary",
        DoltRole.Standby => "standby",
        DoltRole.DetectedBrokenConfig => "detected_broken_config",
        _ => "not_configured",
    };
}
