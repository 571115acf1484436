using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Faults that the Go operator has, by their number in the list of reference faults: each shows the fault absent.</summary>
public sealed class ReplicationFaultTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    [Fact]
    public void A2_A_refused_drain_ends_the_hand_over_with_the_old_primary()
    {
        var stillPrimary = new HandOverObservation(new DoltRoleReport(DoltRole.Primary, 1), new DoltRoleReport(DoltRole.Standby, 1), null);
        HandOverSteps.Next(stillPrimary, epoch: 2, new HandOverProgress { IsDrainTried = true }).ShouldBe(HandOverStep.Abandoned);
    }

    [Fact]
    public void A2_A_hand_over_that_failed_is_over_and_its_primary_goes_on_above_the_epoch_that_was_reserved()
    {
        var begun = Situation.Steady();
        begun = begun with { Status = begun.Status! with { ReplicationEpoch = 2, HandOver = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.Switchover } } };
        begun.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>("a hand-over that a crash interrupted goes on");
        var plan = ClusterPlanner.Plan(begun.Facts with { HandOverFailure = "the primary could not be drained" }, ClusterResources.Render);
        var promote = plan.Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 3L));
        plan.Status.HandOver.ShouldBeNull();
        plan.RoleLabels.ShouldBeEmpty("the primary stays in the write Service");
    }

    [Fact]
    public void A2_A_primary_that_a_hand_over_has_not_reached_yet_stays_in_the_write_Service()
    {
        var begun = Situation.Steady().Silent(1, LongEnough);
        begun = begun with { Status = begun.Status! with { ReplicationEpoch = 2, HandOver = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.Switchover } } };
        begun.Plan().RoleLabels.Keys.ShouldNotContain(0);
    }

    [Fact]
    public void A6_A_primary_that_lost_its_volume_in_a_hand_over_does_not_get_the_role_back()
    {
        var begun = Situation.Steady();
        begun = begun with { Status = begun.Status! with { ReplicationEpoch = 2, HandOver = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.Switchover } } };
        begun.Restarted(0).With(0, DoltRole.Standby, 0, Nothing).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
        begun.With(0, DoltRole.Standby, 2, Shop).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>("it was drained and has its volume");
        var anew = new HandOverObservation(new DoltRoleReport(DoltRole.Standby, 0), new DoltRoleReport(DoltRole.Standby, 1), null);
        HandOverSteps.Next(anew, epoch: 2, new HandOverProgress()).ShouldBe(HandOverStep.Lost);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public void A8_A_target_that_is_not_known_to_have_got_everything_or_does_not_become_primary_gives_the_role_back(bool? isCaughtUp, int promotions)
    {
        var drained = new HandOverObservation(new DoltRoleReport(DoltRole.Standby, 2), new DoltRoleReport(DoltRole.Standby, 2), IsProvenEqual: true);
        HandOverSteps.Next(drained, epoch: 2, new HandOverProgress { IsDrainTried = true, IsTargetCaughtUp = isCaughtUp, Promotions = promotions }).ShouldBe(HandOverStep.RollBack);
        HandOverSteps.Next(drained, epoch: 2, new HandOverProgress { IsDrainTried = true, IsTargetCaughtUp = true }).ShouldBe(HandOverStep.Promote);
    }

    [Fact]
    public void A3_A_rolling_update_promotes_the_standby_that_it_names_by_ordinal()
    {
        var steady = Situation.Steady(2).With(0, DoltRole.Standby, 3, Shop).With(1, DoltRole.Primary, 3, Shop);
        steady = steady.Rendered() with { Status = steady.Rendered().Plan().Status };
        var updated = Renewed(steady with { Spec = steady.Spec.Replace("1.57.2", "1.58.0", StringComparison.Ordinal) }, 0);
        var handOver = updated.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State;
        (handOver.From, handOver.To).ShouldBe((1, 0));
    }

    [Fact]
    public void A4_A_lost_primary_without_a_pod_is_replaced_all_the_same()
    {
        var situation = Situation.Steady().Silent(0, LongEnough).With(0, member => member with { Pod = null });
        situation.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
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
        steady = steady with { Status = steady.Plan().Status with { LastEqual = null } };
        var plan = steady.With(1, DoltRole.Standby, 0, Nothing).Silent(0, LongEnough).Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).Message!.ShouldContain("has never heard from the primary");
        steady.With(1, DoltRole.Standby, 1, Nothing).Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
    }

    [Fact]
    public void A5_A_database_that_only_a_standby_has_keeps_it_from_nothing()
    {
        var orphaned = (Situation.Steady(2) with { Spec = Situation.Replicated(2, 1) }).Holding(1, "shop", "left-behind");
        var plan = orphaned.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(1);
        plan.Status.Members![1].Message.ShouldBe("holds database left-behind, which the primary lacks");
    }

    [Fact]
    public void A7_A_cluster_that_shrinks_below_its_primary_hands_over_first_and_keeps_every_server_until_then()
    {
        var last = Primary(Situation.Steady(), 2);
        var plan = (last with { Spec = Situation.Replicated(2, 0) }).Plan();
        plan.Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(0);
        plan.Desired!.StatefulSet.Spec!.Replicas.ShouldBe(3);
        plan.Desired.ConfigMap.Data!.Keys.ShouldContain("db-2.yaml");
    }

    [Fact]
    public void A7_Without_replication_the_primary_moves_to_ordinal_0_before_anything_is_removed()
    {
        var last = Primary(Situation.Steady(2), 1);
        var standalone = last with { Spec = """{"engineVersion":"1.57.2","image":"dolthub/dolt","storage":{"size":"1Gi"},"replicas":1}""" };
        var plan = standalone.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(0);
        plan.Desired!.StatefulSet.Spec!.Replicas.ShouldBe(2);
    }

    [Fact]
    public void A8_A_standby_that_is_not_proven_equal_is_no_target()
    {
        var asked = (Situation.Steady() with { Spec = Situation.Replicated(3, 1) }).With(1, member => member with { Probe = member.Probe with { Content = null } });
        var plan = asked.Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "PrimarySwitched").Message!.ShouldContain("could not be compared");
    }

    [Fact]
    public void A8_A_standby_that_was_not_seen_to_follow_is_waited_for()
    {
        var asked = Situation.Steady() with { Spec = Situation.Replicated(3, 2) };
        var differing = asked.Holding(2, "shop=older");
        differing.Plan().Step.ShouldBeNull("a drain for it could only fail");
        var following = differing.With(2, member => member with { Probe = member.Probe with { Content = member.Probe.Content! with { Moved = ["shop"] } } });
        following.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>("writes that never pause make it differ at every reading").State.To.ShouldBe(2);
    }

    [Fact]
    public void A8_minCaughtUpStandby_is_what_the_primary_is_asked_for()
    {
        var spec = Situation.Replicated(3, 2).Replace("\"automaticFailover\":true", "\"automaticFailover\":true,\"minCaughtUpStandby\":2", StringComparison.Ordinal);
        (Situation.Steady() with { Spec = spec }).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().MinimumCaughtUp.ShouldBe(2);
    }

    [Fact]
    public void A9_One_failed_probe_moves_nothing()
    {
        var situation = Situation.Steady().Silent(0, LongEnough).With(0, member => member with { Probe = member.Probe with { Failures = 1 } });
        situation.Plan().Step.ShouldBeNull();
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

    [Fact]
    public void A10_A_podIndex_that_does_not_exist_changes_nothing()
    {
        var plan = (Situation.Steady(2) with { Spec = Situation.Replicated(2, 7) }).Plan();
        plan.Step.ShouldBeNull();
        plan.RoleLabels.ShouldBeEmpty();
        var accepted = plan.Status.Conditions!.First(condition => condition.Type == "SpecAccepted");
        (accepted.Status, accepted.Reason).ShouldBe(("True", "WithoutEffect"));
        accepted.Message!.ShouldContain("podIndex 7 has no effect: it must be less than replicas (2)");
        plan.Status.Conditions!.First(condition => condition.Type == "Ready").Status.ShouldBe("True");
        plan.PodIndex.ShouldBeNull();
    }

    [Fact]
    public void A10_A_new_cluster_whose_podIndex_does_not_exist_begins_with_the_first_server() =>
        Situation.Fresh(2, podIndex: 7).Plan().Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(0);

    [Fact]
    public void A10_A_cluster_shrinks_although_a_failover_wrote_a_podIndex_that_goes_away()
    {
        var steady = Situation.Steady() with { Spec = Situation.Replicated(3, 2) };
        var failedOver = steady.With(0, DoltRole.Standby, 2, Shop).With(2, DoltRole.Primary, 2, Shop).Rendered();
        failedOver = failedOver with { Status = failedOver.Plan().Status };
        failedOver.Status!.HandledPodIndex.ShouldBe(2);

        var shrinking = failedOver with { Spec = Situation.Replicated(2, 2) };
        shrinking.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(0);

        var handedOver = shrinking.With(0, DoltRole.Primary, 3, Shop).With(2, DoltRole.Standby, 3, Shop);
        handedOver = handedOver with { Status = handedOver.Plan().Status };
        var plan = handedOver.Plan();
        plan.Desired!.StatefulSet.Spec!.Replicas.ShouldBe(2);
        (handedOver.Status!.CurrentPrimaryPodIndex, plan.Step is ClusterStep.HandOver).ShouldBe((0, false));
    }

    [Fact]
    public void A8_More_caught_up_standbys_than_there_are_means_all_of_them()
    {
        var spec = Situation.Replicated(3, 2).Replace("\"automaticFailover\":true", "\"automaticFailover\":true,\"minCaughtUpStandby\":3", StringComparison.Ordinal);
        var plan = (Situation.Steady() with { Spec = spec }).Plan();
        plan.Step.ShouldBeOfType<ClusterStep.HandOver>().MinimumCaughtUp.ShouldBe(2);
        plan.Status.Conditions!.First(condition => condition.Type == "SpecAccepted").Message!.ShouldContain("minCaughtUpStandby 3 means all standbys");
    }

    [Fact]
    public void A10_A_target_that_is_lost_after_the_drain_gives_the_role_back_at_a_new_epoch()
    {
        var drained = new HandOverObservation(new DoltRoleReport(DoltRole.Standby, 2), null, null);
        HandOverSteps.Next(drained, epoch: 2, new HandOverProgress { IsDrainTried = true, IsTargetCaughtUp = true }).ShouldBe(HandOverStep.RollBack);
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
    public void A11_Two_primaries_at_one_epoch_are_resolved_above_it()
    {
        var twice = Situation.Steady().With(1, DoltRole.Primary, 1, Shop);
        var promote = twice.Plan().Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 2L));
    }

    [Fact]
    public void A12_A_resize_in_progress_does_not_keep_a_failover_waiting()
    {
        var steady = Situation.Steady();
        var resizing = (steady with { Spec = steady.Spec.Replace("1Gi", "5Gi", StringComparison.Ordinal) }).Silent(0, LongEnough);
        resizing.Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
    }

    [Fact]
    public void A13_An_update_stops_where_equality_is_not_proven()
    {
        var steady = Situation.Steady();
        var updated = Renewed(steady with { Spec = steady.Spec.Replace("1.57.2", "1.58.0", StringComparison.Ordinal) }, 2).With(2, member => member with { Probe = member.Probe with { Content = null } });
        var plan = updated.Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "Updated").Message!.ShouldContain("db-2 does not hold every database of the primary yet");

        // It came back with the databases by name, and without their rows, or is far behind.
        var emptied = updated.Restarted(2).Holding(2, "shop=empty");
        emptied.Plan().Step.ShouldBeNull();
        emptied.Plan().Status.Conditions!.First(condition => condition.Type == "Updated").Message!.ShouldContain("db-2 was not seen since it started to hold what the primary holds");
        emptied.Holding(2, "shop").Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(1);
    }

    [Fact]
    public void A13_An_update_goes_on_under_writes_that_never_pause()
    {
        var steady = Situation.Steady();
        var updated = Renewed(steady with { Spec = steady.Spec.Replace("1.57.2", "1.58.0", StringComparison.Ordinal) }, 2).Restarted(2).Holding(2, "shop=older");
        updated.Plan().Step.ShouldBeNull();
        var following = updated.With(2, member => member with { Probe = member.Probe with { Content = member.Probe.Content! with { Moved = ["shop"] } } });
        following.Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(1);

        // Once proven it stays so, until it is another pod or its server starts again.
        var proven = updated with { Status = following.Plan().Status };
        proven.Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(1);
        proven.With(2, member => Started(member, proven.Now.AddMinutes(-1))).Plan().Step.ShouldNotBeNull();
        proven.With(2, member => Started(member, proven.Now.AddMinutes(1))).Plan().Step.ShouldBeNull();

        static Member Started(Member member, DateTimeOffset at) => member with
        {
            Pod = member.Pod! with { Status = member.Pod.Status! with { ContainerStatuses = [new ContainerStatus { Name = "dolt", State = new ContainerState { Running = new ContainerStateRunning { StartedAt = at } } }] } },
        };
    }

    [Fact]
    public void A14_Routing_follows_the_roles_while_an_update_is_stuck()
    {
        var steady = Situation.Steady();
        var stuck = Renewed(steady with { Spec = steady.Spec.Replace("1.57.2", "1.58.0", StringComparison.Ordinal) }, 2).Silent(2, LongEnough);
        stuck = stuck.With(0, DoltRole.Standby, 2, Shop).With(1, DoltRole.Primary, 2, Shop);
        var plan = stuck.Plan();
        plan.RoleLabels[1].ShouldBe(ClusterLabels.Primary);
        plan.RoleLabels[0].ShouldBe(ClusterLabels.Standby);
        plan.Desired!.Services.First(service => service.Metadata.Name == "db-primary").Spec!.Selector![ClusterLabels.PodName].ShouldBe("db-1");
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

    [Fact]
    public void A18_A_new_cluster_promotes_the_requested_server() =>
        Situation.Fresh(3, podIndex: 2).Plan().Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(2);

    [Fact]
    public void A21_No_server_is_told_to_begin_as_primary() =>
        Situation.Steady().Plan().Desired!.ConfigMap.Data!.Where(file => file.Key != ServerConfigurations.PrimaryFile)
            .ShouldAllBe(file => file.Value.Contains("bootstrap_role: \"standby\"", StringComparison.Ordinal));

    [Fact]
    public void B2_A_request_that_is_taken_back_leaves_nothing_behind()
    {
        var steady = Situation.Steady();
        var refused = (steady with { Spec = Situation.Replicated(3, 2) }).Silent(2, TimeSpan.FromSeconds(1));
        var status = refused.Plan().Status;
        status.Conditions!.First(condition => condition.Type == "PrimarySwitched").Status.ShouldBe("False");
        var back = (steady with { Status = status }).Plan();
        back.Step.ShouldBeNull();
        back.Status.Conditions!.First(condition => condition.Type == "PrimarySwitched").Status.ShouldBe("True");
    }

    [Fact]
    public void B8_Ordinals_are_numbers_in_an_update()
    {
        var many = Situation.Steady(9);
        var plan = (many with { Spec = many.Spec.Replace("1.57.2", "1.58.0", StringComparison.Ordinal) }).Plan();
        plan.Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(8);
    }

    [Fact]
    public void C2_After_a_failover_an_old_podIndex_moves_nothing_back()
    {
        var failedOver = Primary(Situation.Steady(), 1);
        failedOver.Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void C10_One_broken_standby_does_not_keep_the_primary_from_being_routed()
    {
        var plan = Situation.Steady().Silent(2, LongEnough).Plan();
        plan.RoleLabels.ShouldBeEmpty();
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(0);
    }

    internal static readonly System.Collections.Immutable.ImmutableSortedDictionary<string, string> Shop =
        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("shop", "hash-1");

    internal static readonly System.Collections.Immutable.ImmutableSortedDictionary<string, string> Nothing =
        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The cluster at rest with another primary, as a failover or a hand-over leaves it.</summary>
    internal static Situation Primary(Situation steady, int ordinal, long epoch = 2)
    {
        foreach (var member in steady.Members.Keys)
            steady = steady.With(member, member == ordinal ? DoltRole.Primary : DoltRole.Standby, epoch, Shop);
        steady = steady.Rendered();
        return steady with { Status = steady.Plan().Status };
    }

    internal static Situation Renewed(Situation situation, int ordinal) => situation.With(ordinal, member => member with
    {
        Pod = member.Pod! with
        {
            Metadata = member.Pod.Metadata with { Annotations = new(situation.Plan().Desired!.StatefulSet.Spec!.Template!.Metadata!.Annotations!) },
            Spec = situation.Plan().Desired!.StatefulSet.Spec!.Template!.Spec,
        },
    });

    private static Api.Meta.Condition Ready(ClusterPlan plan) => plan.Status.Conditions!.First(condition => condition.Type == "Ready");
}
