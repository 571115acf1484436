using System.Collections.Immutable;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>
/// Who could not be reached when the primary was promoted. Dolt sends accounts and branch permissions to every standby at that moment; where that fails it tries
/// again after times that grow by half from a second on, to a minute at most, so that it takes no longer than the standby had been away. Can be lost.
/// </summary>
internal sealed class AwayAtPromotion
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(1);

    private readonly Dictionary<int, DateTimeOffset> promotedAt = [];

    /// <summary>A primary is promoted with these facts.</summary>
    public void Remember(ClusterFacts facts)
    {
        promotedAt.Clear();
        foreach (var member in facts.Members.Where(static member => !member.IsReachable))
            promotedAt[member.Ordinal] = facts.Now;
    }

    /// <summary>Those who are back and may not have been sent everything yet.</summary>
    public ImmutableHashSet<int> At(ClusterFacts facts)
    {
        if (promotedAt.Count == 0)
            return [];
        var back = facts.Members.Where(member => member.IsReachable && promotedAt.ContainsKey(member.Ordinal)).ToList();
        foreach (var member in back.Where(member => IsOver(member, facts.Now)))
            promotedAt.Remove(member.Ordinal);
        return [.. back.Select(static member => member.Ordinal).Where(promotedAt.ContainsKey)];
    }

    private bool IsOver(Member member, DateTimeOffset now)
    {
        var back = member.Probe.AnsweringSince ?? now;
        var away = back - promotedAt[member.Ordinal];
        return now - back >= (away < LongestRetry ? away : LongestRetry);
    }
}
