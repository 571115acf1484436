using System.Globalization;
using DoltDB.Kubectl.Tests.Support;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Tests;

public sealed class RestartTests
{
    private const string Annotation = "k8s.dolthub.com/restartedAt";

    [Fact]
    public async Task A_rolling_restart_is_asked_for_by_its_time()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-1);

        var outcome = await desk.RunAsync("restart", "db", "--wait=false");

        outcome.ShouldBe(new Outcome(0, "asked for a rolling restart of DoltDB 'db'" + Environment.NewLine, ""));
        var asked = DateTimeOffset.ParseExact(await desk.AwaitAnnotationAsync("db", Annotation), "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
        asked.ShouldBeInRange(before, TimeProvider.System.GetUtcNow());
        asked.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task It_is_over_when_every_pod_is_another_one_and_the_cluster_is_ready()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy(replicas: 2));
        await desk.CreateAsync(BuiltInKinds.Pod, DoltDbs.Pod("db", 0));
        await desk.CreateAsync(BuiltInKinds.Pod, DoltDbs.Pod("db", 1));
        var running = desk.RunAsync("restart", "db");
        await desk.AwaitAnnotationAsync("db", Annotation);

        await desk.ReportAsync("db", status => status.With("Updated", "False", "Updating", "Updating"));
        await ReplaceAsync(desk, 1);
        await desk.ReportAsync("db", status => status.With("Updated", "False", "Updating", "Updating: db-1 joins"));
        await ReplaceAsync(desk, 0);
        await desk.ReportAsync("db", status => status.With("Ready", "False", "StatefulSetNotReady", "Not ready: db-0"));
        running.IsCompleted.ShouldBeFalse();
        await desk.ReportAsync("db", status => status.With("Updated", "True", "Updated", "Updated"));
        running.IsCompleted.ShouldBeFalse();
        await desk.ReportAsync("db", status => status.With("Ready", "True", "StatefulSetReady", "Running") with { CurrentPrimary = "db-1" });

        var outcome = await running;
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldBe("DoltDB 'db' is restarted; db-1 is the primary" + Environment.NewLine);
    }

    [Fact]
    public async Task A_restart_that_takes_too_long_tells_which_pods_are_left()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy(replicas: 2));
        await desk.CreateAsync(BuiltInKinds.Pod, DoltDbs.Pod("db", 0));

        var outcome = await desk.RunAsync("restart", "db", "--timeout=1s");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("error: not done within 1 s: to be restarted: db-0; see: kubectl doltdb status db -n default");
    }

    [Theory]
    [InlineData("OnDelete")]
    [InlineData("Never")]
    public async Task Pods_that_the_operator_does_not_replace_are_not_waited_for(string strategy)
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy();
        await desk.StoreAsync(healthy with { Spec = healthy.Spec! with { UpdateStrategy = strategy } });

        var outcome = await desk.RunAsync("restart", "db");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain($"spec.updateStrategy of DoltDB 'db' is {strategy}");
        (await desk.GetAsync("db")).Metadata.Annotations.ShouldBeNull();
    }

    private static async Task ReplaceAsync(Desk desk, int ordinal)
    {
        await desk.DeletePodAsync($"db-{ordinal}");
        await desk.CreateAsync(BuiltInKinds.Pod, DoltDbs.Pod("db", ordinal));
    }
}
