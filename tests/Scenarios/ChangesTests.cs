using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>Loss, switchover, upgrade and scaling, with a client's data through all of it.</summary>
public sealed class ChangesTests
{
    [Fact]
    public async Task A_killed_primary_comes_back_or_is_replaced_and_no_replicated_row_is_lost()
    {
        await using var laptop = await ClusterWithDataAsync(3);
        for (var round = 2; round <= 4; round++)
        {
            await laptop.SignalAsync((await laptop.GetAsync("db"))!.Status!.CurrentPrimary!, ServerSignal.Kill);
            await WriteAsync(laptop, round);
        }

        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-primary"), "SELECT COUNT(*) FROM shop.items", "4");
    }

    [Fact]
    public async Task A_frozen_primary_is_replaced_and_never_writes_again()
    {
        await using var laptop = await ClusterWithDataAsync(3);
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary is { } primary && primary != "db-0" && Laptop.IsReady(c), "another primary");
        await laptop.SignalAsync("db-0", ServerSignal.Thaw);
        await WriteAsync(laptop, 2);
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", "db-0"), "SELECT @@global.dolt_cluster_role", "standby");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", "db-0"), "SELECT COUNT(*) FROM shop.items", "2");
    }

    [Fact]
    public async Task A_switchover_by_podIndex_moves_the_primary_with_its_data()
    {
        await using var laptop = await ClusterWithDataAsync(3);
        await laptop.ApplyAsync(Manifests.Replicated("db", 3, podIndex: 2));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-2" && Laptop.IsReady(c), "db-2 is primary");
        await WriteAsync(laptop, 2);
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", "db-0"), "SELECT COUNT(*) FROM shop.items", "2");
    }

    [Fact]
    public async Task An_upgrade_rolls_every_pod_and_keeps_the_data()
    {
        await using var laptop = await ClusterWithDataAsync(2);
        await laptop.ApplyAsync(Manifests.Replicated("db", 2).Replace("1.57.2", "1.58.0", StringComparison.Ordinal));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Members!.All(m => Laptop.Runs(m, "1.58.0")), "the new version everywhere");
        await WriteAsync(laptop, 2);
    }

    [Fact]
    public async Task A_cluster_grows_and_shrinks_with_its_primary_on_a_server_that_goes()
    {
        await using var laptop = await ClusterWithDataAsync(2);
        await laptop.ApplyAsync(Manifests.Replicated("db", 3, podIndex: 2));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-2" && Laptop.IsReady(c), "db-2 is primary");
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimaryPodIndex < 2 && c.Status.Replicas == 2 && Laptop.IsReady(c), "two servers");
        await WriteAsync(laptop, 2);
        (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, "dolt-data-db-2")).ShouldNotBeNull("volumes are never deleted");
    }

    [Fact]
    public async Task A_standalone_cluster_becomes_replicated_and_keeps_its_data()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 1\nstorage: {size: 1Gi}"));
        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db"), "SELECT 1", "1");
        await using (var session = await laptop.ConnectServiceAsync("db", "db"))
        {
            await Laptop.RunAsync(session, "CREATE DATABASE shop");
            await Laptop.RunAsync(session, "CREATE TABLE shop.items (id INT PRIMARY KEY)");
            await Laptop.RunAsync(session, "INSERT INTO shop.items VALUES (1)");
        }

        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status?.Replicas == 2 && c.Status.Members?.Any(m => m.Role == "standby") == true, "a standby");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-reader"), "SELECT COUNT(*) FROM shop.items", "1");
    }

    private static async Task<Laptop> ClusterWithDataAsync(int replicas)
    {
        var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.Replicated("db", replicas));
        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-primary"), "SELECT 1", "1");
        await using var session = await laptop.ConnectServiceAsync("db", "db-primary");
        await Laptop.RunAsync(session, "CREATE DATABASE shop");
        await Laptop.RunAsync(session, "CREATE TABLE shop.items (id INT PRIMARY KEY)");
        await Laptop.RunAsync(session, "INSERT INTO shop.items VALUES (1)");
        await laptop.AwaitAsync("db", c => c.Status?.Databases?.Contains("shop") == true && c.Status.LastEqual?.Count == replicas - 1, "the databases are known");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-reader"), "SELECT COUNT(*) FROM shop.items", "1");
        return laptop;
    }

    /// <summary>Writes a row as a client that repeats until the server has it, and waits until a standby has it too.</summary>
    private static async Task WriteAsync(Laptop laptop, int id)
    {
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-primary"), "SELECT @@read_only", "0");
        await Laptop.RetryAsync(async () =>
        {
            await using var session = await laptop.ConnectServiceAsync("db", "db-primary");
            await Laptop.RunAsync(session, $"INSERT IGNORE INTO shop.items VALUES ({id})");
        });
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-reader"), $"SELECT COUNT(*) FROM shop.items WHERE id = {id}", "1");
    }
}
