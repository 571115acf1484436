using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>
/// Who may talk to the server. Beyond so many clients others wait, silently, in the order in which they came; beyond so many of those nobody is taken.
/// Whether one that waits is still there is not looked at: who went away keeps its place.
/// </summary>
internal sealed class Admission(int most, int mostWaiting, TimeSpan patience, TimeProvider clock)
{
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private readonly Lock _gate = new();
    private int _admitted;

    /// <summary>Whether the client was let in, perhaps after a wait. Who was calls <see cref="Leave"/> at its end.</summary>
    public async Task<bool> EnterAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_gate)
        {
            if (_admitted < most)
            {
                _admitted++;
                return true;
            }

            if (_waiting.Count >= mostWaiting) return false;
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(turn);
        }

        if (await turn.Task.CompletesWithinAsync(patience, clock, cancellationToken)) return true;
        // It may have come in the moment in which the patience ended.
        lock (_gate) return !_waiting.Remove(turn);
    }

    /// <summary>The next one in the queue takes the place.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_waiting.First is not { } next)
            {
                _admitted--;
                return;
            }

            _waiting.RemoveFirst();
            next.Value.SetResult();
        }
    }
}
