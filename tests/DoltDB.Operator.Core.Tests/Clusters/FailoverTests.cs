using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

public sealed class FailoverTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(6);

    [Fact]
    public void A_lost_primary_is_replaced_by_a_proven_standby_at_a_higher_epoch()
    {
        var plan = Situation.Steady().Silent(0, LongEnough).Plan();
        var failover = plan.Step.ShouldBeOfType<ClusterStep.Failover>();
        (failover.From, failover.To, failover.Epoch).ShouldBe((0, 1, 2));
        plan.Status.ReplicationEpoch.ShouldBe(2, "the epoch is in the status before it is used");
        plan.Status.HandOver!.To.ShouldBe(1, "a restarted operator goes on with the same standby");
    }

    [Fact]
    public void A_primary_that_was_silent_for_a_moment_is_given_time()
    {
        var plan = Situation.Steady().Silent(0, TimeSpan.FromSeconds(2)).Plan();
        plan.Step.ShouldBeNull();
        plan.LookAgain!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void When_no_server_can_be_reached_nothing_is_done()
    {
        var plan = Situation.Steady().Silent(0, LongEnough).Silent(1, LongEnough).Silent(2, LongEnough).Plan();
        plan.Step.ShouldBeNull();
    }

    [Fact]
    public void A_standby_that_lacks_a_database_is_no_candidate()
    {
        var plan = Situation.Steady().Holding(1).Silent(0, LongEnough).Plan();
        plan.Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
    }

    [Fact]
    public void When_every_standby_lacks_a_database_the_failover_is_refused_and_explained()
    {
        var plan = Situation.Steady().Holding(1).Holding(2).Silent(0, LongEnough).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(c => c.Type == "Ready").Message!.ShouldContain("db-1: lacks database shop");
    }

    [Fact]
    public void A_standby_that_came_back_without_its_volume_is_no_candidate_although_it_has_the_names()
    {
        var plan = Situation.Steady(2).Restarted(1).Holding(1, "shop=empty").Silent(0, LongEnough).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(c => c.Type == "Ready").Message!.ShouldContain("was restarted");
    }

    [Fact]
    public void A_restarted_standby_that_holds_what_it_was_proven_to_hold_is_a_candidate()
    {
        Situation.Steady(2).Restarted(1).Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void A_standby_that_moved_on_since_its_proof_is_a_candidate()
    {
        Situation.Steady(2).Holding(1, "shop=hash-2").Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void A_standby_whose_content_is_not_known_is_no_candidate()
    {
        Situation.Steady(2).With(1, DoltRole.Standby, 1, null).Silent(0, LongEnough).Plan().Step.ShouldBeNull();
    }

    [Theory]
    [InlineData(100, "lagged perhaps")]
    [InlineData(10_000_000, null)]
    public void A_lag_that_nobody_told_is_at_most_the_time_since_the_last_proof(int most, string? refusal)
    {
        var lost = Situation.Steady().Silent(0, TimeSpan.FromSeconds(30));
        lost = lost with
        {
            Spec = Situation.Replicated(3, 0, $$""","failover":{"maxLagMillis":{{most}}}"""),
            Status = lost.Status! with { LastEqual = [.. lost.Status.LastEqual!.Select(proof => proof with { Time = lost.Now.AddMinutes(-1) })] },
        };
        var plan = lost.Plan();
        if (refusal is null)
            plan.Step.ShouldBeOfType<ClusterStep.Failover>();
        else
            plan.Status.Conditions!.First(c => c.Type == "Ready").Message!.ShouldContain(refusal);
    }

    [Fact]
    public void A_user_who_allows_data_loss_gets_the_failover()
    {
        var situation = Situation.Steady(2).Holding(1).Silent(0, LongEnough) with { Spec = Situation.Replicated(2, 0, """, "failover":{"allowDataLoss":true}""") };
        situation.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void Without_automatic_failover_nothing_is_promoted()
    {
        var situation = Situation.Steady(2).Silent(0, LongEnough) with { Spec = Situation.Replicated(2, 0).Replace("\"automaticFailover\":true", "\"automaticFailover\":false") };
        situation.Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void A_refused_password_is_no_lost_primary()
    {
        var plan = Situation.Steady(2).With(0, member => member with { Probe = member.Probe with { IsReachable = false, AwaySince = Situation.Start, IsAccessDenied = true } }).Plan();
        plan.Step.ShouldBeNull();
    }

    [Fact]
    public void A_primary_that_shows_new_clients_the_door_is_no_lost_primary()
    {
        var full = Situation.Steady(2);
        Situation Closing(int seconds) => full.With(0, member => member with { Probe = new MemberProbe { LetsNobodyIn = true, ClosesSince = full.Now.AddSeconds(-seconds) } });
        var plan = Closing(59).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.Single(condition => condition.Type == "Ready").Message!.ShouldContain("db-0 lets no more clients in");
        Closing(60).Plan().Step.ShouldBeOfType<ClusterStep.Failover>("a proxy beside it says the same of a server that is dead");
        plan.Status.Members![0].Message.ShouldBe("let no new client in when that was last tried: see server.listener.maxConnections");
    }

    [Fact]
    public void A_primary_that_came_back_as_standby_is_promoted_again()
    {
        var plan = Situation.Steady().With(0, member => member with { Probe = member.Probe with { Role = DoltRole.Standby } }).Plan();
        var promote = plan.Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 2));
    }

    [Fact]
    public void A_primary_that_came_back_empty_is_not_promoted_again_but_replaced()
    {
        var plan = Situation.Steady().With(0, member => member with { Probe = member.Probe with { Role = DoltRole.Standby } }).Holding(0).Plan();
        plan.Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void Of_two_primaries_at_different_epochs_only_the_newer_is_routed()
    {
        var plan = Situation.Steady().With(1, DoltRole.Primary, 4, null).Plan();
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(1);
        plan.RoleLabels[1].ShouldBe("primary");
        plan.RoleLabels[0].ShouldBeNull("the older primary is routed by no Service");
    }

    [Fact]
    public void Two_primaries_at_one_epoch_are_both_unrouted_and_the_known_one_is_promoted_higher()
    {
        var plan = Situation.Steady().With(1, DoltRole.Primary, 1, null).Plan();
        plan.RoleLabels.Values.ShouldNotContain("primary");
        var promote = plan.Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((0, 2));
    }

    [Fact]
    public void A_begun_failover_goes_on_with_the_same_standby_and_epoch()
    {
        var situation = Situation.Steady().Silent(0, LongEnough);
        var begun = situation with { Status = situation.Plan().Status with { HandOver = new HandOverStatus { From = 0, To = 2, Epoch = 9, Reason = "Failover", StartedAt = situation.Now } } };
        var failover = begun.Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
        (failover.To, failover.Epoch).ShouldBe((2, 9));
    }

    [Fact]
    public void A_lost_primary_that_is_back_before_anybody_was_promoted_stays()
    {
        var steady = Situation.Steady();
        var begun = steady with { Status = steady.Status! with { HandOver = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = "Failover", StartedAt = steady.Now } } };
        var plan = begun.Plan();
        plan.Step.ShouldBeNull();
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(0);
        plan.Status.HandOver.ShouldBeNull();
    }
}
