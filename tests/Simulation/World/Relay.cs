namespace DoltDB.Operator.Simulation.World;

/// <summary>Delivers late and in order: delays are whole milliseconds, so two of them may overtake each other.</summary>
/// <param name="time">The clock.</param>
/// <param name="go">Runs work beside everything else and notices when it fails.</param>
internal sealed class Relay(TimeProvider time, Action<Func<Task>> go)
{
    private readonly Queue<Action> waiting = new();

    /// <summary>Runs the action after the delay, and after all that were given before.</summary>
    public void Deliver(Action action, TimeSpan delay)
    {
        waiting.Enqueue(action);
        go(() => DeliverNextAsync(delay));
    }

    private async Task DeliverNextAsync(TimeSpan delay)
    {
        await Task.Delay(delay, time);
        waiting.Dequeue()();
    }
}
