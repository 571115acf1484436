using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Scenarios;

/// <summary>The operator may end at any moment.</summary>
public sealed class OperatorRestartTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Killed_after_any_number_of_writes_and_started_again_it_converges_to_the_same_state(int seed)
    {
        var random = new Random(seed);
        await using var laptop = await Laptop.StartInsideAsync("kills operators", withOperator: false);
        await laptop.ApplyAsync(Manifests.Replicated("db", 3, podIndex: 1));
        for (var life = 0; life < 4; life++)
        {
            var running = laptop.StartOperator();
            var writes = random.Next(1, 14);
            await laptop.AwaitAsync(
                "db", cluster => laptop.Host.ApiServer.Requests.Writes(running.UserAgent) >= writes || Laptop.IsReady(cluster), $"{writes} writes of life {life} (seed {seed})");
            await running.KillAsync();
        }

        laptop.StartOperator();
        var cluster = await laptop.AwaitReadyAsync("db");
        cluster.Status!.CurrentPrimary.ShouldBe("db-1", $"seed {seed}");
        foreach (var (pod, role) in new[] { ("db-0", "standby"), ("db-1", "primary"), ("db-2", "standby") })
            await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pod), "SELECT @@global.dolt_cluster_role", role);
    }

    [Fact]
    public async Task C14_A_second_operator_waits_for_the_lease_and_takes_over_when_it_is_released()
    {
        await using var laptop = await Laptop.StartInsideAsync("runs two operators", withOperator: false);
        var first = laptop.StartOperator(new() { LeaderElect = true });
        await Eventually.HoldsAsync(() => first.Runtime.IsLeading, "the first leads");
        var second = laptop.StartOperator(new() { LeaderElect = true });
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitReadyAsync("db");
        second.Runtime.IsLeading.ShouldBeFalse();
        second.Runtime.NotReady.ShouldBeNull();
        laptop.Host.ApiServer.Requests.Writes(second.UserAgent).ShouldBe(0);

        await first.StopAsync();
        await Eventually.HoldsAsync(() => second.Runtime.IsLeading, "the second leads");
        await laptop.ApplyAsync(Manifests.Replicated("other", 2));
        await laptop.AwaitReadyAsync("other");
    }
}
