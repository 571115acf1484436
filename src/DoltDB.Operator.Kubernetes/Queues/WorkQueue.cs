using System.Threading.Channels;
using DoltDB.Operator.Kubernetes.Rates;

namespace DoltDB.Operator.Kubernetes.Queues;

/// <summary>
/// A queue of keys to work on. A key that waits is there once, however often it is added; a key that is being worked on is never given to
/// a second worker, and when it was added meanwhile it comes again after <see cref="Done"/>. Nothing that was added before
/// <see cref="ShutDown"/> is lost.
/// </summary>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    /// <summary>
    /// Keys that are not due soon come together, up to this much early: waking up for one costs more than the work on one, and a thousand servers are probed
    /// every second.
    /// </summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    /// <summary>How many beats a key may come early where many others come, so that a thousand keys that were added together do not come together for ever.</summary>
    private const int Spread = 5;

    /// <summary>Keys of one beat that need no spreading.</summary>
    private const int FewKeys = 8;

    private readonly Lock gate = new();
    private readonly Channel<TKey> ready = Channel.CreateUnbounded<TKey>();
    private readonly HashSet<TKey> dirty = [];
    private readonly HashSet<TKey> processing = [];
    private readonly PriorityQueue<TKey, long> delayed = new();
    private readonly Dictionary<TKey, long> due = [];
    private readonly Dictionary<long, int> beats = [];
    private readonly Dictionary<TKey, int> failures = [];
    private readonly WorkQueueOptions options;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly TokenBucket retries;
    private readonly ITimer timer;
    private bool shutDown;

    /// <summary>An empty queue; <paramref name="random"/> gives the jitter of retries.</summary>
    public WorkQueue(WorkQueueOptions options, TimeProvider time, Random random)
    {
        this.options = options;
        this.time = time;
        this.random = random;
        retries = new TokenBucket(options.RetriesPerSecond, options.RetryBurst, time);
        timer = time.CreateTimer(static state => ((WorkQueue<TKey>)state!).Promote(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait for a worker now.</summary>
    public int Depth => ready.Reader.Count;

    /// <summary>Keys that wait for their time.</summary>
    public int Delayed
    {
        get
        {
            lock (gate)
                return due.Count;
        }
    }

    /// <summary>How often the key was retried since it was last forgotten.</summary>
    public int Retries(TKey key)
    {
        lock (gate)
            return failures.GetValueOrDefault(key);
    }

    /// <summary>Adds the key unless it waits already. Ignored after <see cref="ShutDown"/>.</summary>
    public void Add(TKey key)
    {
        lock (gate)
            AddLocked(key);
    }

    /// <summary>Adds the key after a delay; when it is scheduled already, the earlier time wins.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (gate)
        {
            if (shutDown)
                return;
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key);
                return;
            }

            var when = time.GetTimestamp() + Ticks(delay);
            if (delay > Spread * Beat)
                when = InBeat(when);
            var isScheduled = due.TryGetValue(key, out var scheduled);
            if (isScheduled && scheduled <= when)
                return;
            if (isScheduled)
                Count(scheduled, -1);
            Count(when, 1);
            due[key] = when;
            delayed.Enqueue(key, when);
            Arm();
        }
    }

    /// <summary>Adds the key after its back-off, which doubles with each retry, and when the limit of all retries lets it pass.</summary>
    public void AddRateLimited(TKey key)
    {
        TimeSpan backOff;
        lock (gate)
        {
            var count = failures.GetValueOrDefault(key);
            failures[key] = count + 1;
            backOff = BackOff.Delay(count, options.FirstDelay, options.LongestDelay, random.NextDouble());
        }

        var limit = retries.Reserve();
        AddAfter(key, limit > backOff ? limit : backOff);
    }

    /// <summary>Resets the back-off of the key: its work succeeded.</summary>
    public void Forget(TKey key)
    {
        lock (gate)
            failures.Remove(key);
    }

    /// <summary>
    /// The next key, owned by the caller until <see cref="Done"/>; not taken when the queue is shut down and drained.
    /// </summary>
    public async ValueTask<(bool Taken, TKey? Key)> TakeAsync(CancellationToken cancellationToken)
    {
        TKey key;
        try
        {
            // Not WaitToReadAsync, which wakes every worker for each key.
            key = await ready.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return (false, default);
        }

        lock (gate)
        {
            processing.Add(key);
            dirty.Remove(key);
        }

        return (true, key);
    }

    /// <summary>Gives the key back; it is queued again when it was added while it was worked on.</summary>
    public void Done(TKey key)
    {
        lock (gate)
        {
            processing.Remove(key);
            if (dirty.Contains(key))
                ready.Writer.TryWrite(key);
            CompleteWhenDrained();
        }
    }

    /// <summary>Refuses new keys and drops the scheduled ones; keys that wait are still given out, then takers learn the end.</summary>
    public void ShutDown()
    {
        lock (gate)
        {
            shutDown = true;
            due.Clear();
            delayed.Clear();
            beats.Clear();
            CompleteWhenDrained();
        }
    }

    /// <summary>Completes when the queue is shut down and every key was given back.</summary>
    public Task WhenDrainedAsync(CancellationToken cancellationToken) => ready.Reader.Completion.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        ShutDown();
        timer.Dispose();
    }

    /// <summary>The latest beat until then that is not crowded.</summary>
    private long InBeat(long when)
    {
        var (length, fair) = (Ticks(Beat), Math.Max(FewKeys, due.Count / (2 * Spread)));
        var last = when / length;
        for (var beat = last; beat > last - Spread; beat--)
        {
            if (beats.GetValueOrDefault(beat) <= fair)
                return beat * length;
        }

        return last * length;
    }

    private void Count(long when, int change)
    {
        var beat = when / Ticks(Beat);
        var keys = beats.GetValueOrDefault(beat) + change;
        if (keys == 0)
            beats.Remove(beat);
        else
            beats[beat] = keys;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private void AddLocked(TKey key)
    {
        if (!shutDown && dirty.Add(key) && !processing.Contains(key))
            ready.Writer.TryWrite(key);
    }

    private void CompleteWhenDrained()
    {
        if (shutDown && dirty.Count == 0 && processing.Count == 0)
            ready.Writer.TryComplete();
    }

    private void Promote()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (delayed.TryPeek(out var key, out var when) && when <= now)
            {
                delayed.Dequeue();

                // An entry that an earlier time replaced is still in the heap: only the scheduled time counts.
                if (due.TryGetValue(key, out var scheduled) && scheduled == when)
                {
                    due.Remove(key);
                    Count(when, -1);
                    AddLocked(key);
                }
            }

            Arm();
        }
    }

    private void Arm()
    {
        if (!delayed.TryPeek(out _, out var when))
            return;
        var wait = time.GetElapsedTime(time.GetTimestamp(), when);

        // Timers count whole milliseconds; a shorter wait would spin until the time has come.
        timer.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
