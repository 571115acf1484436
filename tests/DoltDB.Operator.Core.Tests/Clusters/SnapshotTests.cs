using System.Collections.Immutable;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>A cluster that begins with a VolumeSnapshot.</summary>
public sealed class SnapshotTests
{
    private static readonly ImmutableSortedDictionary<string, string> Restored = ImmutableSortedDictionary<string, string>.Empty.Add("shop", "hash-1");

    private static readonly ImmutableSortedDictionary<string, string> Nothing = ImmutableSortedDictionary<string, string>.Empty;

    [Fact]
    public void A15_Only_the_volume_of_ordinal_0_is_made_from_the_snapshot()
    {
        var desired = new Situation { Spec = FromSnapshot(3) }.Plan().Desired!;
        desired.RestoredClaim!.Metadata.Name.ShouldBe("dolt-data-db-0");
        desired.RestoredClaim.Spec!.DataSource!.Name.ShouldBe("yesterday");
        desired.RestoredClaim.Spec.Resources!.Requests!["storage"].ToString().ShouldBe("1Gi");
        desired.StatefulSet.Spec!.VolumeClaimTemplates!.Single().Spec!.DataSource.ShouldBeNull();
        var labels = desired.RestoredClaim.Metadata.Labels.ShouldNotBeNull();
        desired.StatefulSet.Spec.VolumeClaimTemplates![0].Metadata.Labels.ShouldBe(labels);
    }

    [Theory]
    [InlineData("a volume")]
    [InlineData("a set")]
    [InlineData("a pod")]
    public void A15_A_snapshot_is_restored_once_and_never_beside_what_is_there(string left)
    {
        var begun = Situation.Fresh(3) with { Spec = FromSnapshot(3) };
        var situation = left switch
        {
            "a volume" => begun with { Set = null, Members = begun.Members.Clear() },
            "a set" => begun with { Claims = [], Members = begun.Members.Clear() },
            _ => begun with { Set = null, Claims = [] },
        };
        situation.Plan().Desired!.RestoredClaim.ShouldBeNull();
    }

    [Fact]
    public void A15_Nobody_is_promoted_before_the_restored_server_answers()
    {
        var starting = new Situation { Spec = FromSnapshot(3, podIndex: 1) }
            .With(1, DoltRole.Standby, 0, Nothing).With(2, DoltRole.Standby, 0, Nothing).Silent(0, TimeSpan.Zero);
        starting.Plan().Step.ShouldBeNull();
        starting.With(0, DoltRole.Standby, 7, Restored).Plan().Step.ShouldBeOfType<ClusterStep.Promote>().ShouldSatisfyAllConditions(
            promote => promote.Ordinal.ShouldBe(0), promote => promote.Epoch.ShouldBe(8));
    }

    [Fact]
    public void A15_A_set_of_the_Go_operator_stops_making_volumes_from_the_snapshot()
    {
        var steady = Situation.Steady();
        var template = steady.Set!.Spec!.VolumeClaimTemplates![0];
        var cloning = template with { Spec = template.Spec! with { DataSource = new TypedLocalObjectReference { Kind = "VolumeSnapshot", Name = "yesterday" } } };
        var adopted = steady with { Set = steady.Set with { Spec = steady.Set.Spec with { VolumeClaimTemplates = [cloning] } } };
        adopted.Plan().Step.ShouldBeOfType<ClusterStep.ReplaceSet>().Because.ShouldContain("yesterday");
    }

    [Fact]
    public void B5_A_snapshot_that_is_named_later_is_refused_in_a_condition()
    {
        var steady = Situation.Steady();
        var later = steady with { Spec = FromSnapshot(3) };
        var refused = later.Plan().Status.Conditions!.First(condition => condition.Type == "SpecAccepted");
        refused.Reason.ShouldBe("ChangeRefused");
        refused.Message.ShouldNotBeNull().ShouldContain("spec.storage.volumeSnapshot");
        later.Plan().Step.ShouldBeNull();

        var made = steady.Claims.SetItem(0, steady.Claims[0] with { Spec = steady.Claims[0].Spec! with { DataSource = new TypedLocalObjectReference { Kind = "VolumeSnapshot", Name = "yesterday" } } });
        (later with { Claims = made }).Plan().Status.Conditions!.First(condition => condition.Type == "SpecAccepted").Reason.ShouldBe("Accepted");
    }

    private static string FromSnapshot(int replicas, int podIndex = 0) =>
        Situation.Replicated(replicas, podIndex).Replace("\"size\":\"1Gi\"", "\"size\":\"1Gi\",\"volumeSnapshot\":\"yesterday\"", StringComparison.Ordinal);
}
