using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>What the Go operator's integration tests ask of a DoltDB without replication (specs 10 to 13), with data through all of it.</summary>
public sealed class ReferenceStandaloneTests
{
    private const string NameLabel = "app.kubernetes.io/name";

    [Fact]
    public async Task A_standalone_instance_consists_of_the_known_objects()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-alone", 1));
        await laptop.AwaitReadyAsync("dolt-alone");
        var config = (await laptop.GetAsync(BuiltInKinds.ConfigMap, "dolt-alone-config"))!;
        config.Metadata.Labels![NameLabel].ShouldBe("dolt-alone");
        config.Data!.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create("dolt-alone-0.yaml", """
            behavior:
              auto_gc_behavior:
                enable: false
            log_level: info
            listener:
              host: 0.0.0.0
              port: 3306
              max_connections: 1024

            """));
        var set = (await laptop.GetAsync(BuiltInKinds.StatefulSet, "dolt-alone"))!;
        set.Spec!.Replicas.ShouldBe(1);
        set.Metadata.Labels![NameLabel].ShouldBe("dolt-alone");
        set.Metadata.Annotations!["k8s.dolthub.com/doltdb"].ShouldBe("dolt-alone");
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-alone-internal"))!.Spec!.ClusterIP.ShouldBe("None");
        var service = (await laptop.GetAsync(BuiltInKinds.Service, "dolt-alone"))!.Spec!;
        service.Selector.ShouldBe(new() { [NameLabel] = "dolt-alone", ["statefulset.kubernetes.io/pod-name"] = "dolt-alone-0" });
        service.Ports!.ShouldHaveSingleItem().Port.ShouldBe(3306);
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-alone-primary")).ShouldBeNull();
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-alone-reader")).ShouldBeNull();
        (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=dolt-alone")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_standalone_instance_is_used_through_SQL()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-alone", 1));
        await laptop.AwaitReadyAsync("dolt-alone");
        var shop = await Shop.OpenAsync(laptop, "dolt-alone", replicated: false, rows: 3);
        await shop.AwaitRowsAsync(3);
        await Laptop.AwaitAnswerAsync(shop.ConnectAsync, "SELECT CURRENT_USER()", "root@%");
    }

    [Fact]
    public async Task Storage_is_resized_in_template_and_claims_and_the_data_stays()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-alone", 1));
        await laptop.AwaitReadyAsync("dolt-alone");
        var shop = await Shop.OpenAsync(laptop, "dolt-alone", replicated: false, rows: 2);
        await laptop.ApplyAsync(Reference.Servers("dolt-alone", 1, size: "10Gi"));
        await Reference.AwaitSizeAsync(laptop, "dolt-alone", "10Gi", claims: 1);
        await shop.AwaitRowsAsync(2);
        await shop.WriteAsync(3);
    }

    [Fact]
    public async Task A_change_of_resources_and_annotations_replaces_the_pod_and_ends_in_Updated()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-alone", 1));
        await laptop.AwaitReadyAsync("dolt-alone");
        var shop = await Shop.OpenAsync(laptop, "dolt-alone", replicated: false, rows: 2);
        await laptop.ApplyAsync(Reference.Servers("dolt-alone", 1, extra: Reference.Change));
        await Reference.AwaitChangeAsync(laptop, "dolt-alone", pods: 1);
        await shop.AwaitRowsAsync(2);
        await shop.WriteAsync(3);
    }
}
