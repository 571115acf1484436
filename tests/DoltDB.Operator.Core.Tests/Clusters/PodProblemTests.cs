using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>What the status tells of a server that does not run, also where Kubernetes tells it in Events only.</summary>
public sealed class PodProblemTests
{
    private static readonly ContainerState Killed = new() { Terminated = new() { Reason = "OOMKilled", ExitCode = 137 } };

    [Fact]
    public void A_server_that_is_begun_again_and_again_tells_how_it_ended()
    {
        var waiting = new ContainerState { Waiting = new() { Reason = "CrashLoopBackOff", Message = "back-off 10s restarting failed container" } };
        Told(new() { Name = "dolt", RestartCount = 2, State = waiting, LastState = Killed })
            .ShouldBe("dolt: CrashLoopBackOff: back-off 10s restarting failed container; it ended last with OOMKilled (exit code 137)");
    }

    [Fact]
    public void A_server_that_runs_again_and_is_not_ready_tells_how_it_ended()
    {
        var running = new ContainerState { Running = new() { StartedAt = Situation.Start } };
        Told(new() { Name = "dolt", RestartCount = 1, State = running, LastState = Killed }).ShouldBe("dolt: it ended last with OOMKilled (exit code 137)");
        Told(new() { Name = "dolt", RestartCount = 1, State = running, LastState = Killed, Ready = true }).ShouldBeNull("it is over");
        Told(new() { Name = "dolt", RestartCount = 0, State = running }).ShouldBeNull();
    }

    [Fact]
    public void A_server_that_has_just_ended_tells_how() =>
        Told(new() { Name = "dolt", State = new() { Terminated = new() { Reason = "Error", ExitCode = 1 } } }).ShouldBe("dolt: it ended last with Error (exit code 1)");

    [Theory]
    [InlineData(30, null)]
    [InlineData(31, "its volumes or images are not there yet (since 2026-05-04T03:00:00Z); see: kubectl describe pod db-2")]
    [InlineData(3600, "its volumes or images are not there yet (since 2026-05-04T03:00:00Z); see: kubectl describe pod db-2")]
    public void A_pod_whose_volume_cannot_be_mounted_says_since_when_it_waits(int seconds, string? told) =>
        Told(new() { Name = "dolt", State = new() { Waiting = new() { Reason = "ContainerCreating" } } }, seconds).ShouldBe(told);

    [Fact]
    public void What_was_prepared_before_an_init_container_ran_counts_no_more()
    {
        var init = new ContainerStatus { Name = "prepare", Ready = true, State = new() { Terminated = new() { ExitCode = 0, FinishedAt = Situation.Start.AddMinutes(5) } } };
        var waiting = new ContainerStatus { Name = "dolt", State = new() { Waiting = new() { Reason = "PodInitializing" } } };
        PodProblems.Describe(Pod(init, waiting), Situation.Start.AddMinutes(5).AddSeconds(30)).ShouldBeNull("it began to fetch an image then");
        PodProblems.Describe(Pod(init, waiting), Situation.Start.AddMinutes(6)).ShouldNotBeNull().ShouldContain("since 2026-05-04T03:05:00Z");
        var running = init with { Ready = false, State = new() { Running = new() } };
        PodProblems.Describe(Pod(running, waiting), Situation.Start.AddHours(1)).ShouldBeNull("it is what is waited for");
    }

    [Fact]
    public void A_pod_that_a_policy_refuses_is_told_of_where_users_look()
    {
        var steady = Situation.Steady();
        var refused = (steady with { Members = steady.Members.SetItem(2, new Member { Ordinal = 2, PodName = "db-2" }) }).Plan();
        refused.Status.Members![2].Message.ShouldBe("there is no pod; see: kubectl describe statefulset db");
        Ready(refused).Message.ShouldBe("Not ready: db-2: there is no pod; see: kubectl describe statefulset db");
    }

    [Fact]
    public void The_status_of_a_server_that_waits_does_not_move_with_the_time()
    {
        var waiting = Situation.Steady().With(2, DoltRole.None, 0, null).With(2, member => member with
        {
            Probe = Core.Replication.MemberProbe.Unknown,
            Pod = Pod(new ContainerStatus { Name = "dolt", State = new() { Waiting = new() { Reason = "ContainerCreating" } } }),
        });
        var first = waiting.Plan().Status;
        var later = (waiting with { Status = first, Now = waiting.Now.AddHours(1) }).Plan().Status;
        later.Members![2].Message.ShouldNotBeNull().ShouldBe(first.Members![2].Message);
        later.Conditions!.First(condition => condition.Type == "Ready").Message.ShouldBe(first.Conditions!.First(condition => condition.Type == "Ready").Message);
    }

    private static string? Told(ContainerStatus container, int seconds = 1) => PodProblems.Describe(Pod(container), Situation.Start.AddSeconds(seconds));

    private static Pod Pod(params ContainerStatus[] containers) => new()
    {
        Metadata = new() { Name = "db-2", Uid = "uid-2", CreationTimestamp = Situation.Start.AddSeconds(-1) },
        Status = new()
        {
            Conditions = [new PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = Situation.Start }],
            InitContainerStatuses = [.. containers.Where(container => container.Name != "dolt")],
            ContainerStatuses = [.. containers.Where(container => container.Name == "dolt")],
        },
    };
}
