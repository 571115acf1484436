using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Failovers whose end nobody saw: the answer was lost, the operator died, or the new primary cannot be reached.</summary>
public sealed class FailoverJournalTests
{
    private static readonly ImmutableSortedDictionary<string, string> Emptied = Nothing.Add("shop", "empty");

    [Fact]
    public void A6_An_old_primary_that_heard_the_epoch_of_its_failover_is_not_the_primary_any_more()
    {
        var emptied = Read(Begun(3).Restarted(0).With(0, DoltRole.Standby, 2, Emptied)).Silent(1, LongEnough).Silent(2, LongEnough);
        var plan = emptied.Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).Message.ShouldContain("db-0: was restarted, and was not seen since to hold what the primary holds");
        plan.Status.HandOver.ShouldNotBeNull("the next pass must know it too");
    }

    [Fact]
    public void An_old_primary_that_holds_what_its_successor_was_proven_to_hold_takes_over_from_it()
    {
        var failover = Read(Begun(2).Restarted(0).With(0, DoltRole.Standby, 2, Shop)).Silent(1, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
        (failover.From, failover.To, failover.Epoch).ShouldBe((1, 0, 3L));
    }

    [Fact]
    public void A6_A_failover_whose_new_primary_is_out_of_sight_is_remembered_until_there_is_a_primary()
    {
        var blind = Begun(2).Silent(0, LongEnough).Silent(1, LongEnough);
        blind = blind with { Status = blind.Plan().Status };
        blind.Status.HandOver!.To.ShouldBe(1);
        var emptied = Read(blind.Restarted(0).With(0, DoltRole.Standby, 2, Emptied));
        emptied.Plan().Step.ShouldBeNull("who took over is not seen, and db-0 lost its volume");

        var seen = emptied.With(1, DoltRole.Primary, 2, Shop).Plan().Status;
        (seen.HandOver, seen.CurrentPrimaryPodIndex).ShouldBe((null, 1));
    }

    [Fact]
    public void A_failover_that_nobody_saw_the_end_of_does_not_keep_a_broken_pod_from_being_replaced()
    {
        var broken = Outdated(Begun(2)).Silent(0, LongEnough).Silent(1, LongEnough).With(1, member => member with { Pod = member.Pod! with { Status = null } });
        var plan = broken.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(1);
        var back = Read((broken with { Status = plan.Status }).Restarted(0).With(0, DoltRole.Standby, 2, Emptied));
        back.Plan().Step.ShouldNotBeOfType<ClusterStep.Promote>("db-0 lost its volume, and db-1 may have been the primary");
    }

    [Fact]
    public void Volumes_that_grow_meanwhile_do_not_make_a_failover_forgotten()
    {
        var growing = Larger(Begun(2)).Silent(0, LongEnough).Silent(1, LongEnough).Plan();
        growing.Step.ShouldBeOfType<ClusterStep.GrowClaims>();
        growing.Status.HandOver!.To.ShouldBe(1);
    }

    [Fact]
    public void A_failover_from_a_primary_that_nobody_saw_does_not_give_the_role_back_to_the_one_before()
    {
        var begun = Begun(3);
        var second = begun with { Status = begun.Status! with { ReplicationEpoch = 3, HandOver = begun.Status.HandOver! with { From = 1, To = 2, Epoch = 3 } } };
        var unseen = Read(second.Restarted(0).With(0, DoltRole.Standby, 2, Emptied)).Silent(1, LongEnough).Silent(2, TimeSpan.FromSeconds(1));
        var plan = unseen.Plan();
        plan.Step.ShouldBeNull("db-0 lost its volume after db-1 was primary");
        plan.Status.HandOver!.From.ShouldBe(1);
    }

    [Fact]
    public void A_failover_does_not_go_on_below_an_epoch_that_was_reserved_since()
    {
        var begun = Begun(2) with { Status = Begun(2).Status! with { ReplicationEpoch = 3 } };
        begun.Silent(0, TimeSpan.FromSeconds(1)).Plan().Step.ShouldBeNull("db-0 may be primary at epoch 3, and has the delay to be seen");
        begun.Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().Epoch.ShouldBe(4);
    }

    [Fact]
    public void A_hand_over_that_a_pause_finds_outlives_a_probe_that_was_lost()
    {
        var steady = Situation.Steady(2) with { Spec = Situation.Replicated(2, 0, ",\"paused\":true") };
        var drained = steady with { Status = steady.Status! with { ReplicationEpoch = 2, HandOver = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.Switchover } } };
        drained = drained.With(0, DoltRole.Standby, 2, Shop);
        var blink = drained.Silent(0, TimeSpan.FromSeconds(1)).Plan();
        blink.Step.ShouldBeNull();
        (drained with { Status = blink.Status }).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>("else nobody is primary until the pause ends");
    }

    [Fact]
    public void A_pause_finds_a_failover_and_who_is_promoted_in_its_end_is_still_to_be_routed()
    {
        var begun = Begun(2);
        var paused = (begun with { Spec = Situation.Replicated(2, 0, ",\"paused\":true") }).With(0, DoltRole.Standby, 1, Shop).Silent(1, LongEnough);
        var plan = paused.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(0);
        plan.Status.HandOver.ShouldNotBeNull();
    }

    [Fact]
    public void A_failover_counts_when_its_new_primary_is_seen()
    {
        var begun = Begun(2).Silent(0, LongEnough);
        begun.Plan().Status.RecentFailovers.ShouldBeNull("it is only tried");
        var over = begun.With(1, DoltRole.Primary, 2, Shop);
        over = over with { Status = over.Plan().Status };
        over.Status.RecentFailovers.ShouldHaveSingleItem().ShouldBe(over.Now);
        over.Plan().Status.RecentFailovers.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_server_that_cannot_become_primary_for_a_while_does_not_use_up_the_failovers_of_the_hour()
    {
        await using var bench = new StepBench();
        var alone = bench.Steady(2).Silent(0, LongEnough);
        bench.Servers["10.0.0.1"].RoleRefusal = new DoltException(1105, "no space left on device");
        for (var second = 0; second < 120; second++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            if (second == 60)
                bench.Servers["10.0.0.1"].RoleRefusal = null;
            alone = alone with { Status = (await bench.PassAsync(alone)).Plan.Status };
            if (bench.Servers["10.0.0.1"].Role == DoltRole.Primary)
                return;
        }

        Assert.Fail($"nobody is primary: {alone.Status!.Conditions!.First(condition => condition.Type == "Ready").Message}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_losing_data_is_allowed_a_standby_that_is_out_of_sight_for_a_moment_is_waited_for(bool isSilent)
    {
        var allowed = Situation.Steady() with { Spec = Situation.Replicated(3, 0, ",\"failover\":{\"allowDataLoss\":true}") };
        var lost = allowed.Restarted(1).Holding(1, "shop=empty").Silent(0, TimeSpan.FromSeconds(6));
        var unseen = isSilent ? lost.Silent(2, TimeSpan.FromSeconds(1)) : lost.With(2, member => member with { Probe = member.Probe with { Content = null } });
        var waiting = unseen.Plan();
        waiting.Step.ShouldBeNull();
        Ready(waiting).Message.ShouldContain("db-1 may lack data, db-2 gets 60 s to be seen");
        lost.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
        lost.Silent(2, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1, "db-2 is away for long");
    }

    [Fact]
    public async Task Where_losing_data_is_allowed_a_safe_standby_that_failed_to_become_primary_is_asked_again_before_an_empty_one()
    {
        await using var bench = new StepBench();
        var lost = bench.Steady() with { Spec = Situation.Replicated(3, 0, ",\"failover\":{\"allowDataLoss\":true}") };
        lost = lost.Restarted(2).Holding(2, "shop=empty").Silent(0, LongEnough);
        bench.Servers["10.0.0.1"].RoleRefusal = new DoltException(1105, "no space left on device");
        for (var second = 0; second < 50; second++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await bench.PassAsync(lost);
            bench.Servers["10.0.0.2"].Role.ShouldBe(DoltRole.Standby);
        }

        for (var second = 0; second < 60; second++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            await bench.PassAsync(lost);
        }

        bench.Servers["10.0.0.2"].Role.ShouldBe(DoltRole.Primary, "a minute is long enough");
    }

    /// <summary>db-1 was told to take over from db-0 at epoch 2, and what came of it is not known.</summary>
    private static Situation Begun(int replicas)
    {
        var steady = Situation.Steady(replicas);
        return steady with { Status = steady.Status! with { ReplicationEpoch = 2, HandOver = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.Failover } } };
    }

    /// <summary>As a probe leaves it: what was read is also what was read last.</summary>
    private static Situation Read(Situation situation) => situation.With(0, member => member with { Probe = member.Probe with { LastContent = member.Probe.Content } });
}
