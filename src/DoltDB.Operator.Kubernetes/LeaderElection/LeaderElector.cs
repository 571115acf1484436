using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.LeaderElection;

/// <summary>
/// Takes a Lease, works while it holds it, and gives it back. The work is cancelled at the renew deadline, before any other
/// candidate can see the lease as expired.
/// </summary>
public sealed class LeaderElector
{
    private readonly IKubernetesClient client;
    private readonly LeaderElectionOptions options;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly ILogger logger;
    private LeaseObservation? observation;
    private Lease? held;
    private string? reportedHolder;
    private volatile bool leading;

    /// <summary>A candidate.</summary>
    public LeaderElector(IKubernetesClient client, LeaderElectionOptions options, TimeProvider time, Random random, ILogger<LeaderElector> logger)
    {
        options.Validate();
        this.client = client;
        this.options = options;
        this.time = time;
        this.random = random;
        this.logger = logger;
    }

    /// <summary>Whether this candidate leads now.</summary>
    public bool IsLeader => leading;

    /// <summary>
    /// Waits for the lease, then runs <paramref name="work"/>, whose token is cancelled when leadership is lost. The work itself ends on
    /// <paramref name="stopping"/>; until it has ended the lease is renewed, then released. Call it once.
    /// </summary>
    public async Task<LeadershipEnd> RunAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        if (await AcquireAsync(stopping) is not { } renewedAt)
            return LeadershipEnd.NeverLed;
        using var lost = new CancellationTokenSource();
        using var workEnded = new CancellationTokenSource();
        leading = true;
        Log.LeadershipAcquired(logger, options.Identity, options.Lease.ToString());
        var working = Task.Run(() => work(lost.Token), CancellationToken.None);
        var renewing = RenewUntilAsync(renewedAt, workEnded.Token);
        if (await Task.WhenAny(working, renewing) == renewing)
        {
            leading = false;
            await lost.CancelAsync();
            Log.LeadershipLost(logger, options.Identity, options.Lease.ToString(), await renewing);
            await IgnoreCancellationAsync(working, lost.Token);
            return LeadershipEnd.Lost;
        }

