using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>Loss, switchover, upgrade and scaling, with a client's data through all of it.</summary>
public sealed class ChangesTests
{
    [Fact]
    public async Task A_killed_primary_comes_back_or_is_replaced_and_no_replicated_row_is_lost()
    {
        var (laptop, shop) = await ClusterWithDataAsync(3);
        await using var _ = laptop;
        await shop.AwaitProvenAsync(standbys: 2);
        for (var round = 2; round <= 4; round++)
        {
            await laptop.SignalAsync((await laptop.GetAsync("db"))!.Status!.CurrentPrimary!, ServerSignal.Kill);
            await WriteAsync(shop, round);
        }

        await laptop.AwaitReadyAsync("db");
        await shop.AwaitRowsAsync(4);
    }

    [Fact]
    public async Task A_switchover_by_podIndex_moves_the_primary_with_its_data()
    {
        var (laptop, shop) = await ClusterWithDataAsync(3);
        await using var _ = laptop;
        await laptop.ApplyAsync(Manifests.Replicated("db", 3, podIndex: 2));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-2" && Laptop.IsReady(c), "db-2 is primary");
        await WriteAsync(shop, 2);
        await shop.AwaitRowsOfAsync("db-0", 2);
    }

    [Fact]
    public async Task B9_An_upgrade_rolls_every_pod_without_a_failover_and_keeps_the_data()
    {
        var (laptop, shop) = await ClusterWithDataAsync(2);
        await using var _ = laptop;
        await laptop.ApplyAsync(Manifests.Replicated("db", 2).Replace("1.57.2", "1.58.0", StringComparison.Ordinal));
        var upgraded = await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Members!.All(m => Laptop.Runs(m, "1.58.0")), "the new version everywhere");
        upgraded.Status!.RecentFailovers.ShouldBeNull();
        await WriteAsync(shop, 2);
    }

    [Fact]
    public async Task A_cluster_grows_and_shrinks_with_its_primary_on_a_server_that_goes()
    {
        var (laptop, shop) = await ClusterWithDataAsync(2);
        await using var _ = laptop;
        await laptop.ApplyAsync(Manifests.Replicated("db", 3, podIndex: 2));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-2" && Laptop.IsReady(c), "db-2 is primary");
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimaryPodIndex < 2 && c.Status.Replicas == 2 && Laptop.IsReady(c), "two servers");
        await WriteAsync(shop, 2);
        (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-2")).ShouldNotBeNull("volumes are never deleted");
    }

    [Fact]
    public async Task A_standalone_cluster_becomes_replicated_and_keeps_its_data()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 1\nstorage: {size: 1Gi}"));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", replicated: false);
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status?.Replicas == 2 && c.Status.Members?.Any(m => m.Role == "standby") == true, "a standby");
        await shop.Through(replicated: true).AwaitRowsOfReaderAsync(1);
    }

    [Fact]
    public async Task Configuration_that_servers_take_while_they_run_restarts_nobody()
    {
        var (laptop, shop) = await ClusterWithDataAsync(2);
        await using var _ = laptop;
        var before = await UidsAsync(laptop);
        await laptop.ApplyAsync(Manifests.Replicated("db", 2).Replace("  enabled: true", "  enabled: true\n    ackWritesTimeoutSeconds: 2", StringComparison.Ordinal));
        foreach (var pod in new[] { "db-0", "db-1" })
            await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pod), "SELECT @@global.dolt_cluster_ack_writes_timeout_secs", "2");
        await laptop.AwaitConditionAsync("db", "Updated", "True");
        (await UidsAsync(laptop)).ShouldBe(before);
        await WriteAsync(shop, 2);

        // The file holds it for whoever restarts for another reason.
        await laptop.SignalAsync("db-1", ServerSignal.Kill);
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", "db-1"), "SELECT @@global.dolt_cluster_ack_writes_timeout_secs", "2");
        (await laptop.AwaitReadyAsync("db")).Status!.CurrentPrimary.ShouldBe("db-0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_log_level_is_that_of_servers_that_run_within_seconds_and_of_those_that_begin_later(bool isReplicated)
    {
        const string read = "SELECT @@global.dolt_log_level";
        string Manifest(string more) => Manifests.DoltDb("db", $"replicas: {(isReplicated ? 2 : 1)}\nstorage: {{size: 1Gi}}{(isReplicated ? "\nreplication: {enabled: true}" : "")}{more}");
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifest(""));
        await laptop.AwaitReadyAsync("db");
        await laptop.AwaitConditionAsync("db", "Updated", "True");
        var before = (await UidsAsync(laptop)).ToList();
        string[] pods = isReplicated ? ["db-0", "db-1"] : ["db-0"];
        foreach (var pod in pods)
            await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pod), read, "info");

        foreach (var (asked, set) in ((string, string)[])[("debug", "debug"), ("warn", "warning"), ("trace", "trace")])
        {
            var began = TimeProvider.System.GetTimestamp();
            await laptop.ApplyAsync(Manifest($"\nserver: {{logLevel: {asked}}}"));
            foreach (var pod in pods)
                await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pod), read, set);
            var took = TimeProvider.System.GetElapsedTime(began);
            TestContext.Current.TestOutputHelper?.WriteLine($"{asked}: {took.TotalMilliseconds:0} ms");
            took.ShouldBeLessThan(TimeSpan.FromSeconds(5), "it is not waited for until servers are read again");
        }

        await laptop.AwaitConditionAsync("db", "Updated", "True");
        await laptop.AwaitConditionAsync("db", "SpecAccepted", "True");
        (await UidsAsync(laptop)).ShouldBe(before);

        // A pod that is made later begins with it.
        await laptop.DeletePodAsync(pods[^1]);
        await laptop.AwaitListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db", found => found.Count == pods.Length && found.All(pod => pod.Metadata.Name != pods[^1] || !before.Contains(pod.Metadata.Uid)), "another pod");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pods[^1]), read, "trace");
        await laptop.AwaitReadyAsync("db");
        if (laptop.OwnsOperators)
            laptop.Operators.SelectMany(one => one.Log.Lines).Count(line => line.Text.StartsWith("Configured", StringComparison.Ordinal)).ShouldBe(3, "nobody was told more often than it changed");
    }

    [Fact]
    public async Task B3_A_new_port_replaces_the_old_one_and_clients_write_through_it_while_servers_still_listen_on_the_old_one()
    {
        var (laptop, shop) = await ClusterWithDataAsync(3);
        await using var _ = laptop;
        await using var client = await BusyClient.StartAsync(laptop, "db", Acknowledged.ByPrimary);
        var before = await UidsAsync(laptop);

        // First nobody restarts the servers, so that "during the update" lasts for as long as it takes to look.
        const string port = "server: {listener: {port: 3307}}";
        await laptop.ApplyAsync(Reference.Servers("db", 3, extra: $"{port}\nupdateStrategy: OnDelete"));
        foreach (var service in new[] { "db-primary", "db-reader" })
            await laptop.AwaitListAsync(BuiltInKinds.Service, "app.kubernetes.io/name=db", found => PortsOf(found, service) is [3307], $"the new port alone in {service}");
        await client.AwaitMoreAsync("through the new port by servers on the old one");
        (await UidsAsync(laptop)).ShouldBe(before);

        await laptop.ApplyAsync(Reference.Servers("db", 3, extra: port));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Conditions!.Any(condition => condition is { Type: "Updated", Status: "True" }), "Ready and Updated");
        (await UidsAsync(laptop)).Intersect(before).ShouldBeEmpty("all servers were restarted");
        await client.AwaitMoreAsync("afterwards");
        (await client.LostAsync()).ShouldBeEmpty();
        (await laptop.GetAsync("db"))!.Status!.RecentFailovers.ShouldBeNull();
        await WriteAsync(shop, 2);
    }

    [Fact]
    public async Task B3_A_port_that_is_taken_out_of_the_spec_goes_from_the_Services()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: "server: {mcpServer: {port: 7008}}"));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db");
        string[] services = ["db-internal", "db-primary", "db-reader"];
        foreach (var service in services)
            await laptop.AwaitListAsync(BuiltInKinds.Service, "app.kubernetes.io/name=db", found => PortsOf(found, service).Contains(7008), $"the port in {service}");
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        foreach (var service in services)
            await laptop.AwaitListAsync(BuiltInKinds.Service, "app.kubernetes.io/name=db", found => PortsOf(found, service) is [3306, ..] ports && !ports.Contains(7008), $"{service} without the port");
        await laptop.AwaitConditionAsync("db", "Updated", "True");
        await laptop.AwaitReadyAsync("db");
        await WriteAsync(shop, 2);
    }

    private static IReadOnlyList<int> PortsOf(IReadOnlyList<Service> services, string name) =>
        [.. services.Where(service => service.Metadata.Name == name).SelectMany(service => service.Spec!.Ports!).Select(port => port.Port)];

    private static async Task<IEnumerable<string?>> UidsAsync(Laptop laptop) =>
        (await laptop.ListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db")).OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal).Select(pod => pod.Metadata.Uid);

    private static async Task<(Laptop Laptop, Shop Shop)> ClusterWithDataAsync(int replicas)
    {
        var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.Replicated("db", replicas));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db");
        await shop.AwaitRowsOfReaderAsync(1);
        return (laptop, shop);
    }

    /// <summary>Writes a row and waits until a standby has all of them.</summary>
    private static async Task WriteAsync(Shop shop, int id)
    {
        await shop.WriteAsync(id);
        await shop.AwaitRowsOfReaderAsync(id);
    }
}
