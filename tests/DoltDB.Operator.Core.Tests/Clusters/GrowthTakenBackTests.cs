using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Objects;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Volumes that were asked to grow and cannot: by a typing error, for want of room, because nobody resizes them. There is a way back.</summary>
public sealed class GrowthTakenBackTests
{
    private const string Quota = "exceeded quota: storage, requested: requests.storage=10Ti";

    [Fact]
    public void A_size_that_no_volume_ever_got_is_no_limit_to_a_smaller_one()
    {
        var plan = Wanting(Mistyped(), "2Gi").Plan();
        Condition(plan, "SpecAccepted").Reason.ShouldBe("Accepted");
        var step = plan.Step.ShouldBeOfType<ClusterStep.TakeGrowthBack>();
        (step.Size.Text, step.Claims.Length).ShouldBe(("2Gi", 3));

        var back = Wanting(Mistyped(), "2Gi") with { Claims = [.. Mistyped().Members.Keys.Select(ordinal => Claim(ordinal, asks: "2Gi", has: "1Gi"))] };
        back.Plan().Step.ShouldBeOfType<ClusterStep.ReplaceSet>("new volumes have the size").Because.ShouldContain("2Gi");
        SizeOfNewVolumes(back.Plan()).ShouldBe("2Gi");
    }

    [Fact]
    public void A_claim_that_a_user_took_back_is_not_made_to_ask_for_more_again()
    {
        var recovered = Wanting(Mistyped(), "2Gi") with { Claims = [Claim(0, asks: "2Gi", has: "1Gi"), Claim(1, asks: "2Gi", has: "1Gi"), Claim(2, asks: "10Ti", has: "1Gi")] };
        recovered.Plan().Step.ShouldBeOfType<ClusterStep.TakeGrowthBack>().Claims.ShouldBe(["dolt-data-db-2"]);
    }

    [Fact]
    public void A_size_below_what_a_volume_has_is_refused_and_raises_no_claim()
    {
        var refused = Wanting(Mistyped(), "500Mi") with { Claims = [.. Mistyped().Members.Keys.Select(ordinal => Claim(ordinal, asks: "1Gi", has: "1Gi"))] };
        var plan = refused.Plan();
        (Condition(plan, "SpecAccepted").Reason, Condition(plan, "SpecAccepted").Message).ShouldBe(("ChangeRefused", "spec.storage.size: volumes cannot shrink from 1Gi to 500Mi"));
        SizeOfNewVolumes(plan).ShouldBe("1Gi");
        plan.Step.ShouldNotBeOfType<ClusterStep.GrowClaims>();
    }

    [Fact]
    public void A_volume_that_is_larger_than_what_was_asked_for_is_as_wanted()
    {
        var steady = Situation.Steady();
        var rounded = steady with { Claims = [.. steady.Members.Keys.Select(ordinal => Claim(ordinal, asks: "1Gi", has: "2Gi"))] };
        rounded.Plan().Step.ShouldBeNull();
        Condition(rounded.Plan(), "SpecAccepted").Reason.ShouldBe("Accepted");
        var grown = steady with { Claims = [.. steady.Members.Keys.Select(ordinal => Claim(ordinal, asks: "3Gi", has: "3Gi"))] };
        grown.Plan().Step.ShouldBeNull("what a user let grow is the user's");
    }

    [Fact]
    public async Task A_growth_that_is_refused_for_every_volume_changes_nothing_and_can_be_taken_back()
    {
        await using var bench = new StepBench();
        var steady = bench.Steady();
        bench.Api.Refuse("patch dolt-data-db-0", 403, Quota);
        bench.Api.Refuse("patch dolt-data-db-1", 403, Quota);
        bench.Api.Refuse("patch dolt-data-db-2", 403, Quota);
        await bench.PassAsync(Wanting(steady, "10Ti"));

        var plan = bench.Plan(Wanting(steady, "10Ti"));
        plan.Step.ShouldBeNull("the set is not made anew for volumes that there will not be");
        SizeOfNewVolumes(plan).ShouldBe("1Gi");
        Condition(plan, "StorageResized").Message.ShouldNotBeNull().ShouldStartWith($"cannot grow to 10Ti: dolt-data-db-0: {Quota}");

        var back = bench.Plan(steady with { Status = plan.Status });
        back.Step.ShouldBeNull();
        (Condition(back, "SpecAccepted").Reason, Condition(back, "StorageResized").Status).ShouldBe(("Accepted", Conditions.True));
    }

