using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.Endpoints;
using DoltDB.Operator.Sandbox.Node;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

public sealed class EndpointSliceTests : IAsyncLifetime
{
    private ControllerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ControllerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task A_service_finds_ready_pods_by_the_names_of_their_ports()
    {
        await bench.Client.CreateAsync(BuiltInKinds.Service, Sql("db"), Cancel);
        (await SliceAsync(slice => slice.Endpoints is null or [])).Metadata.Labels!["kubernetes.io/service-name"].ShouldBe("db");
        bench.Stuck.Add("db-1");
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, StatefulSetTests.Set("db", 2, "Parallel"), Cancel);

        var slice = await SliceAsync(slice => slice.Endpoints is { Count: 1 } && slice.Endpoints[0].Conditions!.Ready == true);
        var endpoint = ServiceProxy.ReadyEndpoints([slice], "sql").ShouldHaveSingleItem();
        endpoint.Port.ShouldBe(3306);
        endpoint.Address.ToString().ShouldBe((await bench.GetAsync(BuiltInKinds.Pod, "db-0"))!.Status!.PodIP);

        bench.Stuck.Add("db-0");
        await bench.DeleteAsync(BuiltInKinds.Pod, "db-0");
        var leaving = await SliceAsync(slice => slice.Endpoints is [{ Conditions.Terminating: true }]);
        (leaving.Endpoints![0].Conditions!.Ready, leaving.Endpoints[0].Conditions!.Serving).ShouldBe((false, true));
    }

    [Fact]
    public async Task A_pod_that_changes_its_label_changes_services()
    {
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, StatefulSetTests.Set("db", 1), Cancel);
        var service = Sql("db");
        await bench.Client.CreateAsync(
            BuiltInKinds.Service, service with { Spec = service.Spec! with { Selector = new() { ["app"] = "db", ["role"] = "primary" } } }, Cancel);
        await bench.UntilAsync(BuiltInKinds.Pod, "db-0", pod => pod.Status?.Phase == "Running");
        await bench.PatchAsync(BuiltInKinds.Pod, "db-0", """{"metadata":{"labels":{"role":"primary"}}}""");
        await SliceAsync(slice => slice.Endpoints is [{ Conditions.Ready: true }]);

        await bench.PatchAsync(BuiltInKinds.Pod, "db-0", """{"metadata":{"labels":{"role":"standby"}}}""");
        await SliceAsync(slice => slice.Endpoints is null or []);
    }

    [Fact]
    public void A_headless_service_that_publishes_everybody_says_all_are_ready()
    {
        var service = Sql("db-internal") with
        {
            Metadata = new ObjectMeta { Name = "db-internal", Namespace = "default", Uid = "s" },
            Spec = Sql("db-internal").Spec! with { ClusterIP = "None", PublishNotReadyAddresses = true },
        };
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = "db-0", Namespace = "default", Uid = "p" },
            Spec = new PodSpec { Hostname = "db-0", Subdomain = "db-internal" },
            Status = new PodStatus { Phase = "Running", PodIP = "127.10.0.1" },
        };

        var slice = EndpointSlices.Render(service, [pod]).ShouldHaveSingleItem();

        slice.Metadata.Labels!.ShouldContainKey("service.kubernetes.io/headless");
        var endpoint = slice.Endpoints.ShouldHaveSingleItem();
        (endpoint.Hostname, endpoint.Conditions!.Ready, endpoint.Conditions.Serving).ShouldBe(("db-0", true, false));
        slice.Ports.ShouldBeEmpty("no container has a port of that name");
    }

    private static Service Sql(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ServiceSpec { Selector = new() { ["app"] = "db" }, Ports = [new ServicePort { Name = "sql", Port = 13306, TargetPort = "sql" }] },
    };

    private async Task<EndpointSlice> SliceAsync(Func<EndpointSlice, bool> condition)
    {
        IReadOnlyList<EndpointSlice> last = [];
        await bench.UntilAsync(
            async () =>
            {
                last = await bench.ListAsync(BuiltInKinds.EndpointSlice);
                return last.Count == 1 && condition(last[0]);
            },
            () => string.Join('\n', last.Select(slice => System.Text.Json.JsonSerializer.Serialize(slice, BuiltInKinds.EndpointSlice.TypeInfo))));
        return last[0];
    }
}
