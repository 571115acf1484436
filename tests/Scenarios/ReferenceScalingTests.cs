using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>What the Go operator's integration tests ask of scaling (specs 6 to 9), and where the data is afterwards, which they do not ask.</summary>
public sealed class ReferenceScalingTests
{
    private const string NameLabel = "app.kubernetes.io/name";
    private const string RoleLabel = "k8s.dolthub.com/cluster-role";

    [Fact]
    public async Task A_cluster_starts_replicated_shrinks_to_a_standalone_server_and_grows_again()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2));
        await laptop.AwaitReadyAsync("dolt-scale");
        await IsReplicatedAsync(laptop);
        var shop = await Shop.OpenAsync(laptop, "dolt-scale", rows: 2);

        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 1));
        await AwaitStandaloneAsync(laptop);
        var alone = shop.Through(replicated: false);
        await alone.AwaitRowsAsync(2);
        await alone.WriteAsync(3);

        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2));
        await laptop.AwaitAsync("dolt-scale", c => Laptop.IsReady(c) && c.Status!.Members!.Count(m => m.Role == "standby") == 1, "a primary and a standby");
        await IsReplicatedAsync(laptop);
        await shop.AwaitRowsAsync(3);
        await shop.AwaitRowsOfReaderAsync(3);
        await shop.WriteAsync(4);
        await shop.AwaitRowsOfReaderAsync(4);
    }

    [Fact]
    public async Task A_primary_on_a_higher_ordinal_moves_to_the_first_with_its_data_before_the_cluster_shrinks()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2));
        await laptop.AwaitReadyAsync("dolt-scale");
        var shop = await Shop.OpenAsync(laptop, "dolt-scale", rows: 2);
        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2, podIndex: 1));
        await laptop.AwaitAsync("dolt-scale", c => c.Status?.CurrentPrimaryPodIndex == 1 && Laptop.IsReady(c), "the primary on ordinal 1");
        await shop.WriteAsync(3);

        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 1));
        await AwaitStandaloneAsync(laptop);
        var alone = shop.Through(replicated: false);
        await alone.AwaitRowsAsync(3);
        await alone.WriteAsync(4);
    }

    private static async Task IsReplicatedAsync(Laptop laptop)
    {
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-scale-primary")).ShouldNotBeNull();
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-scale-reader")).ShouldNotBeNull();
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-scale")).ShouldBeNull();
        (await laptop.GetAsync(BuiltInKinds.PodDisruptionBudget, "dolt-scale-pdb")).ShouldNotBeNull();
        (await laptop.GetAsync(BuiltInKinds.StatefulSet, "dolt-scale"))!.Spec!.Replicas.ShouldBe(2);
        var pods = await laptop.ListAsync(BuiltInKinds.Pod, $"{NameLabel}=dolt-scale");
        pods.Select(pod => pod.Metadata.Labels!.GetValueOrDefault(RoleLabel)).Order(StringComparer.Ordinal).ShouldBe(["primary", "standby"]);
        (await laptop.GetAsync(BuiltInKinds.ConfigMap, "dolt-scale-config"))!.Data!.Values.ShouldAllBe(file => file.Contains("cluster:"));
    }

    private static async Task AwaitStandaloneAsync(Laptop laptop)
    {
        await laptop.AwaitSetAsync("dolt-scale", set => set.Spec?.Replicas == 1, "one server");
        await laptop.AwaitAsync("dolt-scale", c => Laptop.IsReady(c) && c.Status!.Replicas == 1, "Ready with one server");
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-scale")).ShouldNotBeNull();
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-scale-primary")).ShouldBeNull();
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-scale-reader")).ShouldBeNull();
        (await laptop.GetAsync(BuiltInKinds.PodDisruptionBudget, "dolt-scale-pdb")).ShouldBeNull();
        (await laptop.GetAsync(BuiltInKinds.ConfigMap, "dolt-scale-config"))!.Data!.Values.ShouldAllBe(file => !file.Contains("cluster:"));
        await laptop.AwaitListAsync(
            BuiltInKinds.Pod, $"{NameLabel}=dolt-scale", pods => pods is [{ Metadata: { DeletionTimestamp: null, Labels: { } labels } }] && !labels.ContainsKey(RoleLabel), "one pod without a role");
        await laptop.AwaitAsync("dolt-scale", c => Laptop.IsReady(c) && c.Status!.Conditions!.Any(condition => condition is { Type: "Updated", Status: "True" }), "Ready and Updated");
    }
}
