namespace DoltDB.Operator.Testing;

/// <summary>Waits on observed state, with a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Waits until the condition holds; with a manual clock, moves it from timer to timer meanwhile. Fails with <paramref name="what"/> was
    /// waited for.
    /// </summary>
    public static async Task HoldsAsync(Func<bool> condition, string what, ManualTimeProvider? clock = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException($"waited {Deadline.TotalSeconds} s for: {what}");
            clock?.AdvanceToNextTimer();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Waits until the condition holds, as of a server. Fails with <paramref name="what"/> was waited for.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException($"waited {Deadline.TotalSeconds} s for: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Asks until there is an answer, and returns it. Fails with <paramref name="what"/> was waited for.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> ask, TimeSpan deadline, string what)
        where T : class
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (TimeProvider.System.GetElapsedTime(started) > deadline)
                throw new TimeoutException($"waited {deadline.TotalSeconds} s for: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Gives everything that can run the chance to: for steps of a manual clock whose effects are counted, not awaited.</summary>
    public static async Task SettleAsync()
    {
        for (var quiet = 0; quiet < 10; quiet++)
        {
            if (ThreadPool.PendingWorkItemCount > 0)
                quiet = 0;
            await Task.Yield();
        }

        // A thread that took its work may wait for a core of a busy machine: give it a moment of real time.
        await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
    }
}
