using System.Globalization;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Benchmarks;

/// <summary>A write that the server confirmed.</summary>
/// <param name="Id">The row.</param>
/// <param name="At">When the confirmation arrived, as a timestamp of the clock.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct Acknowledgement(int Id, long At);

/// <summary>A client that inserts rows one after the other through the write Service, and connects anew whenever a write fails.</summary>
internal sealed class Writer(BenchmarkCluster cluster) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = new();
    private List<Acknowledgement> acknowledged = [];
    private Task? running;
    private int next;

    /// <summary>The number of the last write that was begun; the first one gets the number after what is set.</summary>
    public int Begun
    {
        get => Volatile.Read(ref next);
        init => next = value;
    }

    /// <summary>Writes that failed; each is tried again with the next number.</summary>
    public int Failures { get; private set; }

    /// <summary>Why the last one failed.</summary>
    public string? LastFailure { get; private set; }

    public void Start() => running ??= Task.Run(() => WriteAsync(stopping.Token));

    /// <summary>The writes that were confirmed since the last call, in their order.</summary>
    public IReadOnlyList<Acknowledgement> Take()
    {
        lock (gate)
        {
            var taken = acknowledged;
            acknowledged = [];
            return taken;
        }
    }

    /// <summary>Waits until a write was confirmed that began after now.</summary>
    public async Task AwaitNextAsync(CancellationToken cancellationToken)
    {
        var (after, began) = (Begun + 1, TimeProvider.System.GetTimestamp());
        while (!Holds(after))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"no write was confirmed within {Limit}: {LastFailure}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Ends after the write under way.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        if (running is not null)
            await running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private bool Holds(int id)
    {
        lock (gate)
            return acknowledged is [.., var last] && last.Id >= id;
    }

    private async Task WriteAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await using var session = await cluster.ConnectAsync(CancellationToken.None);
                while (!enough.IsCancellationRequested)
                    await InsertAsync(session);
            }
            catch (Exception exception) when (exception is DoltException or IOException or TimeoutException)
            {
                Failures++;
                LastFailure = exception.Message;
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private async Task InsertAsync(DoltServer session)
    {
        var id = Interlocked.Increment(ref next);
        await BenchmarkCluster.RunAsync(session, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO bench.items VALUES ({id})"), CancellationToken.None);
        var at = TimeProvider.System.GetTimestamp();
        lock (gate)
            acknowledged.Add(new Acknowledgement(id, at));
    }
}
