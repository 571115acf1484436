using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Faults of groups B and C of the Go operator, by their number: stuck states and operation. Each shows the fault absent.</summary>
public sealed class OperationFaultTests
{
    [Fact]
    public void B1_A_set_that_was_deleted_for_a_resize_is_made_again_by_any_later_pass()
    {
        var steady = Situation.Steady();
        var crashed = Larger(steady) with { Set = null, Claims = [.. steady.Members.Keys.Select(ordinal => Situation.Claim(ordinal, "5Gi"))] };
        var plan = crashed.Plan();
        plan.Desired!.StatefulSet.Spec!.Replicas.ShouldBe(3);
        plan.Desired.StatefulSet.Spec.VolumeClaimTemplates![0].Spec!.Resources!.Requests!["storage"].ToString().ShouldBe("5Gi");
    }

    [Fact]
    public void B1_A_resize_that_a_crash_interrupted_is_over_in_the_end()
    {
        var wanted = Larger(Situation.Steady());
        var crashed = wanted with { Status = wanted.Plan().Status, Set = null, Claims = [.. wanted.Members.Keys.Select(ordinal => Situation.Claim(ordinal, "5Gi"))] };
        crashed.Status!.Conditions.Find("StorageResized")!.Status.ShouldBe("False");
        var made = crashed with { Set = crashed.Plan().Desired!.StatefulSet };
        foreach (var situation in (Situation[])[crashed, made, made with { Status = made.Plan().Status }])
            Condition(situation.Plan(), "StorageResized").Status.ShouldBe("True");
        made.Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void B1_A_class_that_cannot_expand_blocks_no_switchover()
    {
        var steady = Situation.Steady();
        var both = Larger(steady with { Spec = Situation.Replicated(3, 2) }) with { CanExpandVolumes = false };
        both.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);
    }

    [Fact]
    public void B3_A_changed_port_replaces_the_old_one_in_every_Service()
    {
        var moved = Situation.Steady() with { Spec = Situation.Replicated(3, 0, ",\"server\":{\"listener\":{\"port\":3307}}") };
        foreach (var service in moved.Plan().Desired!.Services)
            service.Spec!.Ports!.Where(port => port.Name == ClusterLabels.SqlPortName).Select(port => port.Port).ShouldBe([3307]);
    }

    [Fact]
    public void B6_A_resize_is_over_when_the_volumes_have_the_size_and_not_before()
    {
        var asked = AskedToGrow();
        Resized(asked).ShouldBe("WaitStorageResize");
        var slow = asked with { Now = asked.Now.AddMinutes(5), Claims = [.. asked.Claims.Select(claim => claim with { Status = claim.Status! with { Conditions = [new PodCondition { Type = "FileSystemResizePending", Status = "True" }] } })] };
        Resized(slow).ShouldBe("WaitStorageResize");
        Resized(slow with { Claims = [.. slow.Members.Keys.Select(ordinal => Situation.Claim(ordinal, "5Gi"))] }).ShouldBe("StorageResized");
    }

    [Fact]
    public void B6_Volumes_that_may_not_grow_in_use_are_said_to_stay()
    {
        var steady = Situation.Steady();
        var resizedBefore = steady with { Status = steady.Status! with { Conditions = steady.Status.Conditions.With(new() { Type = "StorageResized", Status = "True", Reason = "StorageResized", Message = "Storage resized" }, steady.Now) } };
        var larger = KeepingVolumes(Larger(resizedBefore));
        var plan = larger.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.ReplaceSet>("new volumes have the size");
        var accepted = plan.Status.Conditions!.First(condition => condition.Type == "SpecAccepted");
        (accepted.Status, accepted.Reason).ShouldBe(("True", "VolumesKeepSize"));
        accepted.Message.ShouldBe("spec.storage.resizeInUseVolumes is false: only new volumes have 5Gi, dolt-data-db-0, dolt-data-db-1, dolt-data-db-2 stay as they are");
        plan.Status.Conditions.Find("StorageResized").ShouldBeNull("nothing was resized");

        var settled = larger with { Set = (larger with { Set = null }).Plan().Desired!.StatefulSet };
        settled.Plan().Step.ShouldBeNull();
        settled.Plan().Status.Conditions.Find("Ready")!.Status.ShouldBe("True");
        (settled with { Spec = settled.Spec.Replace("\"podIndex\":0", "\"podIndex\":2", StringComparison.Ordinal) }).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>();
        Outdated(settled).Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>();
        (settled with { Spec = Larger(steady).Spec }).Plan().Step.ShouldBeOfType<ClusterStep.GrowClaims>("they may now").Claims.Length.ShouldBe(3);
    }

