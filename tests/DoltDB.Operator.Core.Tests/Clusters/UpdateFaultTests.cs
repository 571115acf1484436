using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Faults of the Go operator that show in rolling updates, in routing and in what servers begin with, by their number: each shows the fault absent.</summary>
public sealed class UpdateFaultTests
{
    [Fact]
    public void A3_A_rolling_update_promotes_the_standby_that_it_names_by_ordinal()
    {
        ToPromote(Situation.Steady(2)).ShouldBe((0, 1), "the first of the standbys is not ordinal 0");
        ToPromote(Primary(Situation.Steady(2), 1, epoch: 3)).ShouldBe((1, 0));
        ToPromote(Situation.Steady().Holding(1, "shop=older")).ShouldBe((0, 2), "db-1 is not fit");

        static (int?, int?) ToPromote(Situation steady)
        {
            var handOver = WithStandbysRenewed(steady).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State;
            return (handOver.From, handOver.To);
        }
    }

    [Fact]
    public void A13_A_primary_whose_hand_over_failed_is_not_replaced()
    {
        var last = WithStandbysRenewed(Situation.Steady());
        last.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>("only the primary is left");
        var plan = ClusterPlanner.Plan(last.Facts with { HandOverFailure = "the primary could not be drained" }, ClusterResources.Render);
        plan.Step.ShouldBeNull();
        var updated = Condition(plan, "Updated");
        (updated.Status, updated.Message).ShouldBe(("False", "Updating: the last hand-over failed: the primary could not be drained"));
    }

    [Fact]
    public void A13_A_primary_that_no_standby_can_take_over_from_is_not_replaced()
    {
        var plan = WithStandbysRenewed(Situation.Steady().Holding(1, "shop=older").Holding(2, "shop=older")).Plan();
        plan.Step.ShouldBeNull();
        var updated = Condition(plan, "Updated");
        (updated.Status, updated.Message).ShouldBe(("False", "Updating: no standby can take over from the primary"));
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
    public void B8_Ordinals_are_numbers_in_an_update()
    {
        var many = Situation.Steady(12);
        Outdated(many).Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(11, "db-9 is the last as text");
    }

    [Fact]
    public void C10_One_broken_standby_does_not_keep_the_primary_from_being_routed()
    {
        var plan = Situation.Steady().Silent(2, LongEnough).Plan();
        plan.RoleLabels.ShouldBeEmpty();
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(0);
    }

    /// <summary>Everything but the primary runs the version that is wanted.</summary>
    private static Situation WithStandbysRenewed(Situation steady) =>
        steady.Members.Values.Where(member => !member.IsPrimary).Select(member => member.Ordinal).Aggregate(Outdated(steady), Renewed);
}
