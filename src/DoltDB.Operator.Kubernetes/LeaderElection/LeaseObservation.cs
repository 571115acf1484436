using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Kubernetes.LeaderElection;

/// <summary>
/// What a candidate saw of a lease and when, by its own monotonic clock. The times inside the lease come from other clocks and are
/// never compared with ours: a term runs from when we saw the record change.
/// </summary>
internal sealed record LeaseObservation(LeaseSpec Spec, long SeenAt)
{
    /// <summary>The observation after reading the record again.</summary>
    public static LeaseObservation Next(LeaseObservation? before, LeaseSpec? read, long now)
    {
        var spec = read ?? new LeaseSpec();
        return before is not null && IsSame(before.Spec, spec) ? before : new LeaseObservation(spec, now);
    }

    /// <summary>Whether <paramref name="identity"/> may take the lease now.</summary>
    public bool MayBeTakenBy(string identity, TimeSpan fallbackDuration, TimeProvider time)
    {
        if (string.IsNullOrEmpty(Spec.HolderIdentity) || Spec.HolderIdentity == identity)
            return true;
        var term = Spec.LeaseDurationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : fallbackDuration;
        return time.GetElapsedTime(SeenAt) >= term;
    }

    private static bool IsSame(LeaseSpec left, LeaseSpec right) =>
        left.HolderIdentity == right.HolderIdentity
        && left.RenewTime == right.RenewTime
        && left.AcquireTime == right.AcquireTime
        && left.LeaseTransitions == right.LeaseTransitions;
}
