using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Faults of group A of the Go operator that show where a primary is lost, by their number: each shows the fault absent.</summary>
public sealed class FailoverFaultTests
{
    [Fact]
    public void A4_A_lost_primary_without_a_pod_is_replaced_all_the_same()
    {
        var situation = Situation.Steady().Silent(0, LongEnough).With(0, member => member with { Pod = null });
        situation.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void A4_A_failover_uses_one_epoch()
    {
        var begun = Situation.Steady().Silent(0, LongEnough);
        var status = begun.Plan().Status;
        status.ReplicationEpoch.ShouldBe(2);
        var promoted = (begun with { Status = status }).With(1, DoltRole.Primary, 2, Shop).With(2, DoltRole.Standby, 2, Shop).With(0, member => member with { Pod = null });
        var plan = promoted.Plan();
        plan.Step.ShouldBeNull("who was promoted is the primary, ready or not");
        (plan.Status.CurrentPrimaryPodIndex, plan.Status.ReplicationEpoch, plan.Status.HandOver).ShouldBe((1, 2L, null));
        plan.RoleLabels[1].ShouldBe(ClusterLabels.Primary);
    }

    [Fact]
    public void A5_A_failover_that_was_begun_goes_on_with_its_epoch_after_a_restart_of_the_operator()
    {
        var begun = Situation.Steady().Silent(0, LongEnough);
        var restarted = begun with { Status = begun.Plan().Status };
        restarted = restarted.With(0, member => member with { Probe = MemberProbe.Unknown });
        var failover = restarted.Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
        (failover.To, failover.Epoch).ShouldBe((1, 2L));
    }

    [Fact]
    public void A6_A_candidate_that_lost_its_volume_since_it_was_chosen_is_not_promoted()
    {
        var begun = Situation.Steady(2).Silent(0, LongEnough);
        var emptied = (begun with { Status = begun.Plan().Status }).Restarted(1).With(1, DoltRole.Standby, 0, Nothing);
        emptied.Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void A6_An_empty_member_that_joined_is_never_promoted()
    {
        var grown = Situation.Steady(2) with { Spec = Situation.Replicated(3, 0) };
        grown = grown.With(2, DoltRole.Standby, 1, Nothing).Silent(0, LongEnough).Silent(1, LongEnough);
        var plan = grown.Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).Message!.ShouldContain("db-2: lacks database shop");
    }

    [Fact]
    public void A6_Before_a_database_is_known_a_member_that_never_heard_from_the_primary_is_no_candidate()
    {
        var steady = Situation.Steady(2).Holding(0).Holding(1);
        steady = steady with { Status = steady.Plan().Status };
        var plan = steady.With(1, DoltRole.Standby, 0, Nothing).Silent(0, LongEnough).Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).Message!.ShouldContain("has never heard from the primary");
        steady.With(1, DoltRole.Standby, 1, Nothing).Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
        var anew = steady.Restarted(1).With(1, DoltRole.Standby, 1, Nothing).Silent(0, LongEnough).Plan();
        anew.Step.ShouldBeNull();
        Ready(anew).Message!.ShouldContain("was made anew, and was not compared with the primary since");
    }

    [Fact]
    public void A9_One_failed_probe_moves_nothing()
    {
        var situation = Situation.Steady().Silent(0, LongEnough).With(0, member => member with { Probe = member.Probe with { Failures = 1 } });
        situation.Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void A9_A_primary_that_answers_is_not_replaced_although_its_pod_is_not_ready()
    {
        var unready = Situation.Steady().With(0, member => member with
        {
            Pod = member.Pod! with { Status = member.Pod.Status! with { Conditions = [new PodCondition { Type = "Ready", Status = "False", LastTransitionTime = Situation.Start }] } },
        });
        var plan = unready.Plan();
        plan.Step.ShouldBeNull("it has not been ready for an hour");
        plan.RoleLabels.ShouldBeEmpty();
        (plan.Status.CurrentPrimaryPodIndex, Ready(plan).Status).ShouldBe((0, "False"));
    }

    [Fact]
    public void A9_A_candidate_is_chosen_by_what_it_holds_and_not_by_its_name()
    {
        var situation = Situation.Steady().Restarted(1).Holding(1, "shop=older").Silent(0, LongEnough);
        situation.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
    }

    [Fact]
    public void A9_Of_two_candidates_the_one_that_lagged_less_takes_over()
    {
        var situation = Situation.Steady().With(1, member => member with { ReportedLag = TimeSpan.FromSeconds(3) }).With(2, member => member with { ReportedLag = TimeSpan.Zero }).Silent(0, LongEnough);
        situation.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
    }

    [Fact]
    public void A9_Of_two_candidates_the_one_that_writes_still_reached_after_the_primary_went_out_of_sight_takes_over()
    {
        var situation = Situation.Steady().With(1, member => member with { ReportedLag = TimeSpan.Zero }).With(2, member => member with { ReportedLag = TimeSpan.FromSeconds(2) }).Silent(0, LongEnough);
        var now = situation.Now;
        Member Moving(Member member, params double[] secondsAgo) => member with { Probe = member.Probe with { Content = member.Probe.Content! with { Moves = [.. secondsAgo.Select(ago => now.AddSeconds(-ago))] } } };

        var reached = situation.With(1, member => Moving(member, 90, 80, 70)).With(2, member => Moving(member, 3, 2, 1));
        reached.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);

        // Before the primary went, and what was under way then and came late.
        situation.With(2, member => Moving(member, 90, 80, 70)).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
        situation.With(2, member => Moving(member, 90, 2, 1)).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);

