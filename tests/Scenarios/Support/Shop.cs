using System.Globalization;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>A client's database in a cluster: rows go in through one Service and are looked for in another, or in one server.</summary>
internal sealed class Shop
{
    private readonly Laptop laptop;
    private readonly string cluster;

    private Shop(Laptop laptop, string cluster, string? service = null)
    {
        this.laptop = laptop;
        this.cluster = cluster;
        WriteService = service ?? ClusterNames.Primary(cluster);
    }

    /// <summary>The Service that rows are written through.</summary>
    public string WriteService { get; init; }

    /// <summary>Makes the database with rows 1 to <paramref name="rows"/>; without replication clients use the Service of the cluster's name.</summary>
    public static async Task<Shop> OpenAsync(Laptop laptop, string cluster, bool replicated = true, int rows = 1)
    {
        var shop = new Shop(laptop, cluster, replicated ? null : cluster);
        await Laptop.RetryAsync(async () =>
        {
            await using var session = await shop.ConnectAsync();
            await Laptop.RunAsync(session, "CREATE DATABASE IF NOT EXISTS shop");
            await Laptop.RunAsync(session, "CREATE TABLE IF NOT EXISTS shop.items (id INT PRIMARY KEY)");
        });
        for (var id = 1; id <= rows; id++)
            await shop.WriteAsync(id);
        return shop;
    }

    /// <summary>The same database, reached through the write Service or, without replication, through the one of the cluster's name.</summary>
    public Shop Through(bool replicated) => new(laptop, cluster, replicated ? null : cluster);

    /// <summary>A session that writes.</summary>
    public Task<DoltServer> ConnectAsync() => laptop.ConnectServiceAsync(cluster, WriteService);

    /// <summary>Writes a row as a client that repeats until the server has it.</summary>
    public Task WriteAsync(int id) => Laptop.RetryAsync(async () =>
    {
        await using var session = await ConnectAsync();
        await Laptop.RunAsync(session, Insert(id));
    });

    /// <summary>Writes a row at the first attempt: the writes of the cluster are not interrupted.</summary>
    public async Task WriteAtOnceAsync(int id)
    {
        await using var session = await ConnectAsync();
        await Laptop.RunAsync(session, Insert(id));
    }

    /// <summary>Waits until the Service that writes go through has so many rows.</summary>
    public Task AwaitRowsAsync(int rows) => AwaitRowsAsync(ConnectAsync, rows);

    /// <summary>Waits until the read Service answers with so many rows.</summary>
    public Task AwaitRowsOfReaderAsync(int rows) => AwaitRowsAsync(() => laptop.ConnectServiceAsync(cluster, ClusterNames.Reader(cluster)), rows);

    /// <summary>Waits until the server itself has so many rows.</summary>
    public Task AwaitRowsOfAsync(string pod, int rows) => AwaitRowsAsync(() => laptop.ConnectPodAsync(cluster, pod), rows);

    /// <summary>Waits until the server has that role.</summary>
    public Task AwaitRoleAsync(string pod, string role) =>
        Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync(cluster, pod), "SELECT @@global.dolt_cluster_role", role);

    /// <summary>Waits until the operator knows the database and has seen every standby equal to the primary: only then may one replace it.</summary>
    public Task AwaitProvenAsync(int standbys) => laptop.AwaitAsync(
        cluster, c => c.Status?.Databases?.Contains("shop") == true && c.Status.LastEqual?.Count == standbys, "standbys that were seen to be equal");

    private static string Insert(int id) => string.Create(CultureInfo.InvariantCulture, $"INSERT IGNORE INTO shop.items VALUES ({id})");

    private static Task AwaitRowsAsync(Func<Task<DoltServer>> connect, int rows) =>
        Laptop.AwaitAnswerAsync(connect, "SELECT COUNT(*) FROM shop.items", rows.ToString(CultureInfo.InvariantCulture));
}
