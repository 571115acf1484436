using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

public sealed class BootstrapTests
{
    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    public void The_requested_server_of_a_new_cluster_is_promoted_with_the_first_epoch(int replicas, int podIndex)
    {
        var plan = Situation.Fresh(replicas, podIndex).Plan();
        var promote = plan.Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((podIndex, 1));
        plan.Status.ReplicationEpoch.ShouldBe(1, "the epoch is in the status before it is used");
    }

    [Fact]
    public void Nobody_is_promoted_while_the_requested_server_does_not_answer()
    {
        var plan = Situation.Fresh(3, podIndex: 1).Silent(1, TimeSpan.FromMinutes(5)).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(c => c.Type == "Ready").Message!.ShouldContain("waiting for db-1");
    }

    [Fact]
    public void Volumes_that_were_there_before_are_waited_for_all_together()
    {
        var old = WithOldVolumes(Situation.Fresh(3)).Holding(1, "shop").Silent(2, TimeSpan.FromMinutes(5));
        old.Plan().Step.ShouldBeNull("db-2 may hold what the others lack");
    }

    [Fact]
    public void Of_volumes_that_were_there_before_only_a_server_that_holds_everything_is_promoted()
    {
        var plan = WithOldVolumes(Situation.Fresh(3)).Holding(0).Holding(1, "shop").Holding(2).Plan();
        plan.Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(1);
    }

    [Fact]
    public void Volumes_with_different_data_are_left_alone_and_explained()
    {
        var plan = WithOldVolumes(Situation.Fresh(2)).Holding(0, "shop=a").Holding(1, "shop=b").Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(c => c.Type == "Ready").Reason.ShouldBe("DataDiverged");
    }

    [Fact]
    public void A_server_that_runs_as_primary_already_is_kept()
    {
        var plan = Situation.Fresh(3).With(1, DoltRole.Primary, 7, null).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(1);
        plan.Status.ReplicationEpoch.ShouldBe(7);
    }

    [Fact]
    public void Over_volumes_that_were_there_before_nobody_is_taken_for_the_primary_until_all_have_answered()
    {
        var old = WithOldVolumes(Situation.Fresh(3)).With(0, DoltRole.Primary, 3, null).With(2, DoltRole.Standby, 3, null);
        var plan = old.Silent(1, TimeSpan.FromSeconds(10)).Plan();
        plan.Status.CurrentPrimaryPodIndex.ShouldBeNull("db-1 may have been primary after db-0");
        plan.Status.Conditions!.First(c => c.Type == "Ready").Message!.ShouldContain("waiting for db-1");
        old.With(1, DoltRole.Primary, 4, null).Plan().Status.CurrentPrimaryPodIndex.ShouldBe(1);
    }

    [Fact]
    public void Who_allows_data_loss_goes_on_with_the_volumes_that_are_there_and_with_the_highest_epoch()
    {
        var old = WithOldVolumes(Situation.Fresh(3)).With(0, DoltRole.Standby, 4, null).With(1, DoltRole.Standby, 5, null).Holding(0, "shop=a").Holding(1, "shop=b").Silent(2, TimeSpan.FromMinutes(5));
        old.Plan().Step.ShouldBeNull();
        var allowed = old with { Spec = Situation.Replicated(3, 0, ""","failover":{"allowDataLoss":true}""") };
        allowed.Plan().Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(1);
    }

    [Fact]
    public void Who_allows_data_loss_still_waits_a_minute_for_volumes_that_come_up_later()
    {
        var allowed = WithOldVolumes(Situation.Fresh(2)) with { Spec = Situation.Replicated(2, 0, ""","failover":{"allowDataLoss":true}""") };
        var first = allowed.With(0, DoltRole.Standby, 1, null).Holding(0, "shop=old");
        var waiting = first.Silent(1, TimeSpan.FromSeconds(59)).Plan();
        waiting.Step.ShouldBeNull();
        waiting.Status.Conditions!.First(condition => condition.Type == "Ready").Message!.ShouldContain("away for 60 s");
        first.With(1, member => member with { Probe = MemberProbe.Unknown }).Plan().Step.ShouldBeNull("nobody knows for how long it is away");
        first.With(0, DoltRole.Primary, 1, null).Silent(1, TimeSpan.FromSeconds(5)).Plan().Status.CurrentPrimaryPodIndex.ShouldBeNull();
        first.Silent(1, TimeSpan.FromSeconds(60)).Plan().Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(0);
    }

    private static Situation WithOldVolumes(Situation situation) => situation with
    {
        Claims = [.. situation.Claims.Select(claim => claim with { Metadata = claim.Metadata with { CreationTimestamp = Situation.Start.AddDays(-1) } })],
    };
}
