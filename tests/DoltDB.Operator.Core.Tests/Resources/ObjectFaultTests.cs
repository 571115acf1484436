using System.Text.Json;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Clusters;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.Resources;

/// <summary>Faults of groups A, B and C of the Go operator that show in the objects it makes, by their number. Each shows the fault absent.</summary>
public sealed class ObjectFaultTests
{
    private const string Alone = """{"engineVersion":"1.57.2","image":"dolthub/dolt","storage":{"size":"1Gi"}}""";

    [Fact]
    public void A16_Servers_that_share_nothing_are_not_balanced_and_the_condition_says_so()
    {
        var plan = Standalone(Alone.Replace("\"storage\"", "\"replicas\":3,\"storage\"", StringComparison.Ordinal)).Plan();
        ClientService(plan.Desired!, "db").Selector.ShouldNotBeNull().ShouldContainKeyAndValue(ClusterLabels.PodName, "db-0");
        var accepted = plan.Status.Conditions!.First(condition => condition.Type == "SpecAccepted");
        (accepted.Status, accepted.Reason).ShouldBe(("True", "UnreplicatedServers"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","server":{}""")]
    [InlineData(""","server":{"listener":{},"cluster":{},"metrics":{"enabled":true},"mcpServer":{},"behavior":{}}""")]
    [InlineData(""","server":{"cluster":{"remotesAPI":{}}},"globalConfig":{},"probes":{},"failover":{}""")]
    public void B4_A_missing_parent_means_the_defaults_of_its_fields(string more)
    {
        var desired = Replicated(more);
        var config = desired.ConfigMap.Data!["db-0.yaml"];
        config.ShouldContain("port: 3306");
        config.ShouldContain("port: 50051");
        config.ShouldContain("max_connections: 1024");
        config.ShouldContain("host: 0.0.0.0\n");
        var ports = desired.Services.SelectMany(service => service.Spec!.Ports!).Select(port => port.Port)
            .Concat(desired.StatefulSet.Spec!.Template!.Spec!.Containers!.SelectMany(container => container.Ports!).Select(port => port.Number)).ToList();
        ports.ShouldNotContain(0);
        ports.Distinct().Order().ShouldBe(more.Contains("metrics", StringComparison.Ordinal) ? [3306, 7007, 11228, 50051] : [3306, 50051]);
    }

    [Fact]
    public void B3_While_a_port_changes_clients_reach_each_pod_on_the_port_that_it_listens_on()
    {
        const string Moved = ""","server":{"listener":{"port":3307},"cluster":{"remotesAPI":{"port":50052}},"metrics":{"enabled":true},"mcpServer":{}}""";
        var moving = Situation.Steady() with { Spec = Situation.Replicated(3, 0, Moved) };
        var desired = moving.Plan().Desired!;
        var named = Server(desired).Ports!.ToDictionary(port => port.Name!, port => port.Number);
        foreach (var port in desired.Services.SelectMany(service => service.Spec!.Ports!))
        {
            if (port.Name == ClusterLabels.RemotesApiPortName)
                port.TargetPort!.Value.Number.ShouldBe(port.Port, "pods of the Go operator do not name it");
            else
                named[port.TargetPort!.Value.Text!].ShouldBe(port.Port);
        }

        OpenPorts(desired).ShouldBe([50052, 50051, 3307, 3306], "pods that are not replaced yet listen there");
        OpenPorts(moving.Rendered().Plan().Desired!).ShouldBe([50052, 3307]);

        static IEnumerable<int?> OpenPorts(DesiredCluster desired) => desired.NetworkPolicy!.Spec!.Ingress!.Take(2).SelectMany(rule => rule.Ports!).Select(port => port.Port!.Value.Number);
    }

    [Theory]
    [InlineData("""{"storage":{"size":"1Gi","retentionPolicy":{"whenScaled":"Delete"}}}""", "Retain", "Delete")]
    [InlineData("""{"storage":{"size":"1Gi","retentionPolicy":{"whenDeleted":"Delete"}}}""", "Delete", "Retain")]
    public void B5_A_changed_retention_policy_reaches_the_set(string spec, string whenDeleted, string whenScaled)
    {
        var policy = Standalone(spec.Insert(1, "\"engineVersion\":\"1.57.2\",")).Plan().Desired!.StatefulSet.Spec!.PersistentVolumeClaimRetentionPolicy!;
        (policy.WhenDeleted, policy.WhenScaled).ShouldBe((whenDeleted, whenScaled));
    }

    [Fact]
    public void B5_A_changed_class_is_refused_in_a_condition_and_the_set_keeps_its_own()
    {
        var steady = Situation.Steady();
        var plan = (steady with { Spec = steady.Spec.Replace("\"size\"", "\"storageClassName\":\"fast\",\"size\"", StringComparison.Ordinal) }).Plan();
        plan.Step.ShouldBeNull();
        plan.Desired!.StatefulSet.Spec!.VolumeClaimTemplates![0].Spec!.StorageClassName.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "SpecAccepted").Message.ShouldNotBeNull().ShouldContain("spec.storage.storageClassName");
    }