    [Fact]
    public void A_class_that_nobody_resizes_volumes_of_is_not_waited_for_for_ever()
    {
        var asked = AskedToGrow();
        Resized(asked with { Now = asked.Now.AddSeconds(29) }).ShouldBe("WaitStorageResize");
        var over = asked with { Now = asked.Now.AddSeconds(30) };
        Resized(over).ShouldBe("StorageResized");
        Resized(over with { Status = over.Plan().Status, Now = over.Now.AddSeconds(1) }).ShouldBe("StorageResized", "it does not begin to wait again");
    }

    /// <summary>The claims ask for more and have what they had.</summary>
    private static Situation AskedToGrow()
    {
        var steady = Situation.Steady();
        var wanted = Larger(steady);
        return wanted with
        {
            Status = wanted.Plan().Status,
            Claims = [.. steady.Members.Keys.Select(ordinal => Situation.Claim(ordinal, "5Gi") with { Status = new PersistentVolumeClaimStatus { Capacity = new() { ["storage"] = new("1Gi") } } })],
        };
    }

    private static string? Resized(Situation situation) => situation.Plan().Status.Conditions!.First(condition => condition.Type == "StorageResized").Reason;

    [Theory]
    [InlineData("OnDelete", "OnDelete")]
    [InlineData("Never", "OnDelete")]
    [InlineData("ReplicasFirstPrimaryLast", "OnDelete")]
    [InlineData("RollingUpdate", "RollingUpdate")]
    public void B7_Only_RollingUpdate_lets_the_StatefulSet_replace_pods_by_itself(string strategy, string ofSet)
    {
        var situation = Situation.Steady() with { Spec = Situation.Replicated(3, 0, $",\"updateStrategy\":\"{strategy}\"") };
        situation.Plan().Desired!.StatefulSet.Spec!.UpdateStrategy!.Type.ShouldBe(ofSet);
    }

