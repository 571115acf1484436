using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios;

/// <summary>A server that has as many clients as it may have works for those: it is not lost, and can be relieved.</summary>
public sealed class FullServerTests
{
    /// <summary>What the server takes and lets wait, and some more, which are shown the door.</summary>
    private const int Clients = 12 + 50 + 20;

    [Fact]
    public async Task A_full_primary_is_not_failed_over_and_a_switchover_away_from_it_works()
    {
        await using var laptop = await Laptop.StartInsideAsync("opens more connections than a server takes");
        await laptop.ApplyAsync(Manifest(podIndex: 0));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", rows: 2);
        await shop.AwaitProvenAsync(standbys: 2);

        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => TryConnectAsync(laptop)));
        clients.ShouldContain((DoltServer?)null);
        var full = await laptop.AwaitAsync("db", c => c.Status?.Members?.Single(m => m.Name == "db-0").Message?.Contains("let no new client in", StringComparison.Ordinal) == true, "db-0 is known to be full");
        (full.Status!.CurrentPrimary, full.Status.ReplicationEpoch).ShouldBe(("db-0", 1));

        await laptop.ApplyAsync(Manifest(podIndex: 1));
        var moved = await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" && c.Status.HandOver is null, "the switchover");
        moved.Status!.ReplicationEpoch.ShouldBe(2, "at the first attempt, and without a failover");
        await shop.WriteAsync(3);
        await shop.AwaitRowsAsync(3);

        foreach (var client in clients.OfType<DoltServer>())
            await client.DisposeAsync();
        await laptop.AwaitReadyAsync("db");
        await shop.AwaitRowsOfAsync("db-0", 3);
    }

    private static string Manifest(int podIndex) => Reference.Servers("db", 3, podIndex, extra: "failover: {delaySeconds: 2}\nserver: {listener: {maxConnections: 12}}");

    private static async Task<DoltServer?> TryConnectAsync(Laptop laptop)
    {
        try
        {
            return await laptop.ConnectPodAsync("db", "db-0");
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            return null;
        }
    }
}
