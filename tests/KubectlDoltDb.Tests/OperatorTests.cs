using DoltDB.Kubectl.Tests.Support;
using DoltDB.Operator.Api;

namespace DoltDB.Kubectl.Tests;

/// <summary>What the plugin asks for, a running operator does.</summary>
[Collection(RunningClusterCollection.Name)]
public sealed class OperatorTests(RunningCluster cluster)
{
    [Fact]
    public async Task The_primary_is_handed_over_and_back()
    {
        var first = await ReadyPrimaryAsync();
        var other = first == "db-0" ? "db-1" : "db-0";
        await cluster.AwaitAsync(IsCaughtUp, "a standby that is caught up");

        (await cluster.RunAsync(["switchover", "db"])).Output.ShouldBe($"{other} is the primary" + Environment.NewLine);
        await cluster.AwaitAsync(now => RunningCluster.IsReady(now) && IsCaughtUp(now), "the old primary as a standby");
        (await cluster.RunAsync(["switchover", "db", "--to", first])).Output.ShouldBe($"{first} is the primary" + Environment.NewLine);
        await cluster.AwaitAsync(now => RunningCluster.IsReady(now) && IsCaughtUp(now), "the old primary as a standby");
        (await cluster.RunAsync(["switchover", "db", "--to", other[3..]])).Output.ShouldBe($"{other} is the primary" + Environment.NewLine);

        (await cluster.RunAsync(["status", "db"])).Output.ShouldContain($"Primary:      {other}");
    }

    [Fact]
    public async Task A_restart_replaces_every_server()
    {
        await ReadyPrimaryAsync();
        await cluster.AwaitAsync(IsCaughtUp, "a standby that is caught up");
        var before = await cluster.PodsAsync();

        var outcome = await cluster.RunAsync(["restart", "db"]);

        outcome.Output.ShouldStartWith("DoltDB 'db' is restarted; db-");
        outcome.ExitCode.ShouldBe(0);
        var after = await cluster.PodsAsync();
        after.Count.ShouldBe(2);
        after.Intersect(before).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_paused_cluster_is_left_alone_until_it_is_resumed()
    {
        await ReadyPrimaryAsync();

        (await cluster.RunAsync(["pause", "db"])).ExitCode.ShouldBe(0);
        await cluster.AwaitAsync(now => now.Status?.Phase == "Paused", "the pause");
        (await cluster.RunAsync(["status"])).Output.ShouldContain("   Paused   ");
        (await cluster.RunAsync(["resume", "db"])).ExitCode.ShouldBe(0);

        await cluster.AwaitAsync(now => now.Status?.Phase == "Running", "the work to go on");
    }

    private static bool IsCaughtUp(DoltDb now) =>
        now.Status?.Members?.Count(member => member is { Ready: true, Reachable: true } && (member.CaughtUp == true || member.Name == now.Status.CurrentPrimary)) == 2;

    private async Task<string> ReadyPrimaryAsync() => (await cluster.AwaitAsync(RunningCluster.IsReady, "Ready")).Status!.CurrentPrimary!;
}
