namespace DoltDB.Operator.Simulation.Time;

/// <summary>A clock that only moves when the simulation has nothing left to do at the present moment.</summary>
internal sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> due = new();
    private long elapsed;
    private long order;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Elapsed => new(elapsed);

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start.AddTicks(elapsed);

    /// <inheritdoc/>
    public override long GetTimestamp() => elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer and runs it; false when there is none.</summary>
    public bool RunNext()
    {
        while (due.TryDequeue(out var next, out var when))
        {
            if (next.Timer.Version != next.Version)
                continue;
            elapsed = Math.Max(elapsed, when.Due);
            next.Timer.Fire();
            return true;
        }

        return false;
    }

    private void Schedule(VirtualTimer timer, TimeSpan wait) => due.Enqueue((timer, timer.Version), (elapsed + Math.Max(0, wait.Ticks), order++));

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            Version++;
            period = newPeriod;
            if (dueTime != Timeout.InfiniteTimeSpan)
                time.Schedule(this, dueTime);
            return true;
        }

        public void Fire()
        {
            if (period > TimeSpan.Zero)
                time.Schedule(this, period);
            callback(state);
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
