using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;

namespace DoltDB.Operator.Core.Replication;

/// <summary>A wish to hand the primary role over, and why it cannot be done now when it cannot.</summary>
/// <param name="To">Ordinal of the next primary.</param>
/// <param name="Reason">One word.</param>
/// <param name="Because">One sentence.</param>
/// <param name="Refusal">Why nothing is done now; null when it may begin.</param>
internal sealed record HandOverIntent(int To, string Reason, string Because, string? Refusal);

/// <summary>Whether the primary role should move although nothing is wrong with the primary.</summary>
internal static class HandOverRules
{
    /// <summary>Less than this is what replication usually takes.</summary>
    public static readonly TimeSpan NotableLag = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WorthWaiting = TimeSpan.FromMinutes(1);

    /// <summary>The most urgent wish for the settled primary, or null.</summary>
    public static HandOverIntent? Intent(ClusterFacts facts, int primary) =>
        Leaving(facts, primary) ?? Rested(facts, Stopping(facts, primary) ?? ScaleDown(facts, primary) ?? Annotated(facts, primary) ?? Request(facts, primary));

    /// <summary>Soon after a failed attempt the wish stands and waits.</summary>
    private static HandOverIntent? Rested(ClusterFacts facts, HandOverIntent? wish) => wish is { Refusal: null } && facts.HandOverFailure is { } failure
        ? wish with { Refusal = $"the last attempt failed: {failure}" }
        : wish;

    /// <summary>The wish of a rolling update that has only the primary left; null when no standby may take over.</summary>
    public static HandOverIntent? ForUpdate(ClusterFacts facts, int primary) => Target(facts, primary, facts.Members.Length) is { } target
        ? new HandOverIntent(
            target.Ordinal, PrimaryReasons.RollingUpdate, $"{facts.Find(primary)?.PodName} is updated last, {target.PodName} takes over",
            facts.Members.Where(member => member.Ordinal != primary).Select(member => CatchingUp(facts, member)).FirstOrDefault(static refusal => refusal is not null))
        : null;

    /// <summary>
    /// With a standby that lags Dolt refuses writes for ten seconds before it hands over. A restarted standby is found by the primary within some ten seconds;
    /// one that needs more than a minute is not waited for.
    /// </summary>
    private static string? CatchingUp(ClusterFacts facts, Member member)
    {
        if (!member.IsStandby)
            return null;
        if (member.ReportedLag is { } lag && lag >= NotableLag && lag < WorthWaiting)
            return $"{member.PodName} is catching up, and the primary would refuse writes for ten seconds while it waits for it";
        return facts.MayLackAccounts.Contains(member.Ordinal)
            ? $"{member.PodName} was away when the primary was promoted, and may not have been sent the accounts since; the primary would refuse writes for ten seconds while it waits for it"
            : null;
    }

    /// <summary>Whether the request of <c>podIndex</c> is new.</summary>
    public static bool IsRequested(ClusterFacts facts) => facts.Status.HandledPodIndex != facts.Spec.RequestedPodIndex();

    /// <summary>
    /// The pod of the primary is being deleted: a standby takes over before it ends. Without replication only ordinal 0 remains, and what is written
    /// to it alone would be lost to a server that was primary after it.
    /// </summary>
    private static HandOverIntent? Leaving(ClusterFacts facts, int primary) =>
        facts.Find(primary) is { IsDeleting: true } member && Target(facts, primary, Remaining(facts)) is { } target
            ? new HandOverIntent(target.Ordinal, PrimaryReasons.PodDeleted, $"{member.PodName} is being deleted, {target.PodName} takes over", null)
            : null;

    /// <summary>
    /// The pod of the primary is about to be stopped, as by a node that shuts down: nobody deletes it first. Unlike a deletion this may be called off, so that the primary
    /// is left in peace after a failed attempt.
    /// </summary>
    private static HandOverIntent? Stopping(ClusterFacts facts, int primary) =>
        facts.Find(primary) is { AnnouncedStop: { } stop } member && stop.IsNear(facts.Now) && Target(facts, primary, Remaining(facts)) is { } target
            ? new HandOverIntent(target.Ordinal, PrimaryReasons.PodStopping, $"{member.PodName} is about to be stopped ({stop.Reason}), {target.PodName} takes over", null)
            : null;

    /// <summary>The ordinal that a server which takes over from one that leaves must be below.</summary>
    private static int Remaining(ClusterFacts facts) => facts.Spec.IsReplicated() ? facts.Members.Length : 1;

    /// <summary>The ordinal of the primary goes away; without replication only ordinal 0 remains.</summary>
    private static HandOverIntent? ScaleDown(ClusterFacts facts, int primary)
    {
        var wanted = facts.Spec.IsReplicated() ? facts.Spec.EffectiveReplicas() : 1;
        if (primary < wanted)
            return null;
        var because = $"the cluster shrinks to {wanted}";
        if (facts.Spec.IsReplicated() && facts.Spec.RequestedPodIndex() is var requested && requested < wanted && Objection(facts, primary, facts.Find(requested)) is null)
            return new HandOverIntent(requested, PrimaryReasons.ScaleDown, because, null);
        return Target(facts, primary, wanted) is { } target
            ? new HandOverIntent(target.Ordinal, PrimaryReasons.ScaleDown, because, null)
            : new HandOverIntent(0, PrimaryReasons.ScaleDown, because, "no server that stays can take the primary role");
    }

