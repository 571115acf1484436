using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;

namespace DoltDB.Operator.Core.Replication;

/// <summary>Who becomes the first primary of a cluster whose status names none: a new cluster, or one whose volumes were there before.</summary>
internal static class BootstrapRules
{
    /// <summary>How long a member must be away before it counts as lost where losing data is allowed: volumes of re-created clusters come up one after the other.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The decision; <paramref name="epoch"/> is that of the promotion.</summary>
    public static PrimaryDecision Decide(ClusterFacts facts, long epoch)
    {
        var requested = facts.Find(facts.Spec.RequestedPodIndex());
        if (requested is null)
            return Wait(facts);
        return facts.IsFresh ? DecideFresh(facts, requested, epoch) : DecideFromData(facts, requested, epoch);
    }

    /// <summary>
    /// A server that says primary although nobody knows of one, while another that may have been primary after it has not answered: what it takes now would be
    /// lost. Null when there is nothing to wait for.
    /// </summary>
    public static PrimaryDecision.Waiting? Silent(ClusterFacts facts) =>
        facts.Status.CurrentPrimaryPodIndex is null && !facts.IsFresh && facts.Members.Any(member => !member.IsReachable && !IsGivenUp(facts, member))
            ? Wait(facts)
            : null;

    /// <summary>Nothing is stored anywhere: the requested server is promoted as soon as it answers.</summary>
    private static PrimaryDecision DecideFresh(ClusterFacts facts, Member requested, long epoch)
    {
        if (!requested.IsStandby)
            return Wait(facts);
        var holder = facts.Members.FirstOrDefault(member => member.Probe.Content?.Databases.Count > 0);
        return holder is null || holder == requested
            ? new PrimaryDecision.Promote(requested.Ordinal, epoch, PrimaryReasons.Bootstrap, $"{requested.PodName} is the first primary")
            : DecideFromData(facts, requested, epoch);
    }

    /// <summary>
    /// Volumes were there before: only a server that holds everything that any other holds may be promoted. Where losing data is allowed, those that are away for
    /// long are left out, and of different ones the one at the highest epoch is taken.
    /// </summary>
    public static PrimaryDecision DecideFromData(ClusterFacts facts, Member requested, long epoch)
    {
        var asked = facts.Members.Where(member => !IsGivenUp(facts, member)).ToList();
        if (asked.Count == 0 || asked.Exists(member => !member.IsReachable || member.Probe.Content is null || member.IsStandalone))
            return Wait(facts);
        var complete = asked.Where(member => HoldsAll(asked, member)).OrderBy(member => member.Ordinal).ToList();
        var chosen = complete.Contains(requested) ? requested : complete.FirstOrDefault();
        if (chosen is not null)
            return new PrimaryDecision.Promote(chosen.Ordinal, epoch, PrimaryReasons.Bootstrap, $"{chosen.PodName} holds all that any server that answers holds");
        if (facts.Spec.AllowsDataLoss())
        {
            var latest = asked.OrderByDescending(member => member.Probe.Epoch).ThenByDescending(member => member == requested).ThenBy(member => member.Ordinal).First();
            return new PrimaryDecision.Promote(
                latest.Ordinal, epoch, PrimaryReasons.Bootstrap, $"the volumes hold different data, {latest.PodName} is at the highest epoch, and data loss is allowed");
        }

        var holdings = asked.Select(member => $"{member.PodName} at epoch {member.Probe.Epoch}: {Describe(member)}");
        return new PrimaryDecision.Waiting(
            PrimaryReasons.DataDiverged,
            $"the volumes hold different data ({string.Join("; ", holdings)}); choose one by restarting with the others' volumes removed, or set spec.failover.allowDataLoss to go on with the one of the highest epoch");
    }

    private static bool IsGivenUp(ClusterFacts facts, Member member) =>
        facts.Spec.AllowsDataLoss() && !member.IsReachable && member.Probe.AwaySince is { } since && facts.Now - since >= Patience;

    private static bool HoldsAll(List<Member> asked, Member member) =>
        asked.TrueForAll(other => member.Probe.Content!.Databases.HoldAll(other.Probe.Content!.Databases));

    private static string Describe(Member member) => member.Probe.Content is { Databases.Count: > 0 } content ? string.Join(", ", content.Databases.Keys) : "nothing";

    private static string GoingOn(ClusterFacts facts) => facts.Spec.AllowsDataLoss()
        ? $"as spec.failover.allowDataLoss says, who is away for {Patience.TotalSeconds:0} s is left out"
        : "spec.failover.allowDataLoss goes on without";

    private static PrimaryDecision.Waiting Wait(ClusterFacts facts)
    {
        var away = facts.Members.Where(member => !member.IsReachable && !IsGivenUp(facts, member)).Select(member => member.PodName).ToList();
        return new PrimaryDecision.Waiting(
            PrimaryReasons.WaitingForServers,
            away.Count > 0 ? $"waiting for {string.Join(", ", away)}{(facts.IsFresh ? "" : $", whose volume may hold what nobody else has; {GoingOn(facts)}")}" : "waiting for the servers to enter cluster mode");
    }
}
