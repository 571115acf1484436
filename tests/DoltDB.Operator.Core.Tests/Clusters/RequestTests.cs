using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>What users ask for beside the spec: a switchover, a restart, a pause, waiting writes.</summary>
public sealed class RequestTests
{
    [Theory]
    [InlineData("2")]
    [InlineData("db-2")]
    [InlineData("db-2@2026-05-04T03:00:00Z")]
    public void The_annotation_asks_for_a_primary_by_ordinal_or_pod(string value)
    {
        var asked = Situation.Steady() with { Annotations = Asking(value) };
        asked.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);
    }

    [Fact]
    public void A_request_by_annotation_is_followed_once()
    {
        var asked = Situation.Steady() with { Annotations = Asking("db-2@1") };
        var done = Primary(asked, 2);
        done.Status!.HandledSwitchoverTo.ShouldBe("db-2@1");
        var failedOver = Primary(done, 1, epoch: 3);
        failedOver.Plan().Step.ShouldBeNull("the request was followed already");
        (failedOver with { Annotations = Asking("db-2@2") }).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(2);
    }

    [Fact]
    public void After_a_failover_podIndex_follows_the_primary_so_that_its_old_value_can_be_asked_for_again()
    {
        var failedOver = Primary(Situation.Steady(), 1, epoch: 2);
        failedOver.Plan().PodIndex.ShouldBe(1);
        var followed = failedOver with { Spec = Situation.Replicated(3, 1) };
        followed = followed with { Status = followed.Plan().Status };
        followed.Plan().PodIndex.ShouldBeNull();
        followed.Plan().Step.ShouldBeNull();
        (followed with { Spec = Situation.Replicated(3, 0) }).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(0);
    }

    [Theory]
    [InlineData("kubectl.kubernetes.io/last-applied-configuration", """{"spec":{"replication":{"primary":{"podIndex":0}}}}""")]
    [InlineData("argocd.argoproj.io/tracking-id", "shop:k8s.dolthub.com/DoltDB:ns/db")]
    public void The_podIndex_of_a_manifest_is_left_to_the_manifest(string annotation, string value) =>
        (Primary(Situation.Steady(), 1, epoch: 2) with { Annotations = new() { [annotation] = value } }).Plan().PodIndex.ShouldBeNull();

    [Theory]
    [InlineData("Apply", "podIndex", true)]
    [InlineData("Apply", "automaticFailover", false)]
    [InlineData("Update", "podIndex", false)]
    public void C2_A_podIndex_that_somebody_applies_is_his(string operation, string field, bool isApplied)
    {
        var entries = JsonSerializer.SerializeToElement(JsonNode.Parse($$$"""
            [{"manager":"somebody","operation":"Apply","fieldsV1":{"f:metadata":{"f:labels":{} },"f:spec":{"f:replicas":{} } } },
             {"manager":"kubectl","operation":"{{{operation}}}","fieldsV1":{"f:spec":{"f:replication":{".":{},"f:primary":{".":{},"f:{{{field}}}":{} } } } } }]
            """));
        PodIndexRules.IsApplied(entries).ShouldBe(isApplied);
    }

    [Fact]
    public void C2_A_podIndex_that_is_left_alone_is_not_written()
    {
        var failedOver = Primary(Situation.Steady(), 1, epoch: 2);
        failedOver.Plan().PodIndex.ShouldBe(1);
        ClusterPlanner.Plan(failedOver.Facts with { IsPodIndexLeftAlone = true }, ClusterResources.Render).PodIndex.ShouldBeNull();
    }

    [Fact]
    public void A_podIndex_that_was_asked_for_and_cannot_be_followed_yet_stays()
    {
        var asked = (Situation.Steady() with { Spec = Situation.Replicated(3, 2) }).Silent(2, TimeSpan.FromMinutes(1)).Plan();
        asked.Step.ShouldBeNull();
        asked.PodIndex.ShouldBeNull();
    }

    [Fact]
    public void While_the_spec_is_refused_the_write_Service_follows_the_primary_all_the_same()
    {
        var plan = (Primary(Situation.Steady(), 1, epoch: 2) with { Spec = Situation.Replicated(3, 0, ",\"server\":{\"logLevel\":\"verbose\"}") }).Plan();
        plan.Desired.ShouldBeNull();
        plan.Routed.ShouldBe(1);
    }

    [Theory]
    [InlineData("db-7")]
    [InlineData("7")]
    [InlineData("nonsense")]
    public void A_request_for_a_member_that_does_not_exist_is_refused(string value)
    {
        var plan = (Situation.Steady() with { Annotations = Asking(value) }).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "PrimarySwitched").Message!.ShouldContain("there is no such member");
    }

    [Fact]
    public void A_switchover_that_would_wait_for_a_dead_standby_is_refused_and_says_which()
    {
        var plan = (Situation.Steady() with { Spec = Situation.Replicated(3, 1) }).Silent(2, TimeSpan.FromMinutes(1)).Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "PrimarySwitched").Message!.ShouldContain("db-2 is not in replication");
    }

    [Fact]
    public void After_a_failed_hand_over_the_primary_is_left_in_peace_for_a_while_and_the_condition_says_why()
    {
        var asked = (Situation.Steady() with { Spec = Situation.Replicated(3, 2) }).Facts;
        var step = ClusterPlanner.Plan(asked, ClusterResources.Render).Step.ShouldBeOfType<ClusterStep.HandOver>();
        var memory = new ClusterMemory();
        memory.Remember(asked, step, new StepResult(true, null) { HandOverFailure = "the primary could not be drained" });
        memory.Complete(asked with { Now = asked.Now.AddSeconds(29) }).HandOverFailure.ShouldBe("the primary could not be drained");
        memory.Complete(asked with { Now = asked.Now.AddSeconds(30) }).HandOverFailure.ShouldBeNull();
        memory.Remember(asked with { Now = asked.Now.AddSeconds(30) }, step, new StepResult(true, null) { HandOverFailure = "again" });
        memory.Complete(asked with { Now = asked.Now.AddSeconds(89) }).HandOverFailure.ShouldBe("again", "each failure doubles the pause");
        memory.Remember(asked, step, new StepResult(true, null));
        memory.Complete(asked).HandOverFailure.ShouldBeNull("it succeeded");

        var facts = (Situation.Steady() with { Spec = Situation.Replicated(3, 2) }).Facts with { HandOverFailure = "the primary could not be drained" };
        var plan = ClusterPlanner.Plan(facts, ClusterResources.Render);
        plan.Step.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "PrimarySwitched").Message!.ShouldContain("the last attempt failed: the primary could not be drained");
    }

    [Fact]
    public void The_pod_of_the_primary_that_is_deleted_hands_over_whatever_the_other_standby_does()
    {
        var leaving = Situation.Steady().Silent(2, TimeSpan.FromMinutes(1)).With(0, member => member with { IsRemoved = true });
        leaving.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(1);
    }

    [Fact]
    public void A_restart_replaces_every_pod_and_the_primary_last()
    {
        var restarted = Situation.Steady() with { Annotations = new() { [ClusterLabels.RestartedAtAnnotation] = "2026-05-04T03:00:00Z" } };
        restarted.Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>().Ordinal.ShouldBe(2);
        Renewed(Renewed(restarted, 2), 1).Plan().Step.ShouldBeOfType<ClusterStep.HandOver>();
    }

    [Fact]
    public void A_paused_cluster_is_observed_and_not_touched()
    {
        var paused = Situation.Steady() with { Spec = Situation.Replicated(3, 2, ",\"paused\":true") };
        var plan = paused.Silent(0, TimeSpan.FromMinutes(1)).Plan();
        plan.Step.ShouldBeNull();
        plan.Desired.ShouldBeNull();
        plan.RoleLabels.ShouldBeEmpty();
        plan.Status.Phase.ShouldBe("Paused");
        plan.Status.Conditions!.First(condition => condition.Type == "Paused").Status.ShouldBe("True");
        plan.Status.Members!.First(member => member.Ordinal == 0).Reachable.ShouldBe(false);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(300, true)]
    public void A_switchover_waits_for_a_standby_that_is_catching_up_but_not_for_ever(int lagSeconds, bool begins)
    {
        var behind = Situation.Steady().With(2, member => member with { ReportedLag = TimeSpan.FromSeconds(lagSeconds) }) with { Spec = Situation.Replicated(3, 1) };
        (behind.Plan().Step is ClusterStep.HandOver).ShouldBe(begins);
        if (!begins)
            behind.Plan().Status.Conditions!.Any(condition => condition.Message?.Contains("db-2 is catching up", StringComparison.Ordinal) == true).ShouldBeTrue();
    }

    [Fact]
    public void A_pause_in_the_middle_of_a_hand_over_lets_it_finish_and_nothing_else()
    {
        var asked = Situation.Steady() with { Spec = Situation.Replicated(3, 2) };
        var begun = asked with
        {
            Status = asked.Plan().Status,
            Spec = Situation.Replicated(3, 2, ",\"paused\":true"),
            Annotations = new() { [ClusterLabels.RestartedAtAnnotation] = "2026-05-04T03:00:00Z" },
        };
        var drained = begun.With(0, DoltRole.Standby, 2, Shop);
        drained.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>();
        drained.Plan().Desired.ShouldBeNull();

        var over = drained.With(2, DoltRole.Primary, 2, Shop).Plan();
        over.Step.ShouldBeNull("the restart waits until the pause is over");
        over.Desired.ShouldBeNull();
        over.Routed.ShouldBe(2);
        over.RoleLabels[2].ShouldBe(ClusterLabels.Primary);
        over.Status.HandOver.ShouldBeNull();

        // The Services of a single server come after the pause, and with them the end of the labels.
        var single = drained with { Spec = Situation.Replicated(1, 0, ",\"paused\":true").Replace("\"enabled\":true", "\"enabled\":false", StringComparison.Ordinal) };
        single.With(2, DoltRole.Primary, 2, Shop).Plan().RoleLabels[2].ShouldBe(ClusterLabels.Primary);
    }

    [Fact]
    public void Waiting_writes_are_set_while_servers_run_and_restart_nobody()
    {
        var steady = Situation.Steady();
        var waiting = steady with { Spec = steady.Spec.Replace("\"enabled\":true", "\"enabled\":true,\"ackWritesTimeoutSeconds\":3", StringComparison.Ordinal) };
        var plan = waiting.Having(0, 0, "info").Having(1, 3, "info").Plan();
        plan.Step.ShouldBeOfType<ClusterStep.SetVariables>().Changes.ShouldBe([new VariableChange(0, DoltVariable.AckWritesTimeout, "3")]);
        plan.Desired!.ConfigMap.Data!["db-0.yaml"].ShouldContain("dolt_cluster_ack_writes_timeout_secs: 3");
        plan.Status.Conditions!.First(condition => condition.Type == "Updated").Status.ShouldBe("True");
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    [InlineData(-1, false)]
    public void Writes_wait_no_longer_than_servers_can(int seconds, bool isPossible)
    {
        var plan = Waiting(Situation.Steady(), seconds).Plan();
        (plan.Desired is not null).ShouldBe(isPossible, "nothing is made with which a server cannot start");
        var message = plan.Status.Conditions!.First(condition => condition.Type == "SpecAccepted").Message!;
        message.Contains("spec.replication.ackWritesTimeoutSeconds", StringComparison.Ordinal).ShouldBe(!isPossible);
    }

    [Fact]
    public void A_server_that_cannot_start_with_the_value_of_before_is_replaced_and_a_running_one_is_not()
    {
        var before = Waiting(Situation.Steady(), 50);
        var made = before.Plan().Desired!.StatefulSet.Spec!.Template!.Metadata!.Annotations!;
        foreach (var ordinal in before.Members.Keys)
            before = before.With(ordinal, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { Annotations = new(made) } } });
        var loops = before.Silent(2, TimeSpan.FromMinutes(1)).With(2, member => member with { Pod = CrashLooping(member.Pod!) });
        loops.Plan().Step.ShouldBeNull("it has the wanted value: another pod would not start either");

        var removed = Waiting(loops, 5).Plan().Step.ShouldBeOfType<ClusterStep.RemovePod>();
        removed.Ordinal.ShouldBe(2);
        Waiting(before, 5).Plan().Step.ShouldBeNull();

        var refused = loops with { IsSetBehind = true, Set = loops.Set! with { Spec = loops.Set.Spec! with { Template = before.Plan().Desired!.StatefulSet.Spec!.Template } } };
        Waiting(refused, 5).Plan().Step.ShouldBeNull("a new pod would have the value of before too");
    }

    private static Situation Waiting(Situation situation, int seconds) =>
        situation with { Spec = Situation.Replicated(3, 0).Replace("\"enabled\":true", $"\"enabled\":true,\"ackWritesTimeoutSeconds\":{seconds}", StringComparison.Ordinal) };

    private static Pod CrashLooping(Pod pod) => pod with
    {
        Status = pod.Status! with
        {
            Conditions = [new PodCondition { Type = "Ready", Status = "False" }],
            ContainerStatuses = [new ContainerStatus { Name = "dolt", RestartCount = 4, State = new ContainerState { Waiting = new() { Reason = "CrashLoopBackOff" } } }],
        },
    };

    private static Dictionary<string, string> Asking(string value) => new() { [ClusterLabels.SwitchoverAnnotation] = value };
}
