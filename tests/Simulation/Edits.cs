using System.Globalization;
using DoltDB.Operator.Simulation.World;

namespace DoltDB.Operator.Simulation;

/// <summary>
/// What the user changes beside the faults of a run, in the middle of anything. Drawn from a stream of their own, and in every other seed only: the others, among
/// them all that were recorded before there were edits, keep their schedules.
/// </summary>
internal sealed class Edits
{
    /// <summary>Chosen so that no seed that was recorded before there were edits has any.</summary>
    private const int Salt = 16287252;

    /// <summary>Some more than there are ever servers.</summary>
    private const int Ordinals = 6;

    private static readonly string[] Strategies = ["ReplicasFirstPrimaryLast", "RollingUpdate", "OnDelete", "Never"];
    private static readonly int?[] Waits = [null, 0, 1, 60];
    private static readonly int?[] Lags = [null, 0, 200, 5000];

    private readonly SimulatedWorld world;
    private readonly SimulatedSpec spec;
    private readonly Random random;
    private Task last = Task.CompletedTask;
    private bool hasEdited;
    private bool isOver;
    private bool pausesHandOver;

    public Edits(SimulatedWorld world, SimulatedSpec spec, int seed)
    {
        (this.world, this.spec, random) = (world, spec, new Random(seed ^ Salt));
        world.Api.Follow("k8s.dolthub.com/doltdbs", _ => OnCluster());
    }

    /// <summary>Makes the edits of the seed, if it has any.</summary>
    public async Task RunAsync()
    {
        if (random.Next(2) == 0)
            return;
        var count = random.Next(1, 7);
        for (var i = 0; i < count; i++)
        {
            await DelayAsync(100, random.Next(2) == 0 ? 1000 : 20000);
            if (isOver)
                return;
            hasEdited = true;
            await (last = EditAsync());
        }
    }

    /// <summary>Ends them, and takes back what would keep the cluster from recovering.</summary>
    public async Task EndAsync()
    {
        isOver = true;
        await last;
        if (hasEdited)
            await spec.RestoreAsync();
    }

    private Task EditAsync() => Draw.One(
        random, (4, PauseAsync), (3, PauseHandOver), (3, spec.RestartAsync), (4, AskForSwitchoverAsync), (3, ChangeStrategyAsync), (3, WaitForStandbysAsync), (4, StopFailoverAsync), (3, LimitFailoverAsync))();

    private async Task PauseAsync()
    {
        await spec.PauseAsync(isPaused: true);
        Later(500, 20000, () => spec.PauseAsync(isPaused: false));
    }

    /// <summary>The next time that the primary role is about to move, however that comes.</summary>
    private Task PauseHandOver()
    {
        pausesHandOver = true;
        return Task.CompletedTask;
    }

    private void OnCluster()
    {
        if (!pausesHandOver || isOver || world.Cluster()?.Status?.HandOver is null)
            return;
        pausesHandOver = false;
        Later(0, 150, () => isOver ? Task.CompletedTask : last = PauseAsync());
    }

    /// <summary>As by hand, by number, or as the kubectl plugin asks; and takes the request back.</summary>
    private Task AskForSwitchoverAsync()
    {
        var ordinal = random.Next(Ordinals).ToString(CultureInfo.InvariantCulture);
        var target = random.Next(2) == 0 ? ordinal : $"{SimulatedWorld.Name}-{ordinal}";
        return spec.AskForSwitchoverAsync(random.Next(5) switch
        {
            0 => null,
            1 or 2 => target,
            _ => string.Create(CultureInfo.InvariantCulture, $"{target}@{world.Now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}"),
        });
    }

    private Task ChangeStrategyAsync() => spec.ChangeUpdateStrategyAsync(Pick(Strategies));

    private Task WaitForStandbysAsync() => spec.WaitForStandbysAsync(Pick(Waits));

    private async Task StopFailoverAsync()
    {
        await spec.StopFailoverAsync(ofReplication: random.Next(2) == 0);
        Later(1000, 40000, spec.AllowFailoverAsync);
    }

    private Task LimitFailoverAsync() => spec.LimitFailoverAsync(Pick(Lags), delay: random.Next(1, 11));

    private T Pick<T>(T[] values) => values[random.Next(values.Length)];

    private void Later(int least, int most, Func<Task> edit) => world.Go(async () =>
    {
        await DelayAsync(least, most);
        await edit();
    });

    private Task DelayAsync(int from, int to) => Task.Delay(TimeSpan.FromMilliseconds(from + (random.NextDouble() * (to - from))), world.Time);
}
