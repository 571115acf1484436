namespace DoltDB.Operator.Simulation.Time;

/// <summary>
/// Runs everything on one thread, in one order: continuations as they come, and the clock when there are none. The same seed gives the same run.
/// </summary>
internal sealed class SimulationLoop(VirtualTime time) : SynchronizationContext
{
    private readonly Lock gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
    private int thread;

    /// <summary>Continuations that came from other threads: something that the simulation does not control.</summary>
    public int Strangers { get; private set; }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            if (Environment.CurrentManagedThreadId != thread)
                Strangers++;
            queue.Enqueue((d, state));
        }
    }

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => d(state);

    /// <inheritdoc/>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs <paramref name="main"/> to its end; <paramref name="afterEach"/> after every continuation.</summary>
    public void Run(Func<Task> main, Action afterEach)
    {
        var before = Current;
        SetSynchronizationContext(this);
        thread = Environment.CurrentManagedThreadId;
        try
        {
            var running = main();
            while (!running.IsCompleted)
            {
                if (TryTake(out var next))
                {
                    next.Callback(next.State);
                    afterEach();
                }
                else if (!time.RunNext())
                {
                    throw new InvalidOperationException("the simulation waits for something that never comes");
                }
            }

            if (running.IsFaulted)
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(running.Exception.InnerException!);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    private bool TryTake(out (SendOrPostCallback Callback, object? State) next)
    {
        lock (gate)
            return queue.TryDequeue(out next);
    }
}
