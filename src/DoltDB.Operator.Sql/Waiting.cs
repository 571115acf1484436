namespace DoltDB.Operator.Sql;

/// <summary>Waiting with a limit that stays on the caller's synchronization context all the way, so that a simulation can replay it.</summary>
internal static class Waiting
{
    /// <summary>Whether the task completes within the limit.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<bool> CompletesWithinAsync(this Task task, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        if (task.IsCompleted)
            return true;
        var outcome = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = clock.CreateTimer(static state => ((TaskCompletionSource<bool>)state!).TrySetResult(false), outcome, limit, Timeout.InfiniteTimeSpan);
        using var cancel = cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), outcome);
        _ = FollowAsync();
        return await outcome.Task;

        async Task FollowAsync()
        {
            try
            {
                await task;
            }
            finally
            {
                outcome.TrySetResult(true);
            }
        }
    }
}