    [Fact]
    public void B13_Services_need_no_pods()
    {
        var desired = Replicated();
        desired.Services.Select(service => service.Metadata.Name).ShouldBe(["db-internal", "db-primary", "db-reader"]);
    }

    [Fact]
    public void B15_Without_replicas_there_is_one_server() => Standalone(Alone).Plan().Desired!.StatefulSet.Spec!.Replicas.ShouldBe(1);

    [Theory]
    [InlineData("0")]
    [InlineData("-1Gi")]
    public void B15_A_size_that_is_none_is_refused_and_never_becomes_another(string size)
    {
        var plan = Standalone(Alone.Replace("1Gi", size, StringComparison.Ordinal)).Plan();
        plan.Desired.ShouldBeNull();
        plan.Status.Conditions!.First(condition => condition.Type == "SpecAccepted").Message.ShouldNotBeNull().ShouldContain("spec.storage.size");
    }

    [Fact]
    public void B16_Fields_that_the_Go_operator_ignores_work()
    {
        var desired = Replicated(
            ""","podDisruptionBudget":{"minAvailable":2},"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule"}],"probes":{"readinessProbe":{"exec":{"command":["true"]},"periodSeconds":7}}""");
        desired.PodDisruptionBudget!.Spec!.MinAvailable.ShouldNotBeNull().ToString().ShouldBe("2");
        desired.PodDisruptionBudget.Spec.MaxUnavailable.ShouldBeNull();
        JsonSerializer.Serialize(desired.StatefulSet, KubernetesJson.Default.StatefulSet).ShouldContain("\"topologyKey\":\"zone\"");
        var probe = Server(desired).ReadinessProbe!;
        probe.Exec.ShouldNotBeNull().Command.ShouldBe(["true"]);
        (probe.TcpSocket, probe.PeriodSeconds).ShouldBe((null, 7));
    }

    [Theory]
    [InlineData(""","maxConnections":500""", "spec.maxConnections")]
    [InlineData(""","replicationStrategy":"Remote" """, "spec.replicationStrategy")]
    [InlineData(""","autoMinorVersionUpgrade":true""", "spec.autoMinorVersionUpgrade")]
    public void B16_A_field_without_effect_is_named_in_a_condition(string more, string field)
    {
        var accepted = (Situation.Steady() with { Spec = Situation.Replicated(3, 0, more) }).Plan().Status.Conditions!.First(condition => condition.Type == "SpecAccepted");
        (accepted.Status, accepted.Reason).ShouldBe(("True", "WithoutEffect"));
        accepted.Message.ShouldNotBeNull().ShouldContain(field);
    }

    [Fact]
    public void B16_What_the_schema_fills_in_is_not_warned_of() =>
        (Situation.Steady() with { Spec = Situation.Replicated(3, 0, ""","maxConnections":128,"replicationStrategy":"DirectStandby","autoMinorVersionUpgrade":false""") })
            .Plan().Status.Conditions!.First(condition => condition.Type == "SpecAccepted").Reason.ShouldBe("Accepted");

