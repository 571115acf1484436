using System.Collections.Concurrent;
using System.Threading.Channels;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Sandbox.ApiServer;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>The last lines that each container printed, and the lines to come for those who follow.</summary>
internal sealed class PodLogs(TimeProvider time) : IPodLogs
{
    private const int KeptLines = 2_000;
    private readonly ConcurrentDictionary<(NamespacedName Pod, string Container), ContainerLog> logs = new();

    /// <summary>Adds a line.</summary>
    public void Append(NamespacedName pod, string container, string line) =>
        logs.GetOrAdd((pod, container), static _ => new ContainerLog()).Append(new PodLogLine(time.GetUtcNow(), line));

    /// <inheritdoc/>
    public IReadOnlyList<PodLogLine> Read(NamespacedName pod, string container) =>
        logs.TryGetValue((pod, container), out var log) ? log.Snapshot() : [];

    /// <inheritdoc/>
    public IAsyncEnumerable<PodLogLine> FollowAsync(NamespacedName pod, string container, CancellationToken cancellationToken) =>
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
        private readonly Queue<PodLogLine> lines = new();
        private readonly List<Channel<PodLogLine>> followers = [];

        public void Append(PodLogLine line)
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

        public IReadOnlyList<PodLogLine> Snapshot()
        {
            lock (gate)
                return [.. lines];
        }

        public async IAsyncEnumerable<PodLogLine> FollowAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var channel = Channel.CreateUnbounded<PodLogLine>();
            IReadOnlyList<PodLogLine> kept;
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
