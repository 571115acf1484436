using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Replication;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>What a cluster's passes remember of each other. Everything in it can be lost.</summary>
internal sealed class ClusterMemory
{
    private readonly HashSet<string> removedPods = new(StringComparer.Ordinal);
    private readonly Healings healings = new();
    private readonly Refusals refusals = new();
    private readonly AwayAtPromotion awayAtPromotion = new();
    private readonly Rest handOvers = new(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10));
    private string? handOverFailure;
    private DoltDb? written;
    private long? generationWithoutPodIndex;

    /// <summary>How much the next pass must know of what the servers hold.</summary>
    public ContentNeed Need { get; set; } = ContentNeed.Recent;

    /// <summary>Whether the administrator's password was refused, so that the Secret is read again.</summary>
    public bool IsRefused { get; set; } = true;

    /// <summary>What the API server refused of the children; null when nothing.</summary>
    public string? ChildrenRefused { get; set; }

    /// <summary>The last pass, when it left nothing to do.</summary>
    public (ClusterFacts Facts, ClusterPlan Plan)? Calm { get; set; }

    /// <summary>Uids of pods that were removed and may still be in the cache.</summary>
    public IReadOnlySet<string> RemovedPods => removedPods;

    /// <summary>The facts with what only earlier passes know.</summary>
    public ClusterFacts Complete(ClusterFacts facts) => healings.Complete(facts) with
    {
        ChildrenRefused = ChildrenRefused,
        HandOverFailure = handOvers.Lasts(facts.Now) ? handOverFailure : null,
        IsPodIndexLeftAlone = generationWithoutPodIndex is { } left && left == facts.Cluster.Metadata.Generation,
        Refusals = refusals.At(facts.Now),
        MayLackAccounts = awayAtPromotion.At(facts),
    };

    /// <summary>Remembers what a step did.</summary>
    public void Remember(ClusterFacts facts, ClusterStep step, StepResult result)
    {
        removedPods.IntersectWith(facts.Members.Select(member => member.Pod?.Metadata.Uid ?? ""));
        if (result.RemovedPod is { } removed)
            removedPods.Add(removed);
        foreach (var (what, because) in result.Attempts)
            refusals.Remember(what, because, facts.Now);
        if (result.ReadsContentNow)
            Need = ContentNeed.Now;
        if (step is ClusterStep.HandOver ? result.HandOverFailure is null : step is ClusterStep.Promote or ClusterStep.Failover && !result.Attempts.IsEmpty)
            awayAtPromotion.Remember(facts);
        if (step is ClusterStep.HandOver)
            Remember(result.HandOverFailure, facts.Now);
        if (step is ClusterStep.Heal heal)
            healings.Remember(facts, heal, result.IsResent);
    }

    /// <summary>Whether it is too early to try what was refused, named as <see cref="Refusals"/> says.</summary>
    public bool Rests(string what, DateTimeOffset now) => refusals.At(now).GetValueOrDefault(what) is { Rests: true };

    /// <summary>Remembers how an attempt ended that is no step, named as <see cref="Refusals"/> says.</summary>
    public void Remember(string what, string? because, DateTimeOffset now) => refusals.Remember(what, because, now);

    /// <summary>Remembers that nobody may write <c>podIndex</c> of this spec but who does already.</summary>
    public void LeavePodIndex(DoltDb cluster) => generationWithoutPodIndex = cluster.Metadata.Generation;

    /// <summary>Remembers our own last write.</summary>
    public void Written(DoltDb cluster) => written = cluster;

    /// <summary>
    /// Our last write is not what the server has, which is <paramref name="live"/>, also where its version is a lower one: after the API server's data was
    /// restored from a backup, ours would count as the newest for ever.
    /// </summary>
    public void Overtaken(DoltDb? live) => written = live;

    /// <summary>Our own last write, while the cache has not seen it: else the next pass would begin with a status that is older.</summary>
    public DoltDb Newest(DoltDb cached)
    {
        if (written is null)
            return cached;
        var isSeen = written.Metadata.Uid != cached.Metadata.Uid || written.Metadata.ResourceVersion == cached.Metadata.ResourceVersion || IsNewer(cached, written);
        if (!isSeen)
            return written;
        written = null;
        return cached;
    }

    /// <summary>Each attempt may make the primary refuse writes for ten seconds.</summary>
    private void Remember(string? failure, DateTimeOffset now)
    {
        handOverFailure = failure;
        if (failure is null)
            handOvers.End();
        else if (!handOvers.Lasts(now))
            handOvers.Begin(now);
    }

    // Versions of one object grow; servers whose versions are no numbers are caught by the conflict of the next write.
    private static bool IsNewer(DoltDb cached, DoltDb written) =>
        !ulong.TryParse(cached.Metadata.ResourceVersion, out var left) || !ulong.TryParse(written.Metadata.ResourceVersion, out var right) || left > right;
}
