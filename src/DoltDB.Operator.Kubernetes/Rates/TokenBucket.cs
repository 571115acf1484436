namespace DoltDB.Operator.Kubernetes.Rates;

/// <summary>
/// A limiter that lets bursts of a given size pass and a steady rate after that. Time comes from a <see cref="TimeProvider"/>,
/// so a virtual clock governs it too.
/// </summary>
internal sealed class TokenBucket
{
    private readonly Lock gate = new();
    private readonly double perSecond;
    private readonly double burst;
    private readonly TimeProvider time;
    private double tokens;
    private long refilled;

    /// <summary>A full bucket of <paramref name="burst"/> tokens that gains <paramref name="perSecond"/> each second.</summary>
    public TokenBucket(double perSecond, double burst, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        this.perSecond = perSecond;
        this.burst = burst;
        this.time = time;
        tokens = burst;
        refilled = time.GetTimestamp();
    }

    /// <summary>Whether the bucket is as full as it can be, so that forgetting it changes nothing.</summary>
    public bool IsFull
    {
        get
        {
            lock (gate)
            {
                Refill();
                return tokens >= burst;
            }
        }
    }

    /// <summary>Takes a token, one of the future when none is left; how long to wait before acting on it.</summary>
    public TimeSpan Reserve()
    {
        lock (gate)
        {
            Refill();
            tokens -= 1;
            return tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-tokens / perSecond);
        }
    }

    /// <summary>Takes a token if there is one now.</summary>
    public bool TryTake()
    {
        lock (gate)
        {
            Refill();
            if (tokens < 1)
                return false;
            tokens -= 1;
            return true;
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        tokens = Math.Min(burst, tokens + (time.GetElapsedTime(refilled, now).TotalSeconds * perSecond));
        refilled = now;
    }
}
