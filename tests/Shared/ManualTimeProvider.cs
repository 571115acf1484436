namespace DoltDB.Operator.Testing;

/// <summary>
/// A clock that only moves when a test says so. Timers that fall due while it moves fire in the order of their times, each at its own
/// time, on the thread that moves the clock.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private DateTimeOffset now = start;
    private long created;

    /// <summary>A clock that begins at noon of a fixed day.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that wait to fire.</summary>
    public int PendingTimers
    {
        get
        {
            lock (gate)
                return timers.Count;
        }
    }

    /// <summary>How long until the next timer fires; null when none waits.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (gate)
                return timers.Count == 0 ? null : timers.Min(timer => timer.Due) - now;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state, Interlocked.Increment(ref created));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on, firing what falls due.</summary>
    public void Advance(TimeSpan by)
    {
        var target = GetUtcNow() + by;
        while (TakeDue(target) is { } timer)
            timer.Fire();
        lock (gate)
            now = target > now ? target : now;
    }

    /// <summary>Moves the clock to the next timer and fires it; false when none waits.</summary>
    public bool AdvanceToNextTimer()
    {
        if (NextTimer is not { } wait)
            return false;
        Advance(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        return true;
    }

    private ManualTimer? TakeDue(DateTimeOffset target)
    {
        lock (gate)
        {
            var next = timers.Where(timer => timer.Due <= target).OrderBy(timer => timer.Due).ThenBy(timer => timer.Number).FirstOrDefault();
            if (next is null)
                return null;
            now = next.Due > now ? next.Due : now;
            if (next.Period > TimeSpan.Zero)
                next.Due += next.Period;
            else
                timers.Remove(next);
            return next;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state, long number) : ITimer
    {
        public long Number => number;

        public DateTimeOffset Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.timers.Remove(this);
                Period = period;
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = clock.now + dueTime;
                    clock.timers.Add(this);
                }

                return true;
            }
        }

        public void Dispose()
        {
            lock (clock.gate)
                clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
