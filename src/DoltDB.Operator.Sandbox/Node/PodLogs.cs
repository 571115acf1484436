using System.Collections.Concurrent;
using System.Threading.Channels;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>The last lines that each container printed, and the lines to come for those who follow.</summary>
internal sealed class PodLogs(TimeProvider time)
{
    private const int KeptLines = 2_000;
    private readonly ConcurrentDictionary<(NamespacedName Pod, string Container), ContainerLog> logs = new();

    /// <summary>Adds a line.</summary>
    public void Append(NamespacedName pod, string container, string line) =>
        logs.GetOrAdd((pod, container), static _ => new ContainerLog()).Append(new LogLine(time.GetUtcNow(), line));

    /// <summary>The kept lines, oldest first.</summary>
    public IReadOnlyList<LogLine> Read(NamespacedName pod, string container) =>
        logs.TryGetValue((pod, container), out var log) ? log.Snapshot() : [];

    /// <summary>The kept lines and then those to come, until cancelled.</summary>
    public IAsyncEnumerable<LogLine> FollowAsync(NamespacedName pod, string container, CancellationToken cancellationToken) =>
        logs.GetOrAdd((pod, container), static _ => new ContainerLog()).FollowAsync(cancellationToken);

    /// <summary>Forgets the logs of a pod that is gone; followers end.</summary>
    public void Remove(NamespacedName pod)
    {
        foreach (var key in logs.Keys.Where(key => key.Pod == pod).ToList())
        {
            if (logs.TryRemove(key, out var log))
                log.Close();
        }
    }

    private sealed class ContainerLog
    {
        private readonly Lock gate = new();
        private readonly Queue<LogLine> lines = new();
        private readonly List<Channel<LogLine>> followers = [];

        public void Append(LogLine line)
        {
            lock (gate)
            {
                lines.Enqueue(line);
                if (lines.Count > KeptLines)
                    lines.Dequeue();
                foreach (var follower in followers)
                    follower.Writer.TryWrite(line);
            }
        }

        public IReadOnlyList<LogLine> Snapshot()
        {
            lock (gate)
                return [.. lines];
        }

        public async IAsyncEnumerable<LogLine> FollowAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var channel = Channel.CreateUnbounded<LogLine>();
            IReadOnlyList<LogLine> kept;
            lock (gate)
            {
                kept = [.. lines];
                followers.Add(channel);
            }

            try
            {
                foreach (var line in kept)
                    yield return line;
                await foreach (var line in channel.Reader.ReadAllAsync(cancellationToken))
                    yield return line;
            }
            finally
            {
                lock (gate)
                    followers.Remove(channel);
            }
        }

        public void Close()
        {
            lock (gate)
            {
                foreach (var follower in followers)
                    follower.Writer.TryComplete();
            }
        }
    }
}

/// <summary>A line that a container printed, and when.</summary>
internal readonly record struct LogLine(DateTimeOffset Time, string Text);