    [Theory]
    [InlineData("OnDelete")]
    [InlineData("Never")]
    [InlineData("RollingUpdate")]
    public void B7_The_operator_replaces_no_pod_where_the_strategy_leaves_that_to_others(string strategy)
    {
        var steady = Situation.Steady();
        var changed = steady with { Spec = Situation.Replicated(3, 0, $",\"updateStrategy\":\"{strategy}\"").Replace("1.57.2", "1.58.0", StringComparison.Ordinal) };
        var plan = changed.Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "Updated").Reason.ShouldBe("PendingUpdate");
    }

    [Fact]
    public void B10_Configurations_keep_naming_servers_until_their_pods_are_gone()
    {
        var shrinking = Situation.Steady() with { Spec = Situation.Replicated(2, 0) };
        var plan = shrinking.Plan();
        plan.Desired!.StatefulSet.Spec!.Replicas.ShouldBe(2);
        plan.Desired.ConfigMap.Data!.Keys.ShouldContain("db-2.yaml");
    }

    [Fact]
    public void B10_While_replication_ends_configurations_name_every_server_until_ordinal_0_is_the_primary()
    {
        const string Alone = """{"engineVersion":"1.57.2","image":"dolthub/dolt","storage":{"size":"1Gi"},"replicas":1}""";
        var ending = Primary(Situation.Steady(), 2) with { Spec = Alone };
        ending.Plan().Desired!.ConfigMap.Data!.ShouldSatisfyAllConditions(
            files => files.Select(file => file.Key).ShouldBe(["db-0.yaml", "db-1.yaml", "db-2.yaml"], ignoreOrder: true),
            files => files.ShouldAllBe(file => file.Value.Contains("standby_remotes", StringComparison.Ordinal)));
        var handedOver = Primary(ending with { Spec = Situation.Replicated(3, 0) }, 0, epoch: 3) with { Spec = Alone };
        handedOver.Plan().Desired!.ConfigMap.Data!["db-0.yaml"].ShouldNotContain("standby_remotes");
    }

    [Fact]
    public void B11_B12_Pods_start_in_parallel_and_find_each_other_before_they_are_ready()
    {
        var desired = Situation.Steady().Plan().Desired!;
        desired.StatefulSet.Spec!.PodManagementPolicy.ShouldBe("Parallel");
        desired.Services.First(service => service.Metadata.Name == "db-internal").Spec!.PublishNotReadyAddresses.ShouldBe(true);
    }

    [Fact]
    public void B15_A_size_that_is_refused_keeps_no_switchover_waiting()
    {
        var asked = Situation.Steady() with { Spec = Situation.Replicated(3, 2).Replace("1Gi", "512Mi", StringComparison.Ordinal) };
        var plan = asked.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);
        Condition(plan, "SpecAccepted").Message.ShouldContain("volumes cannot shrink from 1Gi to 512Mi");
    }

    [Fact]
    public void B19_The_status_counts_servers_and_ready_ones_apart_and_names_its_generation()
    {
        var broken = Situation.Steady().With(2, member => member with { Pod = member.Pod! with { Status = member.Pod.Status! with { Conditions = [] } } });
        var status = broken.Plan().Status;
        (status.Replicas, status.ReadyReplicas).ShouldBe((3, 2));
        status.ObservedGeneration.ShouldBe(1);
        status.Conditions!.ShouldAllBe(condition => condition.ObservedGeneration == 1);
    }

    [Fact]
    public void C4_Servers_are_asked_again_without_any_event()
    {
        Situation.Steady().Plan().LookAgain.ShouldBe(TimeSpan.FromSeconds(1));
        Situation.Steady().Silent(0, TimeSpan.Zero).Plan().LookAgain.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(1));
        var alone = new Situation { Spec = """{"engineVersion":"1.57.2","storage":{"size":"1Gi"}}""" }.With(0, DoltRole.None, 0, null).Rendered();
        alone.Plan().LookAgain.ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void C11_What_goes_wrong_is_a_Warning()
    {
        var steady = Situation.Steady();
        var invalid = steady with { Spec = Situation.Replicated(1, 0), Status = steady.Status! with { ObservedGeneration = 0 } };
        invalid.Plan().Events.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            happened => happened.Type.ShouldBe(EventType.Warning), happened => happened.Reason.ShouldBe("InvalidSpec"), happened => happened.Message.ShouldContain("replication"));
    }

    [Fact]
    public void C3_Labels_and_annotations_of_the_DoltDB_are_not_copied_and_roll_nobody()
    {
        var steady = Situation.Steady();
        var tracked = steady with { Annotations = new() { ["kubectl.kubernetes.io/last-applied-configuration"] = "{}", ["argocd.argoproj.io/tracking-id"] = "x" } };
        var plan = tracked.Plan();
        plan.Step.ShouldBeNull();
        plan.Desired!.StatefulSet.Spec!.Template!.Metadata!.Annotations!.Keys.ShouldNotContain("argocd.argoproj.io/tracking-id");
    }

    [Fact]
    public void C6_C7_A_frozen_standby_is_noted_and_moves_nothing()
    {
        var plan = Situation.Steady().Silent(2, TimeSpan.FromMinutes(1)).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Members!.First(member => member.Ordinal == 2).Reachable.ShouldBe(false);
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(0);
    }

    [Theory]
    [InlineData("OnDelete")]
    [InlineData("RollingUpdate")]
    public void C16_A_primary_that_somebody_else_deletes_hands_over_whatever_the_strategy(string strategy)
    {
        var deleted = (Situation.Steady() with { Spec = Situation.Replicated(3, 0, $",\"updateStrategy\":\"{strategy}\"") })
            .With(0, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { DeletionTimestamp = Situation.Start } } });
        deleted.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.From.ShouldBe(0);
    }

    private static Situation KeepingVolumes(Situation situation) =>
        situation with { Spec = situation.Spec.Replace("\"size\":", "\"resizeInUseVolumes\":false,\"size\":", StringComparison.Ordinal) };
}
