using System.Globalization;

namespace DoltDB.Operator.Benchmarks;

/// <summary>The primary's server is killed again and again: how long until the client's next write is confirmed.</summary>
internal static class FailoverBenchmark
{
    public static async Task<int> RunAsync(string program, int count, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchmarkCluster.StartAsync(program, cancellationToken);
        var (restarted, replaced) = (new List<TimeSpan>(), new List<TimeSpan>());
        var (confirmed, lost) = (0L, 0L);
        for (var round = 1; round <= count; round++)
        {
            await cluster.AwaitProvenAsync(cancellationToken);
            var primary = (await cluster.GetAsync(cancellationToken)).Status!.CurrentPrimary!;
            var epoch = await EpochAsync(cluster, cancellationToken);
            await using var writer = new Writer(cluster) { Begun = round * 10_000_000 };
            writer.Start();
            await writer.AwaitNextAsync(cancellationToken);
            var killed = TimeProvider.System.GetTimestamp();
            cluster.Kill(primary);
            var begun = writer.Begun;
            await writer.AwaitNextAsync(cancellationToken);
            await writer.StopAsync();
            var acknowledged = writer.Take();
            var outage = TimeProvider.System.GetElapsedTime(killed, acknowledged.First(write => write.Id > begun).At);
            (await EpochAsync(cluster, cancellationToken) == epoch ? restarted : replaced).Add(outage);
            confirmed += acknowledged.Count;
            lost += await LostAsync(cluster, acknowledged, cancellationToken);
            if (round % 20 == 0)
                Console.Error.WriteLine($"{round} kills");
        }

        Report.Line("kills", count.ToString(CultureInfo.InvariantCulture));
        Report.Line("confirmed writes", confirmed.ToString(CultureInfo.InvariantCulture));
        Report.Line("of them lost: not yet on a standby", lost.ToString(CultureInfo.InvariantCulture));
        Report.Quantiles($"a standby took over ({replaced.Count})", replaced);
        Report.Quantiles($"the server was back first ({restarted.Count})", restarted);
        return 0;
    }

    /// <summary>The epoch of the primary: it grows when another server, or the same again, is promoted.</summary>
    private static Task<long> EpochAsync(BenchmarkCluster cluster, CancellationToken cancellationToken) => cluster.UseAsync(
        async session =>
        {
            var answer = await BenchmarkCluster.RunAsync(session, "SELECT @@global.dolt_cluster_role_epoch", cancellationToken);
            return long.Parse(answer.Rows[0][0]!, CultureInfo.InvariantCulture);
        },
        cancellationToken);

    private static Task<long> LostAsync(BenchmarkCluster cluster, IReadOnlyList<Acknowledgement> acknowledged, CancellationToken cancellationToken) => cluster.UseAsync(
        async session =>
        {
            var held = (await BenchmarkCluster.RunAsync(session, "SELECT id FROM bench.items", cancellationToken)).Rows
                .Select(row => int.Parse(row[0]!, CultureInfo.InvariantCulture)).ToHashSet();
            await BenchmarkCluster.RunAsync(session, "DELETE FROM bench.items", cancellationToken);
            return (long)acknowledged.Count(write => !held.Contains(write.Id));
        },
        cancellationToken);
}
