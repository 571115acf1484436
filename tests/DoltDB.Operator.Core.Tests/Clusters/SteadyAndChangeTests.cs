using System.Collections.Immutable;
using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

public sealed class SteadyAndChangeTests
{
    [Fact]
    public void A_steady_cluster_is_left_alone_and_its_status_does_not_move()
    {
        var steady = Situation.Steady();
        var later = (steady with { Now = steady.Now.AddMinutes(10) }).Plan();
        later.Step.ShouldBeNull();
        later.RoleLabels.ShouldBeEmpty();
        later.Events.ShouldBeEmpty();
        Text(later.Status).ShouldBe(Text(steady.Status!));
    }

    [Fact]
    public void A_requested_switchover_to_a_caught_up_standby_is_made()
    {
        var situation = Situation.Steady() with { Spec = Situation.Replicated(3, 2) };
        var handOver = situation.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>();
        (handOver.State.From, handOver.State.To, handOver.State.Epoch).ShouldBe((0, 2, 2));
    }

    [Theory]
    [InlineData("reads other data", false)]
    [InlineData("lacks it", true)]
    public void A_switchover_to_a_lagging_standby_is_refused(string how, bool lacks)
    {
        var situation = Situation.Steady() with { Spec = Situation.Replicated(3, 2) };
        situation = lacks ? situation.Holding(2) : situation.Holding(2, "shop=older");
        situation = situation with
        {
            Members = situation.Members.ToDictionary(m => m.Key, m => m.Value with { Probe = m.Value.Probe with { Content = m.Value.Probe.Content! with { Since = situation.Now.AddSeconds(-1) } } })
                .ToImmutable(),
        };
        var plan = situation.Plan();
        plan.Step.ShouldBeNull(how);
        plan.Status.Conditions!.First(c => c.Type == "PrimarySwitched").Status.ShouldBe("False");
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(0);
    }

    [Fact]
    public void B15_A_shrinking_volume_is_refused_and_everything_else_stays()
    {
        var steady = Situation.Steady();
        var plan = (steady with { Spec = steady.Spec.Replace("1Gi", "500Mi") }).Plan();
        plan.Step.ShouldBeNull();
        plan.Desired!.StatefulSet.Spec!.VolumeClaimTemplates![0].Spec!.Resources!.Requests!["storage"].ToString().ShouldBe("1Gi");
        plan.Status.Conditions!.First(c => c.Type == "SpecAccepted").Message!.ShouldContain("spec.storage.size: volumes cannot shrink from 1Gi to 500Mi");
    }

    [Fact]
    public void A_growing_volume_grows_its_claims()
    {
        var steady = Situation.Steady();
        var grow = (steady with { Spec = steady.Spec.Replace("1Gi", "5Gi") }).Plan().Step.ShouldBeOfType<ClusterStep.GrowClaims>();
        grow.Claims.ShouldBe(["dolt-data-db-0", "dolt-data-db-1", "dolt-data-db-2"]);
        grow.Size.ToString().ShouldBe("5Gi");
    }

    [Fact]
    public void A_class_that_cannot_expand_is_said_and_nothing_is_tried()
    {
        var steady = Situation.Steady();
        var plan = (steady with { Spec = steady.Spec.Replace("1Gi", "5Gi"), CanExpandVolumes = false }).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(c => c.Type == "StorageResized").Status.ShouldBe("False");
    }

    [Fact]
    public void An_update_replaces_standbys_from_the_highest_ordinal_and_the_primary_last()
    {
        var steady = Situation.Steady();
        var updated = steady with { Spec = steady.Spec.Replace("1.57.2", "1.58.0") };
        updated.Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(2);

        updated = Renewed(Renewed(updated, 2), 1);
        var handOver = updated.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>();
        handOver.State.Reason.ShouldBe("RollingUpdate");
        handOver.State.From.ShouldBe(0);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(5, false)]
    public void A_standby_that_answers_and_is_not_ready_for_long_is_replaced_first_when_the_spec_changes(int seconds, bool isReplaced)
    {
        var steady = Situation.Steady();
        var unready = new PodCondition { Type = "Ready", Status = "False", LastTransitionTime = steady.Now.AddSeconds(-seconds) };
        var stuck = steady.With(1, member => member with { Pod = member.Pod! with { Status = member.Pod.Status! with { Conditions = [unready] } } });
        var plan = (stuck with { Spec = steady.Spec.Replace("1.57.2", "1.58.0") }).Plan();
        (plan.Step as ClusterStep.RemovePod)?.Ordinal.ShouldBe(1);
        (plan.Step is ClusterStep.RemovePod).ShouldBe(isReplaced);
    }

