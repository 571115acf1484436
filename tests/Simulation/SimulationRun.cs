using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Simulation.Time;
using DoltDB.Operator.Simulation.World;

namespace DoltDB.Operator.Simulation;

/// <summary>What a run came to.</summary>
/// <param name="Seed">Replays it.</param>
/// <param name="Violation">The first broken invariant, or null.</param>
/// <param name="Trace">What happened.</param>
/// <param name="HandOvers">Planned hand-overs.</param>
/// <param name="Failovers">Failovers and repairs.</param>
/// <param name="Acknowledged">Rows that were acknowledged.</param>
/// <param name="Lost">Rows that failovers lost.</param>
/// <param name="Simulated">How much time passed in it.</param>
internal sealed record SimulationResult(int Seed, string? Violation, string Trace, int HandOvers, int Failovers, int Acknowledged, int Lost, TimeSpan Simulated);

/// <summary>One run: a cluster, a client that writes, faults at random, and peace in the end, in which everything must be well.</summary>
internal sealed class SimulationRun(int seed)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FailoverLimit = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan PeaceLimit = TimeSpan.FromMinutes(6);

    private readonly VirtualTime time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Runs it on this thread.</summary>
    public static SimulationResult Run(int seed) => new SimulationRun(seed).Run(world => LiveAsync(world, seed));

    /// <summary>Runs a story of one's own in a world that the seed makes.</summary>
    public static SimulationResult Run(int seed, Func<SimulatedWorld, SimulatedOperators, SimulatedSpec, Task> story) => new SimulationRun(seed).Run(async world =>
    {
        using var operators = new SimulatedOperators(world);
        world.Availability.IsOperatorWell = () => operators.IsWell;
        await story(world, operators, new SimulatedSpec(world));
    });

    private SimulationResult Run(Func<SimulatedWorld, Task> liveAsync)
    {
        SimulatedWorld? world = null;
        var loop = new SimulationLoop(time);
        loop.Run(
            async () =>
            {
                world = await SimulatedWorld.StartAsync(time, seed);
                await liveAsync(world);
            },
            () =>
            {
                world?.Invariants.Check();
                world?.Availability.Check();
            });
        if (loop.Strangers > 0)
            world!.Violate($"{loop.Strangers} continuations came from outside of the simulation: the run cannot be replayed");
        var result = Result(world!);

        // Outside of the loop: what ends now may use other threads.
        world!.DisposeAsync().AsTask().Wait();
        return result;
    }

    private SimulationResult Result(SimulatedWorld world) => new(
        seed,
        world.Violation,
        world.TraceText,
        world.Invariants.HandOvers,
        world.Invariants.Failovers,
        world.Invariants.Acknowledged.Count,
        world.Invariants.Lost.Count,
        time.Elapsed);

    private static async Task LiveAsync(SimulatedWorld world, int seed)
    {
        using var operators = new SimulatedOperators(world);
        var spec = new SimulatedSpec(world);
        world.Availability.IsOperatorWell = () => operators.IsWell;
        operators.Start();
        await spec.CreateAsync();
        if (!await AwaitAsync(world, () => IsReady(world), StartLimit))
        {
            world.Violate($"the cluster never became Ready: {Describe(world)}");
            return;
        }

        var writer = new SimulatedWriter(world, waitsForStandbys: world.Random.Next(2) == 0);
        world.Go(writer.RunAsync);
        var faults = new Faults(world, operators, spec);
        var edits = new Edits(world, spec, seed);
        world.Go(edits.RunAsync);
        var count = world.Random.Next(4, 14);
        for (var i = 0; i < count && world.Violation is null; i++)
        {
            await world.DelayAsync(100, world.Random.Next(2) == 0 ? 1000 : 20000);
            await faults.StrikeAsync();
        }

        await world.DelayAsync(0, 20000);
        world.Trace("PEACE");
        faults.EndAll();
        await edits.EndAsync();
        await spec.MendAsync();
        var before = world.Invariants.Acknowledged.Count;
        if (world.Violation is null && !await AwaitAsync(world, () => IsReady(world) && world.Invariants.Acknowledged.Count > before, PeaceLimit))
        {
            writer.IsStopped = true;
            if (!faults.HasLostPrimary || !IsLeftToPerson(world))
                world.Violate($"the cluster does not recover: {Describe(world)}");
            return;
        }

        if (world.Violation is null)
            await LosePrimaryForGoodAsync(world);
        writer.IsStopped = true;
        if (world.Violation is null && !await AwaitAsync(world, () => AreEqual(world), PeaceLimit))
            world.Violate($"the servers never hold the same: {Describe(world)}");
    }

    /// <summary>Where the disk of the primary is gone and nobody was proven to hold what it held, a person is asked to decide.</summary>
    private static bool IsLeftToPerson(SimulatedWorld world) =>
        world.Cluster()?.Status?.Conditions?.Any(static condition => condition is { Type: "Ready", Reason: PrimaryReasons.FailoverRefused or PrimaryReasons.DataDiverged }) == true;

    /// <summary>A cluster that was well for a while survives the loss of its primary's node, under writes that never pause.</summary>
    private static async Task LosePrimaryForGoodAsync(SimulatedWorld world)
    {
        await Task.Delay(Rest, world.Time);
        if (world.Cluster()!.Spec!.Replicas < 2)
            return;
        if (!await AwaitAsync(world, () => IsReady(world) && AreProven(world), PeaceLimit))
            world.Violate($"standbys are never proven equal: {Describe(world)}");
        if (world.Routed() is not [var name] || world.Pod(name) is not { } primary)
            return;
        world.Trace($"FAULT the node of {name} dies, and stays dead for a while");
        primary.IsLost = true;
        primary.Server?.Kill();
        var before = world.Invariants.Acknowledged.Count;
        if (!await AwaitAsync(world, () => world.Invariants.Acknowledged.Count > before, FailoverLimit))
            world.Violate($"nobody takes over from {name}: {Describe(world)}");
        world.Trace($"the node of {name} is back");
        world.Heal();
        if (!await AwaitAsync(world, () => IsReady(world), PeaceLimit))
            world.Violate($"the cluster does not recover: {Describe(world)}");
    }

    public static async Task<bool> AwaitAsync(SimulatedWorld world, Func<bool> condition, TimeSpan limit)
    {
        var deadline = world.Now + limit;
        while (!condition())
        {
            if (world.Violation is not null)
                return true;
            if (world.Now > deadline)
                return false;
            await Task.Delay(TimeSpan.FromMilliseconds(100), world.Time);
        }

        return true;
    }

    public static bool IsReady(SimulatedWorld world) => world.Cluster() is { } cluster
        && cluster.Status?.ObservedGeneration == cluster.Metadata.Generation
        && cluster.Status?.Conditions?.Any(static condition => condition is { Type: "Ready", Status: "True" }) == true
        && cluster.Status.Members?.Count == cluster.Spec!.Replicas;

    /// <summary>Whether the standbys, as they are now, were seen to hold what the primary holds: only then may one of them take over.</summary>
    private static bool AreProven(SimulatedWorld world) => world.Pods.Where(pod => !pod.IsGone && pod.Name != world.Cluster()?.Status?.CurrentPrimary)
        .All(pod => world.Cluster()?.Status?.LastEqual?.Any(proof => proof.Member == pod.Name && proof.PodUid == pod.Uid) == true);

    /// <summary>Every server holds every row that was acknowledged and not lost by a failover.</summary>
    private static bool AreEqual(SimulatedWorld world)
    {
        var expected = world.Invariants.Acknowledged.Except(world.Invariants.Lost).ToHashSet();
        var engines = world.Pods.Where(static pod => !pod.IsGone).Select(static pod => pod.Server?.Engine).ToList();
        if (!engines.TrueForAll(engine => engine is not null && expected.IsSubsetOf(Invariants.Rows(engine))))
            return false;
        var isRestored = world.Primary()?.Server?.Engine.Databases.All.ContainsKey(SimulatedWorld.Archive) == true;
        return engines.Select(static engine => Invariants.Rows(engine!).Count).Distinct().Count() == 1
            && (!isRestored || engines.Select(static engine => Invariants.Rows(engine!, SimulatedWorld.Archive).Count).Distinct().Count() == 1);
    }

    private static string Describe(SimulatedWorld world)
    {
        var status = world.Cluster()?.Status;
        var conditions = string.Join("; ", status?.Conditions?.Where(static condition => condition.Status != "True").Select(static condition => $"{condition.Type}: {condition.Reason} {condition.Message}") ?? []);
        var servers = string.Join(", ", world.Pods.Select(static pod => $"{pod.Name} {(pod.Server?.Engine is { } engine ? $"{engine.Cluster?.Role}@{engine.Cluster?.Epoch} {Invariants.Rows(engine).Count} rows" : "down")}"));
        var objects = string.Join(", ", new[] { "/pods", "apps/statefulsets", "/persistentvolumeclaims" }.SelectMany(resource => world.Api.Objects.List(resource, "default").Items).Select(stored => $"{stored.Key.Resource} {stored.Key.Name}{(stored.IsTerminating ? " (terminating)" : "")}"));
        return $"{status?.Phase}, {conditions}; {servers}; {objects}";
    }
}
