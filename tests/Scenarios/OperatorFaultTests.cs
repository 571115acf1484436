using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>Faults of groups A, B and C of the Go operator that need a whole cluster to show, by their number. Each shows the fault absent.</summary>
public sealed class OperatorFaultTests
{
    private const string NameLabel = "app.kubernetes.io/name";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A15_A_cluster_that_begins_with_a_snapshot_restores_it_into_one_volume()
    {
        await using var laptop = await Laptop.StartInsideAsync("has no CSI driver to restore with");
        await laptop.ApplyAsync(Manifests.Replicated("db", 2).Replace("size: 1Gi", "size: 1Gi\n    volumeSnapshot: yesterday", StringComparison.Ordinal));
        await laptop.AwaitReadyAsync("db");
        var first = (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-0"))!;
        first.Spec!.DataSource.ShouldNotBeNull().Name.ShouldBe("yesterday");
        (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-1"))!.Spec!.DataSource.ShouldBeNull();
        (await laptop.GetAsync(BuiltInKinds.StatefulSet, "db"))!.Spec!.VolumeClaimTemplates!.Single().Spec!.DataSource.ShouldBeNull();
        var shop = await Shop.OpenAsync(laptop, "db");
        await shop.AwaitRowsOfReaderAsync(1);
    }

    [Fact]
    public async Task B5_A_ServiceAccount_under_another_name_replaces_the_old_one_once_no_pod_uses_it()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        (await laptop.GetAsync(BuiltInKinds.ServiceAccount, "db")).ShouldNotBeNull();
        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: "serviceAccountName: shop-data"));
        await laptop.AwaitListAsync(BuiltInKinds.ServiceAccount, $"{NameLabel}=db", accounts => accounts.Count == 1 && accounts[0].Metadata.Name == "shop-data", "the new account alone");
        (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=db")).ShouldAllBe(pod => pod.Spec!.ServiceAccountName == "shop-data");
        await laptop.AwaitReadyAsync("db");
    }

    [Fact]
    public async Task A_child_that_the_server_fails_on_is_named_and_holds_up_nothing_else()
    {
        await using var laptop = await Laptop.StartInsideAsync("lets one kind of object fail");
        using var broken = laptop.Host.ApiServer.Faults.Fail(context => context.Kind is { Resource: "services", Verb: "patch" } && context.Name == "db-reader", 500);
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        var cluster = await laptop.AwaitAsync(
            "db", c => c.Status?.CurrentPrimary is not null && c.Status.ReadyReplicas == 2 && c.Status.Conditions!.Any(condition => condition is { Type: "SpecAccepted", Status: "False" }), "a primary and the refusal");
        cluster.Status!.Conditions!.Single(condition => condition.Type == "SpecAccepted").Message.ShouldNotBeNull().ShouldContain("Service db-reader");
        broken.Dispose();
        await laptop.AwaitReadyAsync("db");
    }

