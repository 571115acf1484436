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
        await AwaitPairAsync(laptop);
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

    [Fact]
    public async Task A7_With_volumes_that_go_with_their_servers_the_rows_of_a_primary_on_a_higher_ordinal_stay()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Deleting(2, podIndex: 1));
        await laptop.AwaitAsync("dolt-scale", c => c.Status?.CurrentPrimaryPodIndex == 1 && Laptop.IsReady(c), "the primary on ordinal 1");
        var shop = await Shop.OpenAsync(laptop, "dolt-scale", rows: 20);

        await laptop.ApplyAsync(Deleting(1, podIndex: 1));
        await AwaitStandaloneAsync(laptop);
        var alone = shop.Through(replicated: false);
        await alone.AwaitRowsAsync(20);
        await alone.WriteAsync(21);
        await laptop.AwaitGoneAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-dolt-scale-1");
        await alone.AwaitRowsOfAsync("dolt-scale-0", 21);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A7_A_server_that_comes_back_with_its_old_volume_gets_the_rows_of_the_one_that_stayed(int primary)
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2, primary));
        await laptop.AwaitAsync("dolt-scale", c => c.Status?.CurrentPrimaryPodIndex == primary && Laptop.IsReady(c), "the first primary");
        var shop = await Shop.OpenAsync(laptop, "dolt-scale", rows: 2);
        await shop.AwaitRowsOfReaderAsync(2);
        var kept = (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-dolt-scale-1"))!.Metadata.Uid;
        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 1));
        await AwaitStandaloneAsync(laptop);
        var alone = shop.Through(replicated: false);
        for (var id = 3; id <= 5; id++)
            await alone.WriteAsync(id);

        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2));
        await AwaitPairAsync(laptop);
        (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-dolt-scale-1"))!.Metadata.Uid.ShouldBe(kept);
        await shop.AwaitRowsOfAsync("dolt-scale-0", 5);
        await shop.AwaitRowsOfAsync("dolt-scale-1", 5);
        await shop.WriteAsync(6);
        await shop.AwaitRowsOfReaderAsync(6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A6_A_database_that_was_dropped_while_one_server_was_alone_keeps_nobody_waiting_when_there_are_two_again(int primary)
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2, primary));
        await laptop.AwaitAsync("dolt-scale", c => c.Status?.CurrentPrimaryPodIndex == primary && Laptop.IsReady(c), "the first primary");
        var shop = await Shop.OpenAsync(laptop, "dolt-scale", rows: 2);
        await using (var session = await shop.ConnectAsync())
            await Laptop.RunAsync(session, "CREATE DATABASE stock");
        await laptop.AwaitAsync("dolt-scale", c => c.Status?.Databases?.Contains("stock") == true, "both databases are known");
        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 1));
        await AwaitStandaloneAsync(laptop);
        var alone = shop.Through(replicated: false);
        await using (var session = await alone.ConnectAsync())
            await Laptop.RunAsync(session, "DROP DATABASE stock");
        await alone.WriteAsync(3);

        await laptop.ApplyAsync(Reference.Servers("dolt-scale", 2));
        await AwaitPairAsync(laptop);
        await shop.AwaitRowsOfAsync("dolt-scale-0", 3);
        await shop.AwaitRowsOfAsync("dolt-scale-1", 3);
        await laptop.AwaitAsync("dolt-scale", c => c.Status?.Databases is { } known && known.Contains("shop") && !known.Contains("stock"), "the databases that are left");
        await Laptop.AwaitAnswerAsync(shop.ConnectAsync, "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'stock'", "0");
    }

    private static string Deleting(int replicas, int podIndex) =>
        Reference.Servers("dolt-scale", replicas, podIndex).Replace("size: 1Gi", "size: 1Gi\n    retentionPolicy: {whenScaled: Delete}", StringComparison.Ordinal);

    private static Task AwaitPairAsync(Laptop laptop) =>
        laptop.AwaitAsync("dolt-scale", c => Laptop.IsReady(c) && c.Status!.Members!.Count(m => m.Role == "standby") == 1, "a primary and a standby");

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