    [Fact]
    public void C1_Pods_of_others_with_the_common_label_are_neither_routed_nor_restricted_nor_counted()
    {
        var foreign = new Dictionary<string, string> { [ClusterLabels.Name] = "db", [ClusterLabels.ManagedBy] = "Helm" };
        var replicated = Replicated();
        foreach (var service in replicated.Services.Concat(Standalone(Alone).Plan().Desired!.Services).Where(service => service.Spec!.ClusterIP != "None"))
            Selects(service.Spec!.Selector!, foreign).ShouldBeFalse(service.Metadata.Name);
        Selects(replicated.NetworkPolicy!.Spec!.PodSelector!.MatchLabels!, foreign).ShouldBeFalse("a policy would cut them off");
        Selects(replicated.PodDisruptionBudget!.Spec!.Selector!.MatchLabels!, foreign).ShouldBeFalse("one that is not ready would forbid every eviction");
        Selects(replicated.PodDisruptionBudget.Spec.Selector.MatchLabels!, replicated.StatefulSet.Spec!.Template!.Metadata!.Labels!).ShouldBeTrue();
    }

    [Fact]
    public void C1_Pods_of_the_Go_operator_are_protected_until_they_are_replaced()
    {
        var found = Situation.Steady().With(1, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { Labels = new() { [ClusterLabels.Name] = "db" } } } });
        var pod = found.Members[1].Pod!.Metadata.Labels!;
        Selects(found.Plan().Desired!.PodDisruptionBudget!.Spec!.Selector!.MatchLabels!, pod).ShouldBeTrue();
        Replicas(found.Plan().Desired!).ShouldAllBe(selector => Selects(selector, pod), "it replicates with the others");
    }

    [Fact]
    public void C1_Once_every_pod_is_ours_nobody_else_reaches_the_replication_port()
    {
        var desired = (Situation.Steady() with { Spec = Situation.Replicated(3, 0, ""","networkPolicy":{"from":[]}""") }).Plan().Desired!;
        var foreign = new Dictionary<string, string> { [ClusterLabels.Name] = "db", [ClusterLabels.ManagedBy] = "Helm" };
        Replicas(desired).ShouldAllBe(selector => !Selects(selector, foreign));
        Replicas(desired).ShouldAllBe(selector => Selects(selector, desired.StatefulSet.Spec!.Template!.Metadata!.Labels!));
    }

    [Fact]
    public void C9_Probes_start_no_Dolt_and_a_long_recovery_is_left_alone()
    {
        var server = Server(Replicated());
        foreach (var probe in new[] { server.StartupProbe, server.ReadinessProbe, server.LivenessProbe })
        {
            string.Join(' ', probe.ShouldNotBeNull().Exec?.Command ?? []).ShouldNotContain("dolt sql", Case.Insensitive);
            probe.TimeoutSeconds.ShouldNotBeNull().ShouldBeGreaterThan(1);
        }

        (server.StartupProbe!.PeriodSeconds * server.StartupProbe.FailureThreshold).ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(1800, "seconds for recovery");
    }

    [Fact]
    public void C12_Defaults_fit_a_small_node_and_log_no_statements()
    {
        var desired = Replicated();
        var resources = Server(desired).Resources.ShouldNotBeNull();
        resources.GetProperty("requests").GetProperty("cpu").GetString().ShouldBe("500m");
        desired.ConfigMap.Data!["db-0.yaml"].ShouldContain("log_level: info\n");
    }

    private static DesiredCluster Replicated(string more = "") => new Situation { Spec = Situation.Replicated(3, 0, more) }.Plan().Desired!;

    private static Situation Standalone(string spec) => new() { Spec = spec };

    private static ServiceSpec ClientService(DesiredCluster desired, string name) => desired.Services.Single(service => service.Metadata.Name == name).Spec!;

    private static Container Server(DesiredCluster desired) => desired.StatefulSet.Spec!.Template!.Spec!.Containers!.Single();

    /// <summary>Who may reach the replication port, and the members among those who may reach the SQL port.</summary>
    private static List<Dictionary<string, string>> Replicas(DesiredCluster desired) =>
        [.. desired.NetworkPolicy!.Spec!.Ingress!.Take(2).Select(rule => rule.From?[0].PodSelector!.MatchLabels).OfType<Dictionary<string, string>>()];

    private static bool Selects(Dictionary<string, string> selector, Dictionary<string, string> labels) =>
        selector.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
