using DoltDB.Operator.Simulation.World;

namespace DoltDB.Operator.Simulation;

/// <summary>Hand-overs that cannot succeed, told step by step: the primary goes on, the condition says why, and what was asked for comes when it can.</summary>
public sealed class HandOverStoryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_drain_that_is_refused_leaves_the_primary_where_it_is_until_its_target_can_follow(int seed) => Tell(seed, (world, primary, target) =>
    {
        world.Network.Delay(world.Pod(primary)!.HostName, world.Pod(target)!.HostName, TimeSpan.FromMilliseconds(800));
        var lossEnds = world.Now + TimeSpan.FromMinutes(1);
        world.Api.Follow("k8s.dolthub.com/doltdbs", _ =>
        {
            if (world.Cluster()?.Status?.HandOver is not null && world.Now < lossEnds)
                world.Cut(primary, target);
        });
        return () => world.Heal(primary, target);
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_target_that_is_lost_before_the_drain_ends_the_hand_over(int seed) => Tell(seed, (world, primary, target) =>
    {
        var lossEnds = world.Now + TimeSpan.FromMinutes(1);
        world.Api.Follow("k8s.dolthub.com/doltdbs", _ =>
        {
            if (world.Cluster()?.Status?.HandOver is not null && world.Pod(target) is { IsLost: false } pod && world.Now < lossEnds)
                pod.IsLost = true;
        });
        return () => world.Heal();
    });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_target_that_does_not_become_primary_gives_the_role_back(int seed) => Tell(seed, (world, primary, target) =>
    {
        world.Refuses = (pod, statement) => pod == target && statement.StartsWith("CALL DOLT_ASSUME_CLUSTER_ROLE('primary'", StringComparison.Ordinal);
        return () => world.Refuses = static (_, _) => false;
    });

    /// <summary>A cluster of which a hand-over is asked, under writes, that <paramref name="trouble"/> makes impossible; what that returns ends the trouble.</summary>
    private static void Tell(int seed, Func<SimulatedWorld, string, string, Action> trouble)
    {
        var result = SimulationRun.Run(seed, async (world, operators, spec) =>
        {
            operators.Start();
            await spec.CreateAsync();
            await WaitAsync(world, () => SimulationRun.IsReady(world), "Ready");
            var writer = new SimulatedWriter(world, waitsForStandbys: false);
            world.Go(writer.RunAsync);
            await WaitAsync(world, () => world.Invariants.Acknowledged.Count > 5 && world.Cluster()!.Status!.LastEqual?.Count == world.Cluster()!.Spec!.Replicas - 1, "writes");
            var cluster = world.Cluster()!;
            var primary = cluster.Status!.CurrentPrimary!;
            var target = (cluster.Status.CurrentPrimaryPodIndex!.Value + 1) % cluster.Spec!.Replicas!.Value;
            var end = trouble(world, primary, $"{SimulatedWorld.Name}-{target}");
            var written = world.Invariants.Acknowledged.Count;
            await WaitAsync(world, () => world.Invariants.Acknowledged.Count > written, "a write that the target may lack");
            await spec.AskForPrimaryAsync(target);
            await WaitAsync(world, () => Message(world)?.Contains("not possible now", StringComparison.Ordinal) == true, "the condition says why");
            for (var i = 0; i < 3; i++)
            {
                var before = world.Invariants.Acknowledged.Count;
                await Task.Delay(TimeSpan.FromSeconds(25), world.Time);
                if (world.Invariants.Acknowledged.Count == before)
                    world.Violate($"{primary} does not serve while nobody can take over from it");
            }

            end();
            await WaitAsync(world, () => world.Cluster()!.Status!.CurrentPrimaryPodIndex == target && SimulationRun.IsReady(world), "the hand-over is made in the end");
            writer.IsStopped = true;
        });
        result.Violation.ShouldBeNull(result.Trace);
        result.Trace.ShouldContain("SwitchoverFailed");
        result.HandOvers.ShouldBeGreaterThan(0, result.Trace);
    }

    private static string? Message(SimulatedWorld world) => world.Cluster()?.Status?.Conditions?.FirstOrDefault(static condition => condition.Type == "PrimarySwitched")?.Message;

    private static async Task WaitAsync(SimulatedWorld world, Func<bool> condition, string what)
    {
        if (!await SimulationRun.AwaitAsync(world, condition, Patience))
            world.Violate($"waited for: {what}; {Message(world)}");
    }
}
