using System.Collections.Concurrent;
using System.Globalization;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>Which rows a client counts as kept.</summary>
internal enum Acknowledged
{
    /// <summary>The server took the row: whoever moves the role in good order keeps it.</summary>
    ByPrimary,

    /// <summary>The server says that every standby has the row: not even a crash loses it.</summary>
    ByStandbys,
}

/// <summary>A client that inserts row after row through the write Service, whatever happens to the servers, and knows which of them it was told are kept.</summary>
internal sealed class BusyClient : IAsyncDisposable
{
    private readonly ConcurrentBag<int> kept = [];
    private readonly CancellationTokenSource stopping;
    private readonly Laptop laptop;
    private readonly string cluster;
    private readonly Acknowledged by;
    private readonly Task writing;

    private BusyClient(Laptop laptop, string cluster, Acknowledged by)
    {
        this.laptop = laptop;
        this.cluster = cluster;
        this.by = by;
        stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        writing = WriteAsync();
    }

    /// <summary>Makes the table, waits until the operator knows the database, and writes from then on.</summary>
    public static async Task<BusyClient> StartAsync(Laptop laptop, string cluster, Acknowledged by)
    {
        await Laptop.RetryAsync(async () =>
        {
            await using var session = await laptop.ConnectServiceAsync(cluster, ClusterNames.Primary(cluster));
            await Laptop.RunAsync(session, "CREATE DATABASE IF NOT EXISTS busy");
            await Laptop.RunAsync(session, "CREATE TABLE IF NOT EXISTS busy.items (id INT PRIMARY KEY)");
        });
        await laptop.AwaitAsync(cluster, c => c.Status?.Databases?.Contains("busy") == true, "the database is known");
        return new BusyClient(laptop, cluster, by);
    }

    /// <summary>Waits until one more row is kept.</summary>
    public Task AwaitMoreAsync(string what)
    {
        var before = kept.Count;
        return Laptop.AwaitTrueAsync(() => Task.FromResult(kept.Count > before), $"a row that is kept {what}");
    }

    /// <summary>Ends the writing; rows that were kept and that the primary does not have.</summary>
    public async Task<IReadOnlyList<int>> LostAsync()
    {
        await stopping.CancelAsync();
        await writing;
        var held = new HashSet<int>();
        await Laptop.RetryAsync(async () =>
        {
            await using var session = await laptop.ConnectServiceAsync(cluster, ClusterNames.Primary(cluster));
            foreach (var row in (await Laptop.RunAsync(session, "SELECT id FROM busy.items")).Rows)
                held.Add(int.Parse(row[0]!, CultureInfo.InvariantCulture));
        });
        return [.. kept.Where(id => !held.Contains(id)).Order()];
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await writing;
        stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        var next = 0;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var session = await laptop.ConnectServiceAsync(cluster, ClusterNames.Primary(cluster));
                if (by == Acknowledged.ByStandbys)
                    await Laptop.RunAsync(session, "SET dolt_cluster_ack_writes_timeout_secs = 1");
                while (!stopping.IsCancellationRequested)
                {
                    var id = ++next;
                    var result = await Laptop.RunAsync(session, $"INSERT INTO busy.items VALUES ({id})");
                    if (by == Acknowledged.ByPrimary || result.Warnings == 0)
                        kept.Add(id);
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
                }
            }
            catch (Exception exception) when (exception is DoltException or IOException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