    /// <summary>The value of the annotation that asks for a primary; null without one.</summary>
    public static string? SwitchoverAnnotation(ClusterFacts facts) =>
        facts.Cluster.Metadata.Annotations?.GetValueOrDefault(ClusterLabels.SwitchoverAnnotation) is { Length: > 0 } value ? value : null;

    /// <summary>
    /// The ordinal that the annotation names, by number or by pod. What follows an <c>@</c> only tells one request from an equal one before it.
    /// </summary>
    public static int? SwitchoverTarget(ClusterFacts facts, string value)
    {
        var name = value.Split('@')[0].Trim();
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal))
            return ordinal;
        return facts.Members.FirstOrDefault(member => member.PodName == name)?.Ordinal;
    }

    private static HandOverIntent? Annotated(ClusterFacts facts, int primary)
    {
        if (!facts.Spec.IsReplicated() || SwitchoverAnnotation(facts) is not { } value || value == facts.Status.HandledSwitchoverTo)
            return null;
        var because = $"annotation {ClusterLabels.SwitchoverAnnotation} asks for {value.Split('@')[0]}";
        if (SwitchoverTarget(facts, value) is not { } target || target >= facts.Spec.EffectiveReplicas())
            return new HandOverIntent(primary, PrimaryReasons.Switchover, because, "there is no such member");
        return target == primary ? null : Towards(facts, primary, target, because);
    }

    /// <summary>A laggard beside the target would make Dolt refuse writes for ten seconds: a request that nobody is in a hurry for waits.</summary>
    private static HandOverIntent Towards(ClusterFacts facts, int primary, int target, string because) => new(
        target,
        PrimaryReasons.Switchover,
        because,
        Objection(facts, primary, facts.Find(target)) ?? facts.Members
            .Where(member => member.Ordinal != primary && member.Ordinal < facts.Spec.EffectiveReplicas())
            .Select(member => member.IsStandby ? CatchingUp(facts, member) : $"{member.PodName} is not in replication, and the primary would refuse writes for ten seconds while it waits for it")
            .FirstOrDefault(static refusal => refusal is not null));

    private static HandOverIntent? Request(ClusterFacts facts, int primary)
    {
        var requested = facts.Spec.RequestedPodIndex();
        if (!facts.Spec.IsReplicated() || !IsRequested(facts) || requested == primary)
            return null;
        var because = $"spec.replication.primary.podIndex asks for {ClusterNames.Pod(facts.Name, requested)}";
        return Towards(facts, primary, requested, because);
    }

    /// <summary>The standby that should take over when any may: a proven one first.</summary>
    private static Member? Target(ClusterFacts facts, int primary, int below) => facts.Members
        .Where(member => member.Ordinal != primary && member.Ordinal < below && Objection(facts, primary, member) is null)
        .OrderBy(member => facts.MayLackAccounts.Contains(member.Ordinal))
        .ThenByDescending(member => member.Probe.Content is { } content && facts.Find(primary)?.Probe.Content is { } wanted && content.HoldsAllOf(wanted))
        .ThenBy(Behind)
        .ThenBy(member => member.Ordinal)
        .FirstOrDefault();

    /// <summary>How far the primary says that the member is behind, where that is notable; one that it never reached is the last.</summary>
    private static TimeSpan Behind(Member member) => member.ReportedLag is not { } lag ? TimeSpan.MaxValue : lag < NotableLag ? TimeSpan.Zero : lag;

    /// <summary>Why the member may not take over now; null when it may.</summary>
    private static string? Objection(ClusterFacts facts, int primary, Member? member)
    {
        if (member?.Pod is null)
            return "its pod does not exist";
        if (member.IsDeleting)
            return $"{member.PodName} is being deleted";
        if (member.AnnouncedStop is { } stop && stop.IsNear(facts.Now))
            return $"{member.PodName} is about to be stopped ({stop.Reason}); it may take over once its pod is replaced, or when it still runs {AnnouncedStop.Lasting.TotalMinutes:0} minutes after that was announced";
        if (!member.IsReachable)
            return $"{member.PodName} cannot be reached";
        if (!member.IsStandby)
            return $"{member.PodName} reports {RoleNames.Of(member.Probe.Role)}";
        return member.IsReady ? OfContent(facts.Find(primary)?.Probe.Content, member) : $"{member.PodName} is not ready";
    }

    /// <summary>
    /// A standby that lacks a database, has differed for a while, or was not seen to follow yet, would only be drained for in vain, and then be left
    /// alone for half a minute.
    /// </summary>
    private static string? OfContent(ContentProof? wanted, Member member)
    {
        if (wanted is null || member.Probe.Content is not { } held)
            return $"the databases of {member.PodName} could not be compared yet";
        var missing = wanted.Databases.Keys.Where(database => !held.Databases.ContainsKey(database)).ToList();
        if (missing.Count > 0)
            return $"{member.PodName} lacks database {string.Join(", ", missing)}";
        if (held.HoldsAllOf(wanted))
            return null;
        var isSettled = wanted.Time > wanted.Since && held.Time > held.Since;
        return isSettled || !held.HoldsOrFollows(wanted) ? $"{member.PodName} does not hold what the primary holds" : null;
    }
}
