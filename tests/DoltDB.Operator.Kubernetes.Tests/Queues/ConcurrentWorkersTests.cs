using DoltDB.Operator.Kubernetes.Queues;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Kubernetes.Tests.Queues;

public sealed class ConcurrentWorkersTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Many_workers_never_share_a_key_and_every_addition_is_seen()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var queue = new WorkQueue<int>(new WorkQueueOptions(), TimeProvider.System, new Random(seed));
        const int Keys = 8;
        var versions = new int[Keys];
        var seen = new int[Keys];
        var busy = new int[Keys];
        var overlaps = 0;
        var workers = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (await queue.TakeAsync(TestContext.Current.CancellationToken) is (true, var key))
            {
                if (Interlocked.Exchange(ref busy[key], 1) == 1)
                    Interlocked.Increment(ref overlaps);
                Volatile.Write(ref seen[key], Volatile.Read(ref versions[key]));
                await Task.Yield();
                Volatile.Write(ref busy[key], 0);
                queue.Done(key);
            }
        })).ToArray();

        var producers = Enumerable.Range(0, 3).Select(producer => Task.Run(() =>
        {
            var random = new Random(seed + producer);
            for (var i = 0; i < 5000; i++)
            {
                var key = random.Next(Keys);
                Interlocked.Increment(ref versions[key]);
                queue.Add(key);
            }
        })).ToArray();
        await Task.WhenAll(producers);
        queue.ShutDown();
        await Task.WhenAll(workers);

        overlaps.ShouldBe(0, $"seed {seed}");
        seen.ShouldBe(versions, $"seed {seed}");
    }
}
