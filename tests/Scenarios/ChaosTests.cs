using System.Collections.Concurrent;
using System.Globalization;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios;

/// <summary>
/// Servers are killed, frozen and cut off, pods deleted, roles moved and operators killed while a client writes. Every row that the client was told
/// is on the standbys is there in the end. A failure prints the seed that replays the order of the faults.
/// </summary>
public sealed class ChaosTests
{
    private const int Faults = 8;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(101)]
    [InlineData(102)]
    public async Task No_acknowledged_and_replicated_row_is_lost(int seed)
    {
        var random = new Random(seed);
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.Replicated("db", 3));
        await laptop.AwaitReadyAsync("db");
        await Laptop.RetryAsync(async () =>
        {
            await using var session = await laptop.ConnectServiceAsync("db", "db-primary");
            await Laptop.RunAsync(session, "SET dolt_cluster_ack_writes_timeout_secs = 10");
            await Laptop.RunAsync(session, "CREATE DATABASE IF NOT EXISTS shop");
            await Laptop.RunAsync(session, "CREATE TABLE IF NOT EXISTS shop.items (id INT PRIMARY KEY)");
        });
        await laptop.AwaitAsync("db", c => c.Status?.Databases?.Contains("shop") == true, "the database is known");

        var acknowledged = new ConcurrentBag<int>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = WriteAsync(laptop, acknowledged, stop.Token);
        var told = new List<string>();
        for (var step = 0; step < Faults; step++)
        {
            told.Add(await DisturbAsync(laptop, random));
            var story = $"{string.Join(", ", told)} (seed {seed})";
            await laptop.AwaitAsync("db", Laptop.IsReady, $"Ready after {story}");
            var before = acknowledged.Count;
            await Laptop.AwaitTrueAsync(() => Task.FromResult(acknowledged.Count > before), $"a row that is on all standbys after {story}");
        }

        await stop.CancelAsync();
        await writing;
        var held = await HeldAsync(laptop);
        acknowledged.Where(id => !held.Contains(id)).ShouldBeEmpty($"seed {seed}: {string.Join(", ", told)}");
    }

    /// <summary>Inserts rows one by one and notes those that the server says are on all standbys.</summary>
    private static async Task WriteAsync(Laptop laptop, ConcurrentBag<int> acknowledged, CancellationToken stopping)
    {
        var next = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var session = await laptop.ConnectServiceAsync("db", "db-primary");
                await Laptop.RunAsync(session, "SET dolt_cluster_ack_writes_timeout_secs = 1");
                while (!stopping.IsCancellationRequested)
                {
                    var id = ++next;
                    var result = await Laptop.RunAsync(session, $"INSERT INTO shop.items VALUES ({id})");
                    if (result.Warnings == 0)
                        acknowledged.Add(id);
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
                }
            }
            catch (Exception exception) when (exception is DoltException or IOException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static async Task<string> DisturbAsync(Laptop laptop, Random random)
    {
        var pod = "db-" + random.Next(3).ToString(CultureInfo.InvariantCulture);
        var kind = random.Next(laptop.OwnsOperators ? 5 : 4);
        switch (kind)
        {
            case 0:
                await laptop.SignalAsync(pod, ServerSignal.Kill);
                return $"kill {pod}";
            case 1:
                await laptop.DeletePodAsync(pod);
                return $"delete pod {pod}";
            case 2:
                await laptop.SignalAsync(pod, ServerSignal.Freeze);
                await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 8)), TimeProvider.System, Token);
                await laptop.SignalAsync(pod, ServerSignal.Thaw);
                return $"freeze {pod}";
            case 3:
                await laptop.ApplyAsync(Manifests.Replicated("db", 3, podIndex: random.Next(3)));
                return "ask for another primary";
            default:
                await laptop.Operators[^1].KillAsync();
                laptop.StartOperator();
                return "kill the operator";
        }
    }

    private static async Task<HashSet<int>> HeldAsync(Laptop laptop)
    {
        var held = new HashSet<int>();
        await Laptop.RetryAsync(async () =>
        {
            await using var session = await laptop.ConnectServiceAsync("db", "db-primary");
            foreach (var row in (await Laptop.RunAsync(session, "SELECT id FROM shop.items")).Rows)
                held.Add(int.Parse(row[0]!, CultureInfo.InvariantCulture));
        });
        return held;
    }
}
