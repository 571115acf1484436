using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Objects;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Standbys that are behind although they have followed, or that the primary may not have told everything.</summary>
public sealed class LaggardTests
{
    [Fact]
    public void A9_A_standby_that_stopped_to_follow_is_proven_no_more()
    {
        var stopped = Stopped(Situation.Steady());
        stopped.Status!.LastEqual!.Select(proof => proof.Time).ShouldAllBe(time => time < stopped.Now);
        var after = stopped.Plan().Status.LastEqual!;
        after.Single(proof => proof.Member == "db-1").Time!.Value.ShouldBeLessThan(stopped.Now, "it rests while the primary goes on");
        after.Single(proof => proof.Member == "db-2").Time.ShouldBe(stopped.Now, "writes are on their way to it");

        // The operator began after the primary was lost: nobody knows a lag any more.
        var lost = (stopped with { Status = stopped.Plan().Status }).Silent(0, LongEnough);
        lost.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
    }

    [Fact]
    public void A2_A_primary_that_is_being_deleted_hands_over_to_the_standby_that_follows()
    {
        var leaving = Stopped(Situation.Steady()).With(0, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { DeletionTimestamp = Situation.Start } } });
        leaving.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);
        var behind = Situation.Steady().With(1, member => member with { ReportedLag = TimeSpan.FromMinutes(2) }).With(2, member => member with { ReportedLag = TimeSpan.FromMilliseconds(20) });
        behind = behind.With(0, member => member with { Pod = leaving.Members[0].Pod });
        behind.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);
    }

    [Fact]
    public void A_switchover_waits_for_who_was_away_when_the_primary_was_promoted_and_a_pod_that_goes_does_not()
    {
        var asked = Situation.Steady() with { Spec = Situation.Replicated(3, 1) };
        var plan = Plan(asked);
        plan.Step.ShouldBeNull();
        Condition(plan, "PrimarySwitched").Message.ShouldContain("db-1 was away when the primary was promoted");
        Plan(Situation.Steady().With(0, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { DeletionTimestamp = Situation.Start } } }))
            .Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);

        static ClusterPlan Plan(Situation situation) => ClusterPlanner.Plan(situation.Facts with { MayLackAccounts = [1] }, Core.Clusters.Resources.ClusterResources.Render);
    }

    [Theory]
    [InlineData(20, 19, true)]
    [InlineData(20, 20, false)]
    [InlineData(600, 59, true)]
    [InlineData(600, 60, false)]
    public async Task Accounts_reach_a_server_within_the_time_that_it_was_away_and_a_minute_at_most(int awaySeconds, int backSeconds, bool mayLack)
    {
        await using var bench = new StepBench();
        var lost = bench.Steady().Silent(0, LongEnough);
        (await bench.PassAsync(lost)).Plan.Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
        var back = lost.Now.AddSeconds(awaySeconds);
        var now = Primary(Situation.Steady(), 1).With(0, member => member with { Probe = member.Probe with { AnsweringSince = back } }) with { Spec = Situation.Replicated(3, 2) };
        bench.Clock.Advance(back.AddSeconds(backSeconds) - bench.Clock.GetUtcNow());
        (bench.Plan(now).Step is ClusterStep.HandOver).ShouldBe(!mayLack);
    }

    [Fact]
    public void Who_was_away_in_a_hand_over_may_lack_accounts_too_and_what_was_never_sent_changes_nothing()
    {
        var memory = new ClusterMemory();
        var steady = Situation.Steady();
        var handOver = new ClusterStep.HandOver(new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.PodDeleted }, 1, "db-0 goes");
        memory.Remember(steady.Silent(2, LongEnough).Facts, handOver, new StepResult(true, null) { HandOverFailure = "the primary could not be drained and goes on" });
        memory.Complete(steady.Facts).MayLackAccounts.ShouldBeEmpty("nobody was promoted");
        memory.Remember(steady.Silent(2, LongEnough).Facts, handOver, new StepResult(true, null));
        memory.Remember(steady.Facts, new ClusterStep.Failover(1, 0, 3, "db-1 was lost"), new StepResult(false, null));
        var back = steady with { Now = steady.Now.AddSeconds(40) };
        back = back.With(2, member => member with { Probe = member.Probe with { AnsweringSince = back.Now.AddSeconds(-1) } });
        memory.Complete(back.Facts).MayLackAccounts.ShouldBe([2]);
    }

    [Fact]
    public async Task A_lost_primary_whose_server_ended_is_fenced_although_its_node_keeps_the_pod_for_a_while()
    {
        await using var bench = new StepBench();
        var lost = bench.Steady().Silent(0, LongEnough);
        bench.Api.Pods["db-0"] = lost.Members[0].Pod! with
        {
            Metadata = lost.Members[0].Pod!.Metadata with { DeletionTimestamp = Situation.Start },
            Status = new PodStatus { ContainerStatuses = [new ContainerStatus { Name = "dolt", State = new ContainerState { Terminated = new() } }] },
        };
        bench.Api.Refuse("delete db-0", 500, "it goes");
        var began = bench.Clock.GetUtcNow();
        (await bench.PassAsync(lost)).Result!.Event!.Reason.ShouldBe("Failover");
        (bench.Clock.GetUtcNow() - began).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    /// <summary>All followed once, under writes that do not pause. db-1 has taken nothing for ten minutes; db-2 is a write behind.</summary>
    private static Situation Stopped(Situation steady)
    {
        var situation = steady with { Now = steady.Now.AddMinutes(10) };
        foreach (var (ordinal, hash) in new[] { (0, "h-9"), (1, "hash-1"), (2, "h-8") })
        {
            situation = situation.Holding(ordinal, $"shop={hash}").With(ordinal, member => member with
            {
                Probe = member.Probe with { Content = member.Probe.Content! with { Moved = ["shop"], MovedOnce = ["shop"], Since = ordinal == 1 ? steady.Now : situation.Now } },
            });
        }

        return situation;
    }
}
