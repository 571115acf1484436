using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>What the Go operator's integration tests ask of the objects of a cluster (spec 1), with data in it.</summary>
public sealed class ReferenceControllerTests
{
    private const string NameLabel = "app.kubernetes.io/name";
    private const string RoleLabel = "k8s.dolthub.com/cluster-role";

    [Fact]
    public async Task A_cluster_consists_of_the_known_objects_and_holds_the_clients_data()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Dolt);
        var cluster = await laptop.AwaitReadyAsync("dolt");
        var shop = await Shop.OpenAsync(laptop, "dolt", rows: 3);

        await ConfigurationAsync(laptop);
        await ServicesAsync(laptop);
        var set = (await laptop.GetAsync(BuiltInKinds.StatefulSet, "dolt"))!;
        set.Spec!.Replicas.ShouldBe(2);
        set.Metadata.Labels![NameLabel].ShouldBe("dolt");
        set.Metadata.Annotations!["k8s.dolthub.com/doltdb"].ShouldBe("dolt");
        set.Metadata.Annotations["k8s.dolthub.com/replication"].ShouldBe("true");
        IsControlledBy(set.Metadata, cluster);
        await PodsAsync(laptop);
        var budget = (await laptop.GetAsync(BuiltInKinds.PodDisruptionBudget, "dolt-pdb"))!;
        budget.Spec!.Selector!.MatchLabels![NameLabel].ShouldBe("dolt");
        IsControlledBy(budget.Metadata, cluster);
        await ClaimsAsync(laptop);

        await shop.AwaitRowsAsync(3);
        await shop.AwaitRowsOfReaderAsync(3);
        await Laptop.AwaitAnswerAsync(shop.ConnectAsync, "SELECT CURRENT_USER()", "admin-user-test@%");
    }

    private static async Task ConfigurationAsync(Laptop laptop)
    {
        var config = (await laptop.GetAsync(BuiltInKinds.ConfigMap, "dolt-config"))!;
        config.Metadata.Labels![NameLabel].ShouldBe("dolt");
        config.Data!.ShouldBe(new()
        {
            ["dolt-0.yaml"] = Configuration(laptop, "dolt-1", "primary"),
            ["dolt-1.yaml"] = Configuration(laptop, "dolt-0", "standby"),
        });
    }

    private static string Configuration(Laptop laptop, string other, string role) => $$"""
        behavior:
          auto_gc_behavior:
            enable: false
        log_level: info
        cluster:
          standby_remotes:
          - name: {{other}}
            remote_url_template: http://{{other}}.dolt-internal.{{laptop.Namespace}}:50051/{database}
          bootstrap_epoch: 1
          bootstrap_role: {{role}}
          remotesapi:
            port: 50051
        listener:
          host: 0.0.0.0
          port: 3306
          max_connections: 128
        metrics:
          labels:
            app: dolt
          host: 0.0.0.0
          port: 11228

        """;

    private static async Task ServicesAsync(Laptop laptop)
    {
        var headless = (await laptop.GetAsync(BuiltInKinds.Service, "dolt-internal"))!.Spec!;
        headless.ClusterIP.ShouldBe("None");
        headless.Selector.ShouldBe(new() { [NameLabel] = "dolt" });
        headless.Ports!.Select(port => (port.Name, port.Port)).ShouldBe([("tcp-dolt", 3306), ("grpc-remotesapi", 50051)]);
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-metrics"))!.Spec!.Ports!.ShouldHaveSingleItem().Port.ShouldBe(11228);
        var primary = (await laptop.GetAsync(BuiltInKinds.Service, "dolt-primary"))!.Spec!;
        primary.Selector![NameLabel].ShouldBe("dolt");
        primary.Selector[RoleLabel].ShouldBe("primary");
        primary.Ports!.ShouldHaveSingleItem().Port.ShouldBe(3306);
        var reader = (await laptop.GetAsync(BuiltInKinds.Service, "dolt-reader"))!.Spec!;
        reader.Selector.ShouldBe(new() { [NameLabel] = "dolt", [RoleLabel] = "standby" });
        reader.Ports!.ShouldHaveSingleItem().Port.ShouldBe(3306);
    }

    private static async Task PodsAsync(Laptop laptop)
    {
        var pods = (await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=dolt")).OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal).ToList();
        pods.Select(pod => (pod.Metadata.Name, pod.Metadata.Labels![RoleLabel])).ShouldBe([("dolt-0", "primary"), ("dolt-1", "standby")]);
        pods.ShouldAllBe(pod => pod.Metadata.Annotations!["example.com/pod"] == "true");
    }

    private static async Task ClaimsAsync(Laptop laptop)
    {
        var claims = await laptop.ListAsync(BuiltInKinds.PersistentVolumeClaim, $"{NameLabel}=dolt,pvc.k8s.dolthub.com/role=dolt-data");
        claims.Select(claim => claim.Metadata.Name).Order(StringComparer.Ordinal).ShouldBe(["dolt-data-dolt-0", "dolt-data-dolt-1"]);
        claims.ShouldAllBe(claim => claim.Spec!.AccessModes!.Single() == "ReadWriteOnce" && claim.Spec.Resources!.Requests!["storage"].ToString() == "1Gi");
    }

    private static void IsControlledBy(ObjectMeta child, DoltDb cluster) => child.OwnerReferences!.Single(owner => owner.Controller == true).Uid.ShouldBe(cluster.Metadata.Uid);
}
