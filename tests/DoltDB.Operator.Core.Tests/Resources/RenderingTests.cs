using System.Globalization;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Clusters;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.Resources;

public sealed class RenderingTests
{
    private static DesiredCluster Replicated(string more = "") => (new Situation { Spec = Situation.Replicated(3, 0, more) }).Plan().Desired!;

    private static DesiredCluster Standalone => (new Situation { Spec = """{"engineVersion":"1.57.2","image":"dolthub/dolt","replicas":1,"storage":{"size":"1Gi"}}""" }).Plan().Desired!;

    [Fact]
    public void Objects_have_the_names_that_existing_users_depend_on()
    {
        var desired = Replicated();
        desired.StatefulSet.Metadata.Name.ShouldBe("db");
        desired.StatefulSet.Spec!.ServiceName.ShouldBe("db-internal");
        desired.ConfigMap.Metadata.Name.ShouldBe("db-config");
        desired.Services.Select(service => service.Metadata.Name).Order(StringComparer.Ordinal).ShouldBe(["db-internal", "db-primary", "db-reader"]);
        desired.StatefulSet.Spec.VolumeClaimTemplates!.Single().Metadata.Name.ShouldBe("dolt-data");
        desired.PodDisruptionBudget!.Metadata.Name.ShouldBe("db-pdb");
    }

    [Fact]
    public void A_standalone_DoltDB_has_a_Service_of_its_own_name_and_no_cluster_section()
    {
        Standalone.Services.ShouldContain(service => service.Metadata.Name == "db");
        Standalone.ConfigMap.Data!["db-0.yaml"].ShouldNotContain("cluster:");
    }

    [Fact]
    public void Every_server_knows_all_the_others()
    {
        var config = Replicated().ConfigMap.Data!;
        config.Keys.Order(StringComparer.Ordinal).ShouldBe(["db-0.yaml", "db-1.yaml", "db-2.yaml"]);
        config["db-1.yaml"].ShouldContain("http://db-0.db-internal.ns:50051/{database}");
        config["db-1.yaml"].ShouldContain("http://db-2.db-internal.ns:50051/{database}");
        config["db-1.yaml"].ShouldNotContain("http://db-1.");
    }

