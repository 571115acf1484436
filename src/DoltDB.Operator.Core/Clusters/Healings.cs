using System.Collections.Immutable;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>
/// Which standbys were sent what they lack, and how often. Each time is a commit on the branch of a user: a standby that differs for another reason (another
/// default branch, say, which Dolt does not replicate) must not be sent it for ever. Can be lost.
/// </summary>
internal sealed class Healings
{
    /// <summary>So often a standby is sent databases that it differs in, before that counts as in vain.</summary>
    public const int MostCommits = 5;

    private readonly Dictionary<string, Attempts> attempts = new(StringComparer.Ordinal);

    /// <summary>A standby was to be sent what it lacks; <paramref name="isSent"/> tells whether anything was.</summary>
    public void Remember(ClusterFacts facts, ClusterStep.Heal heal, bool isSent)
    {
        if (facts.Find(heal.Standby)?.Pod?.Metadata.Uid is not { } uid)
            return;
        if (!attempts.TryGetValue(uid, out var attempt))
            attempts[uid] = attempt = new Attempts();
        attempt.Rest.Begin(facts.Now);
        if (isSent && !heal.Databases.IsEmpty)
            attempt.Commits++;
    }

    /// <summary>The facts with the standbys that were sent something a moment ago, and those that were sent it in vain.</summary>
    public ClusterFacts Complete(ClusterFacts facts)
    {
        if (attempts.Count == 0)
            return facts;
        var wanted = facts.Find(facts.Status.CurrentPrimaryPodIndex)?.Probe.Content;
        var standbys = facts.Members.Where(member => member.Pod?.Metadata.Uid is { } uid && attempts.ContainsKey(uid)).ToDictionary(member => member.Pod!.Metadata.Uid!);
        foreach (var uid in attempts.Keys.Where(uid => !standbys.TryGetValue(uid, out var standby) || (wanted is not null && standby.Probe.Content?.HoldsAllOf(wanted) == true)).ToList())
            attempts.Remove(uid);
        return facts with
        {
            Healing = [.. attempts.Where(pair => pair.Value.Rest.Lasts(facts.Now)).Select(pair => standbys[pair.Key].Ordinal)],
            HealedInVain = [.. attempts.Where(static pair => pair.Value.Commits >= MostCommits).Select(pair => standbys[pair.Key].Ordinal)],
        };
    }

    private sealed class Attempts
    {
        public Rest Rest { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));

        public int Commits { get; set; }
    }
}
