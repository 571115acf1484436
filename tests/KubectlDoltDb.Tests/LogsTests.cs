using DoltDB.Kubectl.Tests.Support;

namespace DoltDB.Kubectl.Tests;

[Collection(RunningClusterCollection.Name)]
public sealed class LogsTests(RunningCluster cluster)
{
    [Fact]
    public async Task Lines_of_several_servers_begin_with_their_pod()
    {
        var outcome = await cluster.RunAsync(["logs", "db"]);

        outcome.ExitCode.ShouldBe(0);
        var lines = Lines(outcome);
        lines.ShouldAllBe(line => line.StartsWith("[db-0] ", StringComparison.Ordinal) || line.StartsWith("[db-1] ", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("[db-0] Server ready.", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("[db-1] Server ready.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("primary")]
    [InlineData("standby")]
    public async Task Lines_of_one_server_are_as_it_prints_them(string role)
    {
        var primary = (await cluster.AwaitAsync(RunningCluster.IsReady, "Ready")).Status!.CurrentPrimary!;
        var pod = role == "primary" ? primary : primary == "db-0" ? "db-1" : "db-0";

        var one = Lines(await cluster.RunAsync(["logs", "db", $"--role={role}"]));

        var all = Lines(await cluster.RunAsync(["logs", "db"]));
        one.ShouldNotBeEmpty();
        one.ShouldBe(all.Where(line => line.StartsWith($"[{pod}] ", StringComparison.Ordinal)).Select(line => line[(pod.Length + 3)..]));
    }

    [Fact]
    public async Task Only_the_last_lines_are_printed_when_asked_for()
    {
        var lines = Lines(await cluster.RunAsync(["logs", "db", "--tail=1"]));

        lines.Length.ShouldBe(2);
    }

    [Fact]
    public async Task A_previous_run_that_never_was_is_told_for_each_server()
    {
        var outcome = await cluster.RunAsync(["logs", "db", "--previous"]);

        outcome.ExitCode.ShouldBe(1);
        outcome.Output.ShouldBe("");
        outcome.Error.ShouldContain("db-0: previous terminated container");
        outcome.Error.ShouldContain("db-1: previous terminated container");
        outcome.Error.ShouldContain("error: there is no log to print");
    }

    [Fact]
    public async Task Followed_logs_go_on_until_they_are_interrupted()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var output = new SignallingWriter(line => line.StartsWith("[db-1] ", StringComparison.Ordinal), interrupt.Cancel);

        var outcome = await cluster.FollowAsync(["logs", "db", "--follow"], output, interrupt.Token);

        outcome.ShouldBe(130);
        output.ToString().ShouldContain("[db-1] Server ready.");
    }

    private static string[] Lines(Outcome outcome) => outcome.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