    [Fact]
    public void No_password_is_in_an_argument_a_probe_or_the_configuration()
    {
        var desired = Replicated();
        var pod = desired.StatefulSet.Spec!.Template!.Spec!;
        foreach (var container in pod.Containers!.Concat(pod.InitContainers!))
        {
            string.Join(' ', (container.Command ?? []).Concat(container.Args ?? [])).ShouldNotContain("--password");
            foreach (var variable in container.Env!.Where(variable => variable.Name!.Contains("PASSWORD", StringComparison.Ordinal)))
                variable.ValueFrom!.SecretKeyRef.ShouldNotBeNull();
            foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe }.OfType<Probe>())
                string.Join(' ', probe.Exec?.Command ?? []).ShouldNotContain("dolt sql", Case.Insensitive, "a check that starts the program of Dolt every few seconds is not cheap");
        }

        string.Concat(desired.ConfigMap.Data!.Values).ShouldNotContain("password");
    }

    [Fact]
    public void A_server_must_speak_to_be_ready_and_has_a_minute_of_silence_to_live()
    {
        var container = Replicated(""","server":{"listener":{"port":3307}}""").StatefulSet.Spec!.Template!.Spec!.Containers!.Single();
        foreach (var probe in new[] { container.ReadinessProbe!, container.LivenessProbe! })
        {
            probe.Exec!.Command![^1].ShouldContain("/dev/tcp/127.0.0.1/3307 ");
            probe.Exec.Command[^1].ShouldContain(string.Create(CultureInfo.InvariantCulture, $"timeout {probe.TimeoutSeconds * 0.7:0.0} "));
        }

        (container.LivenessProbe!.PeriodSeconds * container.LivenessProbe.FailureThreshold).ShouldBe(60);
        var own = Replicated(""","probes":{"livenessProbe":{"httpGet":{"port":80}},"readinessProbe":{"periodSeconds":7}}""").StatefulSet.Spec!.Template!.Spec!.Containers!.Single();
        (own.LivenessProbe!.Exec, own.LivenessProbe.HttpGet).ShouldSatisfyAllConditions(pair => pair.Exec.ShouldBeNull(), pair => pair.HttpGet.ShouldNotBeNull());
        (own.ReadinessProbe!.PeriodSeconds, own.ReadinessProbe.Exec is null).ShouldBe((7, false));
    }

    [Theory]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("localhost", true)]
    public void A_server_has_started_when_its_port_is_open_to_whoever_can_see_it(string host, bool isAskedInside)
    {
        var probe = Replicated(""","server":{"listener":{"host":"HOST","port":3307}}""".Replace("HOST", host, StringComparison.Ordinal)).StatefulSet.Spec!.Template!.Spec!.Containers!.Single().StartupProbe!;
        (probe.Exec is not null, probe.TcpSocket?.Port.Number).ShouldBe((isAskedInside, isAskedInside ? null : 3307));
    }

    [Fact]
    public void A_probe_of_the_user_without_a_timeout_has_more_than_the_one_second_of_the_kubelet()
    {
        var spec = ""","probes":{"livenessProbe":{"periodSeconds":40},"readinessProbe":{"periodSeconds":40}}""";
        var container = Replicated(spec).StatefulSet.Spec!.Template!.Spec!.Containers!.Single();
        (container.LivenessProbe!.TimeoutSeconds, container.ReadinessProbe!.TimeoutSeconds).ShouldBe((5, 3));
        container.LivenessProbe.Exec!.Command![^1].ShouldContain("timeout 3.5 ");

        var own = Replicated(spec.Replace("40", "40,\"timeoutSeconds\":2", StringComparison.Ordinal)).StatefulSet.Spec!.Template!.Spec!.Containers!.Single();
        (own.LivenessProbe!.TimeoutSeconds, own.ReadinessProbe!.TimeoutSeconds).ShouldBe((2, 2));
    }

    [Fact]
    public void A_variable_that_is_given_twice_is_there_once_and_those_that_the_operator_needs_are_its_own()
    {
        const string More = ""","env":[{"name":"METRICS_DISABLED","value":"false"},{"name":"A","value":"1"},{"name":"DOLT_PASSWORD","value":"x"},{"name":"A","value":"2"},{"name":"COMMIT_AUTHOR_NAME","value":"me"}],"imagePullSecrets":[{"name":"p"},{"name":"p"}]""";
        var situation = new Situation { Spec = Situation.Replicated(3, 0, More) };
        ClusterSpecRules.Check(situation.Cluster).ShouldBeEmpty();
        var pod = situation.Plan().Desired!.StatefulSet.Spec!.Template!.Spec!;
        foreach (var container in pod.InitContainers!.Concat(pod.Containers!))
        {
            var variables = container.Env!.ToDictionary(variable => variable.Name!);
            (variables["A"].Value, variables["METRICS_DISABLED"].Value, variables["COMMIT_AUTHOR_NAME"].Value).ShouldBe(("2", "false", "me"));
            variables["DOLT_PASSWORD"].ValueFrom!.SecretKeyRef.ShouldNotBeNull();
        }

        pod.ImagePullSecrets!.Count.ShouldBe(1);
        string.Join(' ', ClusterSpecRules.Warnings(situation.Cluster.Spec!).Select(warning => warning.Message)).ShouldSatisfyAllConditions(
            text => text.ShouldContain("DOLT_PASSWORD has no effect"), text => text.ShouldContain("several entries for A"));
    }

    [Fact]
    public void The_write_Service_selects_the_primary_by_its_role()
    {
        Replicated().Services.Single(service => service.Metadata.Name == "db-primary").Spec!.Selector.ShouldNotBeNull().ShouldContainKeyAndValue("k8s.dolthub.com/cluster-role", "primary");
        Replicated().Services.Single(service => service.Metadata.Name == "db-reader").Spec!.Selector.ShouldNotBeNull().ShouldContainKeyAndValue("k8s.dolthub.com/cluster-role", "standby");
    }

    [Fact]
    public void The_network_policy_is_on_unless_it_is_switched_off()
    {
        Replicated().NetworkPolicy.ShouldNotBeNull();
        Replicated(""","networkPolicy":{"enabled":false}""").NetworkPolicy.ShouldBeNull();
    }

    [Fact]
    public void Hostile_texts_stay_texts_in_the_configuration()
    {
        const string metrics = ""","server":{"metrics":{"enabled":true,"labels":{"team":"a: [b\ncluster: evil ${HOME}"}}}""";
        var yaml = Replicated(metrics).ConfigMap.Data!["db-0.yaml"];
        yaml.ShouldNotContain("\ncluster: evil");
        yaml.ShouldContain("$${HOME}");
    }

    [Theory]
    [InlineData("1.45.1", false, false)]
    [InlineData("v1.56.9", false, false)]
    [InlineData("1.45.1", true, true)]
    [InlineData("1.57.2", false, true)]
    [InlineData("2.2.2-rc1", false, true)]
    [InlineData("latest", false, true)]
    public void An_old_server_is_given_no_key_that_it_does_not_start_with(string version, bool isAutoGcWanted, bool hasKey)
    {
        var wanted = isAutoGcWanted ? ""","server":{"behavior":{"autoGCBehavior":{"enabled":true}}}""" : "";
        var spec = Situation.Replicated(3, 0, wanted).Replace("1.57.2", version, StringComparison.Ordinal);
        (new Situation { Spec = spec }).Plan().Desired!.ConfigMap.Data!["db-0.yaml"].Contains("auto_gc_behavior", StringComparison.Ordinal).ShouldBe(hasKey);
    }

    [Fact]
    public void Equal_requests_give_equal_templates_and_a_changed_image_another()
    {
        Replicated().TemplateHash.ShouldBe(Replicated().TemplateHash);
        (new Situation { Spec = Situation.Replicated(3, 0).Replace("1.57.2", "1.58.0", StringComparison.Ordinal) }).Plan().Desired!.TemplateHash.ShouldNotBe(Replicated().TemplateHash);
    }
}