        leading = false;
        await workEnded.CancelAsync();
        await renewing;
        await ReleaseAsync();
        await working;
        return LeadershipEnd.Released;
    }

    private static async Task IgnoreCancellationAsync(Task working, CancellationToken lost)
    {
        try
        {
            await working;
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested)
        {
            // It was told to.
        }
    }

    /// <summary>The local time at which the successful try began, or null when stopped.</summary>
    private async Task<long?> AcquireAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                if (await TryAcquireInTimeAsync(stopping) && time.GetElapsedTime(began) < options.RenewDeadline)
                    return began;
                await Task.Delay(options.RetryPeriod * (1 + (0.2 * random.NextDouble())), time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<bool> TryAcquireInTimeAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(options.RenewDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        try
        {
            return await TryAcquireAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            // An answer that takes this long is no term to work in.
            return false;
        }
    }

    private async Task<bool> TryAcquireAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lease = await client.GetAsync(BuiltInKinds.Lease, options.Lease, cancellationToken);
            if (lease is null)
            {
                held = await client.CreateAsync(BuiltInKinds.Lease, NewLease(), cancellationToken);
                return true;
            }

            observation = LeaseObservation.Next(observation, lease.Spec, time.GetTimestamp());
            if (!observation.MayBeTakenBy(options.Identity, options.LeaseDuration, time))
            {
                ReportHolder(observation.Spec.HolderIdentity!);
                return false;
            }

            held = await client.ReplaceAsync(BuiltInKinds.Lease, lease with { Spec = Taken(lease.Spec) }, null, cancellationToken);
            return true;
        }
        catch (KubernetesException exception) when (exception.IsConflict)
        {
            return false;
        }
        catch (Exception exception) when (IsTransient(exception, cancellationToken))
        {
            Log.LeaseRequestFailed(logger, exception, options.Lease.ToString(), "taken");
            return false;
        }
    }

    /// <summary>Renews until told to stop; ends with the reason when leadership is lost.</summary>
    private async Task<string> RenewUntilAsync(long renewedAt, CancellationToken workEnded)
    {
        var firstTerm = options.RenewDeadline - time.GetElapsedTime(renewedAt);
        using var deadline = new CancellationTokenSource(firstTerm > TimeSpan.Zero ? firstTerm : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(workEnded, deadline.Token);
        try
        {
            while (true)
            {
                await Task.Delay(options.RetryPeriod, time, either.Token);
                var began = time.GetTimestamp();
                var (renewed, takenBy) = await TryRenewAsync(either.Token);
                if (takenBy is not null)
                    return $"{takenBy} holds it";

                // The term counts from when the request began: it may have reached the server at once and the answer late.
                var left = options.RenewDeadline - time.GetElapsedTime(began);
                if (renewed && left > TimeSpan.Zero && !deadline.IsCancellationRequested)
                    deadline.CancelAfter(left);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return workEnded.IsCancellationRequested ? "" : $"it could not be renewed within {options.RenewDeadline.TotalSeconds} s";
        }
    }

    private async Task<(bool Renewed, string? TakenBy)> TryRenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            held = await client.ReplaceAsync(BuiltInKinds.Lease, held! with { Spec = held.Spec! with { RenewTime = time.GetUtcNow() } }, null, cancellationToken);
            return (true, null);
        }
        catch (KubernetesException exception) when (exception.Code is 404 or 409)
        {
            return await ReadBackAsync(cancellationToken);
        }
        catch (Exception exception) when (IsTransient(exception, cancellationToken))
        {
            Log.LeaseRequestFailed(logger, exception, options.Lease.ToString(), "renewed");
            return (false, null);
        }
    }

    /// <summary>The lease is not as we left it: who holds it?</summary>
    private async Task<(bool Renewed, string? TakenBy)> ReadBackAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lease = await client.GetAsync(BuiltInKinds.Lease, options.Lease, cancellationToken);
            if (lease?.Spec?.HolderIdentity != options.Identity)
                return (false, lease is null ? "nobody (it was deleted)" : lease.Spec?.HolderIdentity is { Length: > 0 } other ? other : "nobody");
            held = lease;
            return (false, null);
        }
        catch (Exception exception) when (IsTransient(exception, cancellationToken))
        {
            Log.LeaseRequestFailed(logger, exception, options.Lease.ToString(), "read");
            return (false, null);
        }
    }

    /// <summary>Lets the next candidate in at once. A failure only makes it wait for the term.</summary>
    private async Task ReleaseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(options.RetryPeriod, time);
            var now = time.GetUtcNow();
            var released = held!.Spec! with { HolderIdentity = "", LeaseDurationSeconds = 1, RenewTime = now, AcquireTime = now };
            await client.ReplaceAsync(BuiltInKinds.Lease, held with { Spec = released }, null, limit.Token);
            Log.LeadershipReleased(logger, options.Identity, options.Lease.ToString());
        }
        catch (Exception exception)
        {
            Log.LeaseRequestFailed(logger, exception, options.Lease.ToString(), "released");
        }
    }

    private Lease NewLease() => new()
    {
        Metadata = new ObjectMeta { Name = options.Lease.Name, Namespace = options.Lease.Namespace },
        Spec = Taken(null),
    };

    private LeaseSpec Taken(LeaseSpec? before)
    {
        var now = time.GetUtcNow();
        var isNewHolder = before is not null && before.HolderIdentity != options.Identity;
        return (before ?? new LeaseSpec()) with
        {
            HolderIdentity = options.Identity,
            LeaseDurationSeconds = (int)Math.Ceiling(options.LeaseDuration.TotalSeconds),
            AcquireTime = before is null || isNewHolder ? now : before.AcquireTime,
            RenewTime = now,
            LeaseTransitions = (before?.LeaseTransitions ?? 0) + (isNewHolder ? 1 : 0),
        };
    }

    private void ReportHolder(string holder)
    {
        if (holder == reportedHolder)
            return;
        reportedHolder = holder;
        Log.LeaseHeldByOther(logger, options.Lease.ToString(), holder);
    }

    private static bool IsTransient(Exception exception, CancellationToken cancellationToken) =>
        exception is KubernetesException or HttpRequestException or IOException or TimeoutException or KubeconfigException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
