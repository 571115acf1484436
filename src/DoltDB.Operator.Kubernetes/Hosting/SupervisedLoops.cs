using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Hosting;

/// <summary>
/// Background loops that must run as long as the process does. A loop that ends before it was told to is a failure, which
/// <see cref="Failures"/> reports to the liveness probe and <see cref="WhenFailed"/> to the host.
/// </summary>
public sealed class SupervisedLoops(ILogger logger) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> tasks = [];
    private readonly List<string> failures = [];
    private readonly TaskCompletionSource<string> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What died and why; empty while all is well.</summary>
    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (gate)
                return [.. failures];
        }
    }

    /// <summary>Whether every loop that was started runs.</summary>
    public bool IsHealthy => !failed.Task.IsCompleted;

    /// <summary>Completes with a description when the first loop dies.</summary>
    public Task<string> WhenFailed => failed.Task;

    /// <summary>Starts a loop under a name that a reader of <c>/livez</c> understands. Its token is cancelled by <see cref="StopAsync"/>.</summary>
    public void Start(string name, Func<CancellationToken, Task> loop)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping.IsCancellationRequested, this);
            tasks.Add(Task.Run(() => SuperviseAsync(name, loop)));
        }
    }

    /// <summary>Tells all loops to stop and waits for them.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        Task[] running;
        lock (gate)
            running = [.. tasks];
        await Task.WhenAll(running);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task SuperviseAsync(string name, Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(stopping.Token);
            if (!stopping.IsCancellationRequested)
                Fail(name, null);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Whatever a loop throws after it was told to stop says nothing about its health.
        }
        catch (Exception exception)
        {
            Fail(name, exception);
        }
    }

    private void Fail(string name, Exception? exception)
    {
        var description = exception is null ? $"{name}: ended" : $"{name}: {exception.GetType().Name}: {exception.Message}";
        lock (gate)
            failures.Add(description);
        Log.LoopDied(logger, exception, name);
        failed.TrySetResult(description);
    }
}