    [Fact]
    public async Task A_claim_that_may_not_go_back_is_told_of_and_holds_up_nothing()
    {
        await using var bench = new StepBench();
        var mistyped = bench.Steady() with { Set = Mistyped().Set, Claims = Mistyped().Claims };
        bench.Api.Refuse("patch dolt-data-db-1", 422, "field can not be less than previous value");
        var (_, result) = await bench.PassAsync(Wanting(mistyped, "2Gi"));
        bench.Api.Writes.ShouldBe(["patch dolt-data-db-0", "patch dolt-data-db-1", "patch dolt-data-db-2"]);
        result!.Warning!.Message.ShouldBe("cannot go back to 2Gi: dolt-data-db-1: field can not be less than previous value");

        var left = Wanting(mistyped, "2Gi") with { Claims = [Claim(0, "2Gi", "2Gi"), mistyped.Claims[1], Claim(2, "2Gi", "2Gi")] };
        var plan = bench.Plan(left);
        plan.Step.ShouldBeOfType<ClusterStep.ReplaceSet>("new volumes have the size");
        (Condition(plan, "StorageResized").Reason, Condition(plan, "StorageResized").Message).ShouldBe(("ResizeRefused", "cannot go back to 2Gi: dolt-data-db-1: field can not be less than previous value"));
        bench.Plan(Outdated(left with { Set = bench.Plan(left with { Set = null }).Desired!.StatefulSet })).Step.ShouldBeOfType<ClusterStep.RemovePod>();
    }

    [Fact]
    public async Task A_way_back_to_what_the_volumes_have_which_Kubernetes_refuses_comes_with_the_way_out()
    {
        await using var bench = new StepBench();
        var mistyped = bench.Steady() with { Set = Mistyped().Set, Claims = [Mistyped().Claims[0]] };
        bench.Api.Refuse("patch dolt-data-db-0", 422, "field can not be less than status.capacity");
        await bench.PassAsync(Wanting(mistyped, "1Gi"));
        Condition(bench.Plan(Wanting(mistyped, "1Gi")), "StorageResized").Message.ShouldNotBeNull().ShouldEndWith("spec.storage.size may be a little larger)");
    }

    [Fact]
    public void Claims_that_the_spec_leaves_to_users_are_not_taken_back()
    {
        var mistyped = Wanting(Mistyped(), "2Gi");
        var left = mistyped with { Spec = mistyped.Spec.Replace("\"size\":", "\"resizeInUseVolumes\":false,\"size\":", StringComparison.Ordinal) };
        left.Plan().Step.ShouldBeOfType<ClusterStep.ReplaceSet>();
    }

    [Theory]
    [InlineData("fast", null, "ChangeRefused")]
    [InlineData("fast", "slow", "ChangeRefused")]
    [InlineData("fast", "fast", "Accepted")]
    [InlineData(null, null, "Accepted")]
    [InlineData(null, "fast", "Accepted")]
    public void A_class_that_is_taken_out_of_the_spec_is_a_change_unless_it_is_the_default(string? live, string? standard, string reason)
    {
        var steady = Situation.Steady();
        var template = steady.Set!.Spec!.VolumeClaimTemplates![0];
        var made = steady.Set with { Spec = steady.Set.Spec with { VolumeClaimTemplates = [template with { Spec = template.Spec! with { StorageClassName = live } }] } };
        var facts = (steady with { Set = made }).Facts with { DefaultStorageClass = standard };
        var plan = ClusterPlanner.Plan(facts, Core.Clusters.Resources.ClusterResources.Render);
        var accepted = Condition(plan, "SpecAccepted");
        accepted.Reason.ShouldBe(reason);
        if (reason != "Accepted")
            accepted.Message.ShouldBe("spec.storage.storageClassName: volumes exist in class fast and cannot change to (default)");
        plan.Desired!.StatefulSet.Spec!.VolumeClaimTemplates![0].Spec!.StorageClassName.ShouldBe(live);
        plan.Step.ShouldBeNull();
    }

    /// <summary>The claims were asked for 10Ti and the set was made anew with that; the volumes stay at 1Gi for ever.</summary>
    private static Situation Mistyped()
    {
        var wanted = Wanting(Situation.Steady(), "10Ti");
        wanted = wanted with { Claims = [.. wanted.Members.Keys.Select(ordinal => Claim(ordinal, asks: "10Ti", has: "1Gi"))] };
        return wanted with { Set = (wanted with { Set = null }).Plan().Desired!.StatefulSet };
    }

    private static Situation Wanting(Situation situation, string size)
    {
        var present = situation.Cluster.Spec!.Storage!.Size!.Text;
        return situation with { Spec = situation.Spec.Replace($"\"{present}\"", $"\"{size}\"", StringComparison.Ordinal) };
    }

    private static PersistentVolumeClaim Claim(int ordinal, string asks, string has) =>
        Situation.Claim(ordinal, asks) with { Status = new PersistentVolumeClaimStatus { Capacity = new() { ["storage"] = new Quantity(has) } } };

    private static string SizeOfNewVolumes(ClusterPlan plan) => plan.Desired!.StatefulSet.Spec!.VolumeClaimTemplates![0].Spec!.Resources!.Requests!["storage"].Text;
}