    [Fact]
    public void A_server_that_joins_holds_nothing_until_the_primary_is_updated_and_does_not_stop_the_update()
    {
        var grown = Situation.Steady(2) with { Spec = Situation.Replicated(3, 0) };
        grown = Renewed(grown.With(2, DoltRole.Standby, 0, null).Holding(2), 2);
        grown.Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(1);
        Renewed(grown, 1).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(1);
    }

    [Fact]
    public void A_primary_that_does_not_know_a_member_began_with_an_older_configuration_and_is_replaced_after_a_hand_over()
    {
        var steady = Situation.Steady();
        Knowing(steady, "db-1", "db-2").Plan().Step.ShouldBeNull();
        Knowing(steady, "db-1").Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(1);

        static Situation Knowing(Situation situation, params string[] remotes) => situation.With(0, member => member with
        {
            Probe = member.Probe with { Replication = remotes.ToImmutableDictionary(name => name, _ => new ReplicationLag(TimeSpan.Zero, null, ["shop"])) },
        });
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 2)]
    public void While_the_StatefulSet_is_made_anew_one_server_alone_is_no_cluster_unless_another_holds_the_data(int primary, int? servers)
    {
        var steady = Situation.Steady(2);
        var left = steady with { Set = null, Spec = """{"engineVersion":"1.57.2","image":"dolthub/dolt","storage":{"size":"1Gi"},"replicas":1}""", Members = steady.Members.Remove(1) };
        left = left.Silent(0, TimeSpan.FromSeconds(20)) with { Status = steady.Status! with { CurrentPrimaryPodIndex = primary } };
        var desired = left.Plan().Desired!;
        desired.StatefulSet.Spec!.Replicas.ShouldBe(servers ?? 1);
        desired.ConfigMap.Data!["db-0.yaml"].Contains("cluster:", StringComparison.Ordinal).ShouldBe(servers is not null);
    }

    [Fact]
    public void No_pod_is_replaced_before_the_StatefulSet_has_the_wanted_template()
    {
        var changed = Situation.Steady() with { IsSetBehind = true, Spec = Situation.Replicated(3, 0).Replace("1.57.2", "1.58.0", StringComparison.Ordinal) };
        changed.Plan().Step.ShouldBeNull("a pod that is made now would be of the old template again");
        (changed with { IsSetBehind = false }).Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>();
    }

    [Fact]
    public void An_update_waits_for_a_standby_that_is_not_ready()
    {
        var steady = Situation.Steady();
        var updated = Renewed(steady with { Spec = steady.Spec.Replace("1.57.2", "1.58.0") }, 2).Silent(2, TimeSpan.FromSeconds(3));
        updated.Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void An_invalid_spec_changes_nothing_and_names_the_field()
    {
        var steady = Situation.Steady();
        var plan = (steady with { Spec = Situation.Replicated(1, 0) }).Plan();
        plan.Desired.ShouldBeNull();
        plan.Step.ShouldBeNull();
        plan.Status.Phase.ShouldBe("Invalid");
        plan.Status.Conditions!.First(c => c.Type == "SpecAccepted").Message!.ShouldContain("spec.replication.enabled");
        plan.Status.CurrentPrimaryPodIndex.ShouldBe(0);
    }

    [Fact]
    public void A_failover_goes_before_everything_else()
    {
        var steady = Situation.Steady();
        var everything = (steady with { Spec = Situation.Replicated(3, 2).Replace("1Gi", "5Gi").Replace("1.57.2", "1.58.0") }).Silent(0, TimeSpan.FromMinutes(1));
        everything.Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
    }

    [Fact]
    public void A_standby_that_stays_different_while_nothing_moves_is_healed()
    {
        var steady = Situation.Steady(2);
        var lacking = steady.Holding(1, "shop=empty");
        lacking = lacking with { Members = lacking.Members.ToDictionary(m => m.Key, m => m.Value with { Probe = m.Value.Probe with { Content = m.Value.Probe.Content! with { Since = lacking.Now.AddSeconds(-5) } } }).ToImmutable() };
        var heal = lacking.Plan().Step.ShouldBeOfType<ClusterStep.Heal>();
        (heal.Primary, heal.Standby).ShouldBe((0, 1));
        heal.Databases.ShouldBe(["shop"]);
    }

    [Fact]
    public void A_primary_that_restarts_to_leave_replication_is_not_replaced_by_a_standby_that_goes_away()
    {
        var steady = Situation.Steady(2);
        var leaving = (steady with { Spec = steady.Spec.Replace("\"enabled\":true", "\"enabled\":false").Replace("\"replicas\":2", "\"replicas\":1") })
            .With(0, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { DeletionTimestamp = steady.Now } } });
        leaving.Plan().Step.ShouldNotBeOfType<ClusterStep.HandOver>("what is written to the only server that stays would be lost");
    }

    [Fact]
    public void Replication_that_is_to_end_under_a_pause_is_not_looked_at_ten_times_a_second()
    {
        var steady = Situation.Steady(2);
        var ending = steady with { IsSetBehind = true, Spec = steady.Spec.Replace("\"enabled\":true", "\"enabled\":false").Replace("\"replicas\":2", "\"replicas\":1,\"paused\":true") };
        ending.Plan().LookAgain!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (ending with { Status = ending.Plan().Status }).Plan().LookAgain!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Missing_credentials_are_named()
    {
        var plan = (Situation.Fresh(2) with { Credentials = new CredentialsState(false, "Secret db-credentials has no key admin-password") }).Plan();
        plan.Status.Conditions!.First(c => c.Type == "Ready").Message!.ShouldContain("admin-password");
    }

    [Theory]
    [InlineData(9, "Updating")]
    [InlineData(11, "UpgradeStalled")]
    public void An_update_stalls_by_how_long_it_waits_and_not_by_how_old_pods_are(int minutes, string reason)
    {
        var steady = Situation.Steady();
        foreach (var ordinal in steady.Members.Keys)
            steady = steady.With(ordinal, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { CreationTimestamp = steady.Now.AddDays(-1) } } });
        var rolling = steady with { Spec = steady.Spec.Replace("1.57.2", "1.58.0", StringComparison.Ordinal) };
        var since = rolling.Now.AddMinutes(-minutes);
        var ending = rolling.With(2, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { DeletionTimestamp = since } } });
        var unready = Renewed(rolling, 2).With(2, member => member with
        {
            Pod = member.Pod! with { Status = member.Pod.Status! with { Conditions = [new PodCondition { Type = "Ready", Status = "False", LastTransitionTime = since }] } },
        });
        foreach (var waiting in (Situation[])[ending, unready, Renewed(rolling, 2).Silent(2, TimeSpan.FromMinutes(minutes))])
            waiting.Plan().Status.Conditions!.First(condition => condition.Type == "Updated").Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData(0, "Updating")]
    [InlineData(9, "Updating")]
    [InlineData(11, "UpgradeStalled")]
    public void A_standby_that_was_ready_for_days_and_lacks_a_new_database_stalls_no_update_that_has_just_begun(int minutes, string reason)
    {
        var steady = Situation.Steady();
        var rolling = Outdated(steady) with
        {
            Status = steady.Status! with
            {
                Databases = ["new", "shop"],
                Conditions = minutes == 0 ? steady.Status.Conditions : steady.Status.Conditions.With(new() { Type = "Updated", Status = "False", Reason = "Updating", Message = "Updating" }, steady.Now.AddMinutes(-minutes)),
            },
        };
        foreach (var ordinal in rolling.Members.Keys)
        {
            rolling = rolling.With(ordinal, member => member with
            {
                Pod = member.Pod! with { Status = member.Pod.Status! with { Conditions = [new PodCondition { Type = "Ready", Status = "True", LastTransitionTime = rolling.Now.AddDays(-3) }] } },
            });
        }

        var plan = rolling.Holding(0, "new", "shop").Plan();
        plan.Step.ShouldBeNull();
        var updated = Condition(plan, "Updated");
        updated.Reason.ShouldBe(reason);
        updated.Message.ShouldNotBeNull().ShouldContain("does not hold every database of the primary yet");
    }

    private static string Text(DoltDbStatus status) => JsonSerializer.Serialize(status, ApiJson.Default.DoltDbStatus);
}

internal static class DictionaryExtensions
{
    public static System.Collections.Immutable.ImmutableSortedDictionary<int, Member> ToImmutable(this Dictionary<int, Member> members) =>
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(members);
}
