using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Pods that Kubernetes is about to stop and nobody deletes: a node that shuts down gracefully.</summary>
public sealed class AnnouncedStopTests
{
    [Fact]
    public void The_primary_hands_over_when_its_node_begins_to_shut_down()
    {
        var intent = Stopping(Situation.Steady(), 0).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State;
        intent.To.ShouldBe(1);
        intent.Reason.ShouldBe(PrimaryReasons.PodStopping);
    }

    [Fact]
    public void The_role_goes_to_a_server_that_stays() =>
        Stopping(Stopping(Situation.Steady(), 0), 1).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);

    [Fact]
    public void The_primary_stays_where_every_server_is_about_to_be_stopped()
    {
        var all = Stopping(Stopping(Situation.Steady(2), 0), 1);
        all.Plan().Step.ShouldBeNull();
        Stopping(Stopping(Primary(Situation.Steady(2), 1), 0), 1).Plan().Step.ShouldBeNull("nor is it given back");
    }

    [Fact]
    public void A_condition_that_is_False_announces_nothing() => Stopping(Situation.Steady(), 0, status: "False").Plan().Step.ShouldBeNull();

    [Fact]
    public void What_was_called_off_moves_no_role()
    {
        var spared = Stopping(Situation.Steady(), 0, ago: AnnouncedStop.Lasting);
        spared.Plan().Step.ShouldBeNull();
        Stopping(spared, 1).Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void A_switchover_to_a_pod_that_is_about_to_be_stopped_is_refused_until_it_turns_out_to_live_on()
    {
        var asked = Situation.Steady(2) with { Spec = Situation.Replicated(2, 1) };
        asked.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(1);

        var plan = Stopping(asked, 1).Plan();
        plan.Step.ShouldBeNull();
        var message = Condition(plan, "PrimarySwitched").Message!;
        message.ShouldContain("db-1 is about to be stopped (TerminationByKubelet)");
        message.ShouldContain("when it still runs 10 minutes after that was announced");

        Stopping(asked, 1, ago: AnnouncedStop.Lasting).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(1);
    }

    [Fact]
    public void A_hand_over_from_a_pod_that_may_live_on_rests_after_a_failure()
    {
        var facts = Stopping(Situation.Steady(), 0).Facts with { HandOverFailure = "the primary could not be drained" };
        ClusterPlanner.Plan(facts, ClusterResources.Render).Step.ShouldBeNull();
    }

    [Fact]
    public void A_lost_primary_is_followed_by_a_standby_that_is_about_to_be_stopped_where_there_is_no_other() =>
        Stopping(Situation.Steady(2), 1).Silent(0, LongEnough).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);

    private static Situation Stopping(Situation situation, int ordinal, TimeSpan ago = default, string status = "True") => situation.With(ordinal, member => member with
    {
        Pod = member.Pod! with
        {
            Status = member.Pod.Status! with
            {
                Conditions =
                [
                    .. member.Pod.Status.Conditions!,
                    new PodCondition { Type = "DisruptionTarget", Status = status, Reason = "TerminationByKubelet", LastTransitionTime = situation.Now - ago },
                ],
            },
        },
    });
}
