using System.Globalization;

namespace DoltDB.Operator.Benchmarks;

/// <summary>Planned hand-overs under a client that writes as fast as it can: how long it is refused, and whether a confirmed write is ever lost.</summary>
internal static class SwitchoverBenchmark
{
    public static async Task<int> RunAsync(string program, int count, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchmarkCluster.StartAsync(program, cancellationToken);
        await using var writer = new Writer(cluster);
        writer.Start();
        await writer.AwaitNextAsync(cancellationToken);
        var (refused, durations) = (new List<TimeSpan>(), new List<TimeSpan>());
        var (confirmed, failures) = (0L, 0);
        var began = TimeProvider.System.GetTimestamp();
        for (var round = 1; round <= count; round++)
        {
            var since = TimeProvider.System.GetTimestamp();
            await HandOverAsync(cluster, round % BenchmarkCluster.Replicas, cancellationToken);
            durations.Add(TimeProvider.System.GetElapsedTime(since));
            await writer.AwaitNextAsync(cancellationToken);
            var acknowledged = writer.Take();
            confirmed += acknowledged.Count;
            refused.Add(LongestGap(acknowledged, since));
            if (await LostAsync(cluster, acknowledged, cancellationToken) is { Count: > 0 } lost)
            {
                Console.Error.WriteLine($"hand-over {round} lost {lost.Count} confirmed writes: {string.Join(", ", lost.Take(20))}");
                return 1;
            }

            if (round % 100 == 0)
                Console.Error.WriteLine($"{round} hand-overs");
        }

        failures += writer.Failures;
        Report.Line("hand-overs", $"{count} in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F0} s");
        Report.Line("confirmed writes, none lost", confirmed.ToString(CultureInfo.InvariantCulture));
        Report.Line("failed writes, each tried again", $"{failures} (last: {writer.LastFailure})");
        Report.Quantiles("no write is confirmed for", refused);
        Report.Quantiles("podIndex is set until it is done", durations);
        return 0;
    }

    private static async Task HandOverAsync(BenchmarkCluster cluster, int to, CancellationToken cancellationToken)
    {
        await cluster.RequestPrimaryAsync(to, cancellationToken);
        await cluster.AwaitAsync(c => c.Status?.CurrentPrimaryPodIndex == to && BenchmarkCluster.IsReady(c), $"ordinal {to} is the primary", cancellationToken);
    }

    /// <summary>The longest time between two confirmed writes: that of the hand-over, as the client sees it.</summary>
    private static TimeSpan LongestGap(IReadOnlyList<Acknowledgement> acknowledged, long since) => acknowledged
        .Zip(acknowledged.Skip(1))
        .Where(pair => pair.Second.At >= since)
        .Select(pair => TimeProvider.System.GetElapsedTime(pair.First.At, pair.Second.At))
        .DefaultIfEmpty(TimeSpan.Zero)
        .Max();

    /// <summary>Confirmed rows that the new primary lacks; the others are removed, so that the table stays small.</summary>
    private static Task<List<int>> LostAsync(BenchmarkCluster cluster, IReadOnlyList<Acknowledgement> acknowledged, CancellationToken cancellationToken) => cluster.UseAsync(
        async session =>
        {
            var last = acknowledged[^1].Id;
            var rows = await BenchmarkCluster.RunAsync(session, string.Create(CultureInfo.InvariantCulture, $"SELECT id FROM bench.items WHERE id <= {last}"), cancellationToken);
            var held = rows.Rows.Select(row => int.Parse(row[0]!, CultureInfo.InvariantCulture)).ToHashSet();
            var lost = acknowledged.Select(write => write.Id).Where(id => !held.Contains(id)).ToList();
            if (lost.Count == 0)
                await BenchmarkCluster.RunAsync(session, string.Create(CultureInfo.InvariantCulture, $"DELETE FROM bench.items WHERE id <= {last}"), cancellationToken);
            return lost;
        },
        cancellationToken);
}