        // That an operator that has just started reads a server for the first time is no sign that anything was written.
        var fresh = situation.With(2, member => member with { Probe = member.Probe with { Content = member.Probe.Content! with { Since = now } } });
        fresh.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void A9_After_as_many_failovers_as_an_hour_may_see_somebody_must_look()
    {
        var steady = Situation.Steady();
        var busy = steady with { Status = steady.Status! with { RecentFailovers = [.. Enumerable.Range(1, 4).Select(i => steady.Now.AddMinutes(-i))] } };
        var plan = busy.Silent(0, LongEnough).Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).Message!.ShouldContain("spec.failover.maxPerHour is 4");
        (busy with { Now = busy.Now.AddHours(1) }).Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
    }

    [Fact]
    public void A9_A_standby_that_lagged_more_than_allowed_takes_over_from_nobody()
    {
        var spec = Situation.Replicated(2, 0, ",\"failover\":{\"maxLagMillis\":1000}");
        var lagging = (Situation.Steady(2) with { Spec = spec }).With(1, member => member with { ReportedLag = TimeSpan.FromSeconds(8) }).Silent(0, LongEnough);
        var plan = lagging.Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).Message!.ShouldContain("lagged 8000 ms behind");
    }

    [Theory]
    [InlineData(DoltRole.Standby)]
    [InlineData(DoltRole.DetectedBrokenConfig)]
    public void A11_A_cluster_without_a_primary_gets_the_last_one_back_above_every_epoch(DoltRole role)
    {
        var drifted = Situation.Steady().With(0, role, 4, Shop).With(1, DoltRole.Standby, 4, Shop).With(2, DoltRole.Standby, 4, Shop);
        var promote = drifted.Plan().Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 5L));
    }

    [Fact]
    public void A11_The_last_primary_gets_the_role_back_without_automatic_failover_too()
    {
        var drifted = Situation.Steady().With(0, DoltRole.Standby, 1, Shop);
        drifted = drifted with { Spec = drifted.Spec.Replace("\"automaticFailover\":true", "\"automaticFailover\":false", StringComparison.Ordinal) };
        var promote = drifted.Plan().Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 2L));
        drifted.Silent(0, LongEnough).Plan().Step.ShouldBeNull("nobody else gets it");
    }

    [Fact]
    public void A11_Two_primaries_at_one_epoch_are_resolved_above_it()
    {
        var twice = Situation.Steady().With(1, DoltRole.Primary, 1, Shop);
        var promote = twice.Plan().Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 2L));
    }

    [Fact]
    public void A12_A_resize_in_progress_does_not_keep_a_failover_waiting()
    {
        var growing = Larger(Situation.Steady());
        growing.Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>();

        var waiting = growing with
        {
            Status = growing.Plan().Status,
            Claims = [.. growing.Claims.Select(claim => claim with { Spec = Situation.Claim(0, "5Gi").Spec })],
        };
        Condition(waiting.Plan(), "StorageResized").Reason.ShouldBe("WaitStorageResize");
        waiting.Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
    }

    [Fact]
    public void A12_A_primary_that_nobody_can_replace_does_not_keep_volumes_from_growing()
    {
        var full = Larger(Situation.Steady()).Holding(1).Holding(2).Silent(0, LongEnough);
        full.Plan().Step.ShouldBeOfType<ClusterStep.GrowClaims>("a full volume may be why it is away").Claims.Length.ShouldBe(3);
        Ready(full.Plan()).Message!.ShouldContain("lacks database shop");
    }

    [Fact]
    public void A17_A_lost_primary_is_fenced_in_the_step_that_replaces_it() =>
        Situation.Steady().Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().From.ShouldBe(0);

    [Fact]
    public void A17_A_former_primary_that_wakes_is_not_routed_while_the_present_one_is_out_of_reach()
    {
        var steady = Primary(Situation.Steady(2), 1, epoch: 5);
        var woken = steady.With(0, DoltRole.Primary, 4, Shop).Silent(1, TimeSpan.FromSeconds(1));
        var plan = woken.Plan();
        plan.Step.ShouldBeNull();
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(1);
        plan.RoleLabels.Values.ShouldNotContain(ClusterLabels.Primary);
    }

    [Fact]
    public void A17_A_primary_that_came_back_before_its_successor_answered_goes_on_above_the_epoch_of_that_promotion()
    {
        var begun = Situation.Steady().Silent(0, LongEnough);
        var back = begun with { Status = begun.Plan().Status };
        back = back.With(0, DoltRole.Primary, 1, Shop).Silent(1, LongEnough);
        var promote = back.Plan().Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 3L));
    }

    [Fact]
    public void A17_A_former_primary_with_other_data_is_no_candidate()
    {
        var steady = Primary(Situation.Steady(2), 1, epoch: 5);
        var woken = steady.With(0, DoltRole.Primary, 4, Shop).Holding(0, "shop=unreplicated").Silent(1, LongEnough);
        var plan = woken.Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).Message!.ShouldContain("may hold writes that nobody else has");
    }
}
