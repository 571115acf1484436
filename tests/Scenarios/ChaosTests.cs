using System.Globalization;
using DoltDB.Operator.Scenarios.Support;

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
        await using var client = await BusyClient.StartAsync(laptop, "db", Acknowledged.ByStandbys);
        var told = new List<string>();
        for (var step = 0; step < Faults; step++)
        {
            told.Add(await DisturbAsync(laptop, random));
            var story = $"{string.Join(", ", told)} (seed {seed})";
            await laptop.AwaitAsync("db", Laptop.IsReady, $"Ready after {story}");
            await client.AwaitMoreAsync($"on all standbys after {story}");
        }

        (await client.LostAsync()).ShouldBeEmpty($"seed {seed}: {string.Join(", ", told)}");
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
}
