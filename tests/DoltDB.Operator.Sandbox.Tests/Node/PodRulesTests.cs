using System.Net;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Node;

namespace DoltDB.Operator.Sandbox.Tests.Node;

public sealed class PodRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_probe_turns_only_after_enough_failures_in_a_row()
    {
        var probe = new Probe { FailureThreshold = 3 };
        var tracker = ProbeTracker.Start(verdict: true).After(false, probe).After(false, probe);
        tracker.Verdict.ShouldBeTrue();
        tracker.After(true, probe).After(false, probe).After(false, probe).Verdict.ShouldBeTrue();
        tracker.After(false, probe).Verdict.ShouldBeFalse();
    }

    [Fact]
    public void A_crashing_container_waits_longer_each_time_and_a_healthy_one_starts_over()
    {
        var backOff = RestartBackOff.Kubelet;
        backOff.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1), firstRestart: true).ShouldBe(TimeSpan.Zero);
        backOff.Next(TimeSpan.Zero, TimeSpan.FromSeconds(1), firstRestart: false).ShouldBe(TimeSpan.FromSeconds(10));
        backOff.Next(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), firstRestart: false).ShouldBe(TimeSpan.FromSeconds(20));
        backOff.Next(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(1), firstRestart: false).ShouldBe(TimeSpan.FromMinutes(5));
        backOff.Next(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(11), firstRestart: false).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_pod_is_Ready_when_all_its_containers_are()
    {
        var pod = new Pod { Metadata = new ObjectMeta { Name = "a" }, Spec = new PodSpec() };
        var running = new ContainerStatus { Name = "c", Ready = true, State = new ContainerState { Running = new ContainerStateRunning() } };

        var ready = PodStatuses.Of(pod, "127.64.0.1", [], [running], Now);
        var unready = PodStatuses.Of(pod with { Status = ready }, "127.64.0.1", [], [running with { Ready = false }], Now.AddMinutes(1));

        ready.Phase.ShouldBe("Running");
        ready.Conditions!.Single(c => c.Type == "Ready").Status.ShouldBe("True");
        unready.Conditions!.Single(c => c.Type == "Ready").Status.ShouldBe("False");
        unready.Conditions!.Single(c => c.Type == "Ready").LastTransitionTime.ShouldBe(Now.AddMinutes(1));
        unready.Conditions!.Single(c => c.Type == "Initialized").LastTransitionTime.ShouldBe(Now);
        PodStatuses.Same(ready, unready).ShouldBeFalse();
    }

    [Fact]
    public void A_pod_name_keeps_its_address_over_a_restart_of_the_sandbox()
    {
        var file = Path.GetTempFileName();
        var first = new PodAddresses(file, 64).Of(new NamespacedName("ns", "a-0"));
        var later = new PodAddresses(file, 64);
        later.Of(new NamespacedName("ns", "b-0")).ShouldNotBe(first);
        later.Of(new NamespacedName("ns", "a-0")).ShouldBe(first);
        File.Delete(file);
    }

    [Fact]
    public void A_server_configuration_is_fitted_to_the_pods_address()
    {
        const string config = """
            log_level: info
            listener:
              host: 0.0.0.0
              port: 3306
            cluster:
              standby_remotes:
              - name: a-1
                remote_url_template: http://a-1.a-internal.ns:50051/{database}
              remotesapi:
                port: 50051
            """;

        var rewritten = DoltConfigRewriter.Rewrite(
            config, IPAddress.Parse("127.64.0.1"), host => host == "a-1.a-internal.ns" ? IPAddress.Parse("127.64.0.2") : null);

        rewritten.ShouldContain("host: 127.64.0.1");
        rewritten.ShouldContain("address: 127.64.0.1");
        rewritten.ShouldContain("http://127.64.0.2:50051/{database}");
        rewritten.ShouldNotContain("0.0.0.0");
    }

    [Fact]
    public void A_Service_sends_connections_to_ready_endpoints_of_the_named_port_only()
    {
        EndpointSlice[] slices =
        [
            new()
            {
                Metadata = new ObjectMeta { Name = "s" },
                AddressType = "IPv4",
                Ports = [new EndpointPort { Name = "tcp-dolt", Port = 3306 }, new EndpointPort { Name = "other", Port = 1 }],
                Endpoints =
                [
                    new Endpoint { Addresses = ["127.64.0.1"], Conditions = new EndpointConditions { Ready = true } },
                    new Endpoint { Addresses = ["127.64.0.2"], Conditions = new EndpointConditions { Ready = false } },
                ],
            },
        ];

        ServiceProxy.ReadyEndpoints(slices, "tcp-dolt").ShouldBe([new IPEndPoint(IPAddress.Parse("127.64.0.1"), 3306)]);
    }
}
