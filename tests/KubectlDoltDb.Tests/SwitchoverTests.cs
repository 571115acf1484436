using DoltDB.Kubectl.Tests.Support;

namespace DoltDB.Kubectl.Tests;

public sealed class SwitchoverTests
{
    private const string Annotation = "k8s.dolthub.com/switchover-to";

    [Fact]
    public async Task The_first_standby_that_is_caught_up_is_asked_for_by_default()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy();
        await desk.StoreAsync(healthy with { Status = healthy.Status!.WithMember(1, member => member with { CaughtUp = false }) });

        var outcome = await desk.RunAsync("switchover", "db", "--wait=false");

        outcome.ShouldBe(new Outcome(0, "asked for a switchover of DoltDB 'db' from db-0 to db-2" + Environment.NewLine, ""));
        (await desk.AwaitAnnotationAsync("db", Annotation)).ShouldStartWith("db-2@20");
    }

    [Theory]
    [InlineData("db-0", "db-0 is the primary already")]
    [InlineData("0", "db-0 is the primary already")]
    [InlineData("db-7", "'db-7' is no member of DoltDB 'db': its members are db-0, db-1, db-2, db-3, db-4")]
    [InlineData("1", "db-1 is not ready; wait until it is fit, or ask anyway with --force")]
    [InlineData("2", "db-2 does not answer SQL; wait")]
    [InlineData("3", "db-3 is not proven to hold what the primary holds (caught up); wait")]
    public async Task An_unfit_target_is_refused_before_the_operator_is_asked(string target, string because)
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy(replicas: 5);
        await desk.StoreAsync(healthy with
        {
            Status = healthy.Status!
                .WithMember(1, member => member with { Ready = false })
                .WithMember(2, member => member with { Reachable = false })
                .WithMember(3, member => member with { CaughtUp = null }),
        });

        var outcome = await desk.RunAsync("switchover", "db", "--to", target);

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldStartWith("error: " + because);
        (await desk.GetAsync("db")).Metadata.Annotations.ShouldBeNull();
    }

    [Fact]
    public async Task Force_asks_for_a_target_that_is_not_caught_up()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy();
        await desk.StoreAsync(healthy with { Status = healthy.Status!.WithMember(2, member => member with { CaughtUp = false }) });

        (await desk.RunAsync("switchover", "db", "--to=db-2", "--force", "--wait=false")).ExitCode.ShouldBe(0);

        (await desk.AwaitAnnotationAsync("db", Annotation)).ShouldStartWith("db-2@20");
    }

    [Fact]
    public async Task Without_a_fit_standby_each_one_is_told_why()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy();
        await desk.StoreAsync(healthy with
        {
            Status = healthy.Status!
                .WithMember(1, member => member with { Ready = false, Message = "CrashLoopBackOff" })
                .WithMember(2, member => member with { CaughtUp = false }),
        });

        var outcome = await desk.RunAsync("switchover", "db");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("db-1 is not ready: CrashLoopBackOff");
        outcome.Error.ShouldContain("db-2 is not proven to hold what the primary holds (caught up)");
    }

    [Fact]
    public async Task A_cluster_without_replication_has_no_one_to_switch_to()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy(replicas: 1);
        await desk.StoreAsync(healthy with { Spec = healthy.Spec! with { Replication = null } });

        var outcome = await desk.RunAsync("switchover", "db");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("is not replicated");
    }

    [Fact]
    public async Task A_hand_over_in_progress_is_not_disturbed()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy();
        await desk.StoreAsync(healthy with { Status = healthy.Status! with { HandOver = new() { From = 0, To = 2, Epoch = 5, Reason = "RollingUpdate" } } });

        var outcome = await desk.RunAsync("switchover", "db", "--to=1");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("a hand-over to db-2 is in progress (RollingUpdate)");
    }

    [Fact]
    public async Task The_hand_over_is_followed_until_the_target_is_the_primary()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        var running = desk.RunAsync("switchover", "db", "--to=1");
        await desk.AwaitAnnotationAsync("db", Annotation);

        await desk.ReportAsync("db", status => status with { HandOver = new() { From = 0, To = 1, Epoch = 5, Reason = "SwitchPrimary" } });
        await desk.ReportAsync("db", status => status with { HandOver = null, CurrentPrimary = "db-1", CurrentPrimaryPodIndex = 1, ReplicationEpoch = 5 });

        var outcome = await running;
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldBe("db-1 is the primary" + Environment.NewLine);
    }

    [Fact]
    public async Task An_API_server_that_is_away_for_a_while_does_not_end_the_waiting()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        var running = desk.RunAsync("switchover", "db", "--to=1");
        await desk.AwaitAnnotationAsync("db", Annotation);
        await desk.AwaitRequestsAsync("watch", "doltdbs", 1);

        using (desk.Fail("doltdbs", 500))
        {
            desk.DropWatches();
            await desk.AwaitRequestsAsync("list", "doltdbs", 2);
            await desk.ReportAsync("db", status => status with { CurrentPrimary = "db-1", CurrentPrimaryPodIndex = 1 });
        }

        var outcome = await running;
        outcome.Output.ShouldBe("db-1 is the primary" + Environment.NewLine);
        outcome.Error.ShouldContain("the API server does not answer, trying again: ");
    }

    [Fact]
    public async Task A_refusal_of_the_operator_is_told_in_its_words()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        var running = desk.RunAsync("switchover", "db", "--to=1");
        await desk.AwaitAnnotationAsync("db", Annotation);

        await desk.ReportAsync("db", status => status.With("PrimarySwitched", "False", "SwitchoverRefused", "db-1 lacks database shop"));

        var outcome = await running;
        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("the request is taken back");
        outcome.Error.ShouldContain("error: the operator refused: db-1 lacks database shop");
        (await desk.GetAsync("db")).Metadata.Annotations.ShouldBeNull("the operator would go on trying");
    }

    [Fact]
    public async Task An_old_refusal_is_no_answer_to_a_new_request()
    {
        await using var desk = await Desk.StartAsync();
        var healthy = DoltDbs.Healthy();
        await desk.StoreAsync(healthy with { Status = healthy.Status!.With("PrimarySwitched", "False", "SwitchoverRefused", "db-2 lacks database shop") });

        var outcome = await desk.RunAsync("switchover", "db", "--to=1", "--timeout=1s");

        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("error: not done within 1 s: waiting for the operator: db-2 lacks database shop");
        (await desk.GetAsync("db")).Metadata.Annotations.ShouldBeNull("the operator would go on trying");
    }

    [Fact]
    public async Task A_request_that_another_one_replaced_is_not_waited_for()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        var running = desk.RunAsync("switchover", "db", "--to=1");
        await desk.AwaitAnnotationAsync("db", Annotation);

        (await desk.RunAsync("switchover", "db", "--to=2", "--wait=false")).ExitCode.ShouldBe(0);

        var outcome = await running;
        outcome.ExitCode.ShouldBe(1);
        outcome.Error.ShouldContain("error: the request was replaced by another one: db-2@");
    }

    [Fact]
    public async Task A_cluster_that_is_deleted_meanwhile_is_not_waited_for()
    {
        await using var desk = await Desk.StartAsync();
        await desk.StoreAsync(DoltDbs.Healthy());
        var running = desk.RunAsync("switchover", "db");
        await desk.AwaitAnnotationAsync("db", Annotation);

        await desk.DeleteAsync("db");

        (await running).Error.ShouldContain("error: DoltDB 'db' was deleted meanwhile");
    }
}
