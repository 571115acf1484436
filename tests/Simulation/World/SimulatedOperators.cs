namespace DoltDB.Operator.Simulation.World;

/// <summary>The operator's processes over time: one leads, unless a lease changes hands behind the back of one that stands still.</summary>
internal sealed class SimulatedOperators(SimulatedWorld world) : IDisposable
{
    /// <summary>How late an operator's caches are at most while nothing is wrong.</summary>
    public static readonly TimeSpan UsualLag = TimeSpan.FromMilliseconds(20);

    private readonly List<SimulatedOperator> all = [];

    /// <summary>The one that leads; null while there is none.</summary>
    public SimulatedOperator? Current { get; private set; }

    /// <summary>Whether one leads that hears and reaches the API server as it should.</summary>
    public bool IsWell => Current is { Caches: { IsDeaf: false, Lag: var lag } } && lag <= UsualLag && !world.IsOverlapping && !world.IsCut("operator", "api")
        && world.ApiErrorRate + world.LostAnswerRate == 0;

    public void Start()
    {
        Current = new SimulatedOperator(world, $"operator-{all.Count}");
        all.Add(Current);
        world.Invariants.OperatorStarts();
        world.Trace($"{Current.Name} starts");
    }

    /// <summary>Kills the operator, between any two actions, and starts another after a while.</summary>
    public async Task RestartAsync()
    {
        if (Current is not { } old)
            return;
        world.Trace($"FAULT kill {old.Name}");
        Current = null;
        old.Kill();
        await world.DelayAsync(0, 10000);
        Start();
    }

    /// <summary>The operator stands still until another leads, then finishes what it had in hand before it notices.</summary>
    public async Task OverlapAsync()
    {
        if (Current is not { } old)
            return;
        world.Trace($"FAULT {old.Name} stands still and another takes over");
        Current = null;
        old.Freeze();
        await world.DelayAsync(15000, 20000);
        old.IsStale = true;
        Start();
        await world.DelayAsync(0, 10000);
        world.Trace($"{old.Name} goes on for a moment");
        world.IsOverlapping = true;
        old.Thaw();
        await world.DelayAsync(1, 50);
        old.Kill();
        await world.DelayAsync(5000, 5000);
        world.IsOverlapping = false;
    }

    /// <summary>Ends what faults did to the operator.</summary>
    public void Heal()
    {
        if (Current is null)
            Start();
        Current!.Caches.Lag = UsualLag;
        Current.Caches.Reconnect();
    }

    public void Dispose()
    {
        foreach (var process in all)
        {
            process.Kill();
            process.Dispose();
        }
    }
}
