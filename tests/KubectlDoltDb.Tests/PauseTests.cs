using DoltDB.Kubectl.Tests.Support;

namespace DoltDB.Kubectl.Tests;

public sealed class PauseTests
{
    [Fact]
    public async Task A_cluster_is_paused_and_resumed()
    {
        await using var desk = await Desk.StartAsync(knowsPaused: true);
        await desk.StoreAsync(DoltDbs.Healthy());

        (await desk.RunAsync("pause", "db")).ShouldBe(new Outcome(0, "DoltDB 'db' is paused" + Environment.NewLine, ""));
        (await desk.GetAsync("db")).Spec!.Paused.ShouldBe(true);
        (await desk.RunAsync("status", "db")).Output.ShouldContain("Running (to be paused)");
        (await desk.RunAsync("pause", "db")).ShouldBe(new Outcome(0, "DoltDB 'db' is paused already" + Environment.NewLine, ""));

        (await desk.RunAsync("resume", "db")).ShouldBe(new Outcome(0, "DoltDB 'db' is resumed" + Environment.NewLine, ""));
        (await desk.GetAsync("db")).Spec!.Paused.ShouldBe(false);
        (await desk.RunAsync("status", "db")).Output.ShouldNotContain("paused");
    }

    [Fact]
    public async Task A_cluster_that_was_never_paused_needs_no_resuming()
    {
        await using var desk = await Desk.StartAsync(knowsPaused: true);
        var stored = await desk.StoreAsync(DoltDbs.Healthy());

        (await desk.RunAsync("resume", "db")).ShouldBe(new Outcome(0, "DoltDB 'db' is not paused" + Environment.NewLine, ""));
        (await desk.GetAsync("db")).Metadata.ResourceVersion.ShouldBe(stored.Metadata.ResourceVersion);
    }

    [Theory]
    [InlineData("switchover")]
    [InlineData("restart")]
    public async Task An_operator_that_would_not_act_is_not_asked(string command)
    {
        await using var desk = await Desk.StartAsync(knowsPaused: true);
        await desk.StoreAsync(DoltDbs.Healthy());
        await desk.RunAsync("pause", "db");

        var outcome = await desk.RunAsync(command, "db");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("DoltDB 'db' is paused, so the operator does nothing; first: kubectl doltdb resume db");
        (await desk.GetAsync("db")).Metadata.Annotations.ShouldBeNull();
    }

    [Fact]
    public async Task CRDs_that_do_not_know_the_field_are_told_because_the_server_drops_it()
    {
        await using var desk = await Desk.StartAsync(knowsPaused: false);
        await desk.StoreAsync(DoltDbs.Healthy());

        var outcome = await desk.RunAsync("pause", "db");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("the installed CRD has no spec.paused: update the operator and its CRDs");
    }
}