    [Fact]
    public async Task C3_Labels_and_annotations_of_a_DoltDB_are_on_its_children_without_a_restart()
    {
        await using var laptop = await Laptop.StartInsideAsync("takes a label away");
        await laptop.ApplyAsync(Reference.Dolt);
        await laptop.AwaitReadyAsync("dolt");
        await AwaitInheritedAsync(laptop, "k8s.dolthub.com/test", "test");
        var before = (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=dolt")).Select(pod => pod.Metadata.Uid).Order(StringComparer.Ordinal).ToList();

        var change = JsonNode.Parse("""
            {"metadata":{"labels":{"k8s.dolthub.com/test":null,"team":"shop","argocd.argoproj.io/instance":"app"},"annotations":{"k8s.dolthub.com/test":null,"team":"shop"}}}
            """)!.AsObject();
        await laptop.Host.ApiServer.Connect("user/1").MergePatchAsync(DoltKinds.DoltDb, new NamespacedName(laptop.Namespace, "dolt"), change, null, Token);
        await AwaitInheritedAsync(laptop, "team", "shop");
        var pods = await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=dolt");
        pods.Select(pod => pod.Metadata.Uid).Order(StringComparer.Ordinal).ShouldBe(before);
        pods.ShouldAllBe(pod => !pod.Metadata.Labels!.ContainsKey("k8s.dolthub.com/test") && !pod.Metadata.Labels.ContainsKey("argocd.argoproj.io/instance"));
    }

    private static async Task AwaitInheritedAsync(Laptop laptop, string key, string value)
    {
        await AwaitAsync(BuiltInKinds.StatefulSet, 1);
        await AwaitAsync(BuiltInKinds.Service, 4);
        await AwaitAsync(BuiltInKinds.ConfigMap, 1);
        await AwaitAsync(BuiltInKinds.ServiceAccount, 1);
        await AwaitAsync(BuiltInKinds.PodDisruptionBudget, 1);
        await AwaitAsync(BuiltInKinds.Pod, 2);
        await AwaitAsync(BuiltInKinds.PersistentVolumeClaim, 2);

        Task AwaitAsync<T>(ResourceKind<T> kind, int count)
            where T : KubernetesObject => laptop.AwaitListAsync(
                kind,
                $"{NameLabel}=dolt",
                children => children.Count == count && children.All(child => child.Metadata.Labels!.GetValueOrDefault(key) == value && child.Metadata.Annotations?.GetValueOrDefault(key) == value),
                $"{key} on each {kind.Kind}");
    }

    [Fact]
    public async Task B13_C8_Services_are_there_before_any_pod_and_no_Event_or_endpoint_is_watched()
    {
        await using var laptop = await Laptop.StartInsideAsync("counts requests");
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 2\nstorage: {size: 1Gi, storageClassName: missing}\nreplication: {enabled: true}"));
        foreach (var name in new[] { "db-internal", "db-primary", "db-reader" })
            await laptop.AwaitListAsync(BuiltInKinds.Service, $"{NameLabel}=db", services => services.Any(service => service.Metadata.Name == name), name);
        (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=db")).ShouldAllBe(pod => pod.Status!.Phase != "Running");

        var watched = laptop.Host.ApiServer.Requests.Counts.Keys.Where(kind => kind is { UserAgent: "operator-0", Verb: "list" or "watch" }).Select(kind => kind.Resource).ToHashSet(StringComparer.Ordinal);
        watched.ShouldContain("pods");
        watched.ShouldNotContain(resource => resource == "events" || resource == "endpointslices");
    }

    [Fact]
    public async Task B14_A_Service_with_two_slices_is_as_ready_as_its_pods()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        await laptop.ApplyAsync("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: db-reader-ipv6, labels: {kubernetes.io/service-name: db-reader}}
            addressType: IPv6
            endpoints: [{addresses: ["fd00::1"], conditions: {ready: false}}]
            ports: []
            """);
        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: Reference.Change));
        await Reference.AwaitChangeAsync(laptop, "db", pods: 2);
        (await laptop.GetAsync(BuiltInKinds.EndpointSlice, "db-reader-ipv6")).ShouldNotBeNull("it was there all the time");
    }

    [Fact]
    public async Task C1_A_pod_of_another_with_the_common_label_is_no_member_and_disturbs_nothing()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: db-web, labels: {app.kubernetes.io/name: db}}
            spec: {containers: [{name: web, image: "shop/web:1", command: [sleep, "600"]}]}
            """);
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        var cluster = await laptop.AwaitReadyAsync("db");
        cluster.Status!.Members!.Select(member => member.Name).ShouldBe(["db-0", "db-1"]);
        cluster.Status.Replicas.ShouldBe(2);
        var shop = await Shop.OpenAsync(laptop, "db");
        await laptop.ApplyAsync(Reference.Servers("db", 2, podIndex: 1));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" && Laptop.IsReady(c), "db-1 is primary");
        await shop.AwaitRowsAsync(1);
    }

    [Fact]
    public async Task C5_A_cluster_that_answers_nothing_holds_up_no_other()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("stuck", 3));
        await laptop.AwaitReadyAsync("stuck");
        foreach (var pod in new[] { "stuck-0", "stuck-1", "stuck-2" })
            await laptop.SignalAsync(pod, ServerSignal.Freeze);
        var began = TimeProvider.System.GetTimestamp();
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db");
        await shop.AwaitRowsAsync(1);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(20));
        foreach (var pod in new[] { "stuck-0", "stuck-1", "stuck-2" })
            await laptop.SignalAsync(pod, ServerSignal.Thaw);
    }

    [Fact]
    public async Task C13_A_shared_ServiceAccount_outlives_the_cluster_that_made_it()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("one", 1, extra: "serviceAccountName: shared"));
        await laptop.AwaitReadyAsync("one");
        await laptop.ApplyAsync(Reference.Servers("two", 2, extra: "serviceAccountName: shared"));
        await laptop.AwaitReadyAsync("two");
        var before = (await laptop.GetAsync(BuiltInKinds.ServiceAccount, "shared"))!;
        await laptop.Client.DeleteAsync(DoltKinds.DoltDb, new(laptop.Namespace, "one"), new(), Token);
        await laptop.AwaitListAsync(
            BuiltInKinds.ServiceAccount, $"{NameLabel}=two", accounts => accounts.Any(account => account.Metadata.Name == "shared" && account.Metadata.Uid != before.Metadata.Uid), "an account of two's own");
    }
}
