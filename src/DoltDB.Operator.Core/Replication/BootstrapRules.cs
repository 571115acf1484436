using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;

namespace DoltDB.Operator.Core.Replication;

/// <summary>Who becomes the first primary of a cluster whose status names none: a new cluster, or one whose volumes were there before.</summary>
internal static class BootstrapRules
{
    /// <summary>The decision; <paramref name="epoch"/> is that of the promotion.</summary>
    public static PrimaryDecision Decide(ClusterFacts facts, long epoch)
    {
        var requested = facts.Find(facts.Spec.RequestedPodIndex());
        if (requested is null)
            return Wait(facts);
        return facts.IsFresh ? DecideFresh(facts, requested, epoch) : DecideFromData(facts, requested, epoch);
    }

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

    /// <summary>Volumes were there before: only a server that holds everything that any other holds may be promoted.</summary>
    private static PrimaryDecision DecideFromData(ClusterFacts facts, Member requested, long epoch)
    {
        if (facts.Members.Any(member => !member.IsReachable || member.Probe.Content is null))
            return Wait(facts);
        if (facts.Members.Any(member => member.IsStandalone))
            return Wait(facts);
        var complete = facts.Members.Where(member => HoldsAll(facts, member)).OrderBy(member => member.Ordinal).ToList();
        var chosen = complete.Contains(requested) ? requested : complete.FirstOrDefault();
        if (chosen is not null)
            return new PrimaryDecision.Promote(chosen.Ordinal, epoch, PrimaryReasons.Bootstrap, $"{chosen.PodName} holds all that any server holds");
        var holdings = facts.Members.Select(member => $"{member.PodName} at epoch {member.Probe.Epoch}: {Describe(member)}");
        return new PrimaryDecision.Waiting(
            PrimaryReasons.DataDiverged,
            $"the volumes hold different data ({string.Join("; ", holdings)}); choose one by restarting with the others' volumes removed");
    }

    private static bool HoldsAll(ClusterFacts facts, Member member)
    {
        var content = member.Probe.Content!;
        return facts.Members.All(other => other.Probe.Content!.Databases.All(
            pair => content.Databases.TryGetValue(pair.Key, out var hash) && hash == pair.Value));
    }

    private static string Describe(Member member) => member.Probe.Content is { Databases.Count: > 0 } content ? string.Join(", ", content.Databases.Keys) : "nothing";

    private static PrimaryDecision.Waiting Wait(ClusterFacts facts)
    {
        var away = facts.Members.Where(member => !member.IsReachable).Select(member => member.PodName).ToList();
        return new PrimaryDecision.Waiting(
            PrimaryReasons.WaitingForServers,
            away.Count > 0 ? $"waiting for {string.Join(", ", away)}" : "waiting for the servers to enter cluster mode");
    }
}
