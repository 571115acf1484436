using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Faults of group A of the Go operator that show where the primary role is handed over, by their number: each shows the fault absent.</summary>
public sealed class HandOverFaultTests
{
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
    public void A8_No_more_standbys_are_asked_for_than_the_primary_knows()
    {
        var leaving = Situation.Steady(2).With(0, member => member with
        {
            Pod = member.Pod! with { Metadata = member.Pod.Metadata with { DeletionTimestamp = Situation.Start } },
            Probe = member.Probe with { Replication = ReplicationLag.Of([new DoltReplicationStatus("shop", "db-1", "standby", 1, 0, null)]) },
        });
        var spec = Situation.Replicated(4, 0).Replace("\"automaticFailover\":true", "\"automaticFailover\":true,\"minCaughtUpStandby\":3", StringComparison.Ordinal);
        var growing = leaving.With(2, DoltRole.Standby, 1, Shop).With(3, DoltRole.Standby, 1, Shop) with { Spec = spec };
        growing.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().MinimumCaughtUp.ShouldBe(1);
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

    [Fact]
    public void A18_A_new_cluster_promotes_the_requested_server() =>
        Situation.Fresh(3, podIndex: 2).Plan().Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(2);

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
    public void C2_After_a_failover_an_old_podIndex_moves_nothing_back()
    {
        var failedOver = Primary(Situation.Steady(), 1);
        failedOver.Plan().Step.ShouldBeNull();
    }
}
