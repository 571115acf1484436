using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.LeaderElection;

/// <summary>Which lease decides who leads, and how long its terms are.</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>The lease.</summary>
    public required NamespacedName Lease { get; init; }

    /// <summary>This candidate; unique among all, usually the pod's name and a random part.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others leave a lease alone that they have not seen renewed.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after its last renewal began the leader still leads; must be shorter than <see cref="LeaseDuration"/>.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two tries to take or renew the lease.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Throws when the times do not fit together.</summary>
    public void Validate()
    {
        if (LeaseDuration < TimeSpan.FromSeconds(1) || LeaseDuration <= RenewDeadline)
            throw new InvalidOperationException($"leader election: the lease duration ({LeaseDuration}) must be longer than the renew deadline ({RenewDeadline}) and at least 1 s");
        if (RetryPeriod <= TimeSpan.Zero || RenewDeadline <= RetryPeriod)
            throw new InvalidOperationException($"leader election: the renew deadline ({RenewDeadline}) must be longer than the retry period ({RetryPeriod}), which must be positive");
    }
}

/// <summary>How leading ended.</summary>
public enum LeadershipEnd
{
    /// <summary>The work ended by itself, and the lease was released.</summary>
    Released,

    /// <summary>The lease could not be renewed in time: the work was cancelled, and another candidate may lead by now.</summary>
    Lost,

    /// <summary>The candidate was stopped before it led.</summary>
    NeverLed,
}
