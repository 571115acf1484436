using System.Text.Json.Nodes;
using System.Threading.Channels;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Rates;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Events;

/// <summary>
/// Writes events in the background. Equal events count up, one object cannot flood the others, and nothing here can fail or delay a
/// reconcile pass. Events recorded before <see cref="RunAsync"/> begins wait in the queue.
/// </summary>
public sealed class EventRecorder : IEventRecorder
{
    private const int MostRemembered = 4096;
    private const int LongestMessage = 1024;
    private const int LongestName = 253;

    private readonly IKubernetesClient client;
    private readonly EventRecorderOptions options;
    private readonly TimeProvider time;
    private readonly KubernetesMetrics metrics;
    private readonly ILogger logger;
    private readonly Channel<Recorded> queue;

    // Both belong to the one writing loop.
    private readonly Dictionary<EventKey, Written> written = [];
    private readonly Dictionary<string, TokenBucket> budgets = [];
    private long lastName;

    /// <summary>A recorder; start <see cref="RunAsync"/> as a background loop.</summary>
    public EventRecorder(IKubernetesClient client, EventRecorderOptions options, TimeProvider time, KubernetesMetrics metrics, ILogger<EventRecorder> logger)
    {
        this.client = client;
        this.options = options;
        this.time = time;
        this.metrics = metrics;
        this.logger = logger;
        queue = Channel.CreateBounded<Recorded>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    /// <inheritdoc/>
    public void Record(ObjectReference regarding, EventType type, string reason, string message)
    {
        var text = message.Length <= LongestMessage ? message : message[..LongestMessage];
        if (!queue.Writer.TryWrite(new Recorded(regarding, type, reason, text, time.GetUtcNow())))
            Drop(regarding, reason, "queue");
    }

    /// <summary>Writes events until cancelled, then what is still queued within the flush limit.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var recorded in queue.Reader.ReadAllAsync(cancellationToken))
                await WriteAsync(recorded, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await FlushAsync();
        }
    }

    private static string BudgetKey(ObjectReference regarding) => $"{regarding.Kind}/{regarding.Namespace}/{regarding.Name}/{regarding.Uid}";

    private async Task FlushAsync()
    {
        queue.Writer.TryComplete();
        using var limit = new CancellationTokenSource(options.FlushLimit, time);
        while (!limit.IsCancellationRequested && queue.Reader.TryRead(out var recorded))
            await WriteAsync(recorded, limit.Token);
    }

    private async Task WriteAsync(Recorded recorded, CancellationToken cancellationToken)
    {
        try
        {
            Prune();
            var key = new EventKey(recorded.Regarding with { ResourceVersion = null }, recorded.Type, recorded.Reason, recorded.Message);
            if (!Budget(recorded.Regarding).TryTake())
            {
                Drop(recorded.Regarding, recorded.Reason, "budget");
                return;
            }

            if (!written.TryGetValue(key, out var before) || !await CountUpAsync(key, before, recorded, cancellationToken))
                await CreateAsync(key, recorded, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Drop(recorded.Regarding, recorded.Reason, "stop");
        }
        catch (Exception exception)
        {
            metrics.EventDropped("error");
            Log.EventFailed(logger, exception, recorded.Reason, BudgetKey(recorded.Regarding));
        }
    }

    /// <summary>Counts the written event up; false when it is too old or gone, so that a new one is due.</summary>
    private async Task<bool> CountUpAsync(EventKey key, Written before, Recorded recorded, CancellationToken cancellationToken)
    {
        if (recorded.At - before.Last > options.AggregationWindow)
            return false;
        var patch = new JsonObject
        {
            ["count"] = before.Count + 1,
            ["lastTimestamp"] = recorded.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        };
        try
        {
            await client.MergePatchAsync(BuiltInKinds.Event, before.Name, patch, null, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code == 404)
        {
            return false;
        }

        written[key] = before with { Count = before.Count + 1, Last = recorded.At };
        return true;
    }

    private async Task CreateAsync(EventKey key, Recorded recorded, CancellationToken cancellationToken)
    {
        var regarding = recorded.Regarding;
        var name = new NamespacedName(string.IsNullOrEmpty(regarding.Namespace) ? "default" : regarding.Namespace, UniqueName(regarding.Name ?? "", recorded.At));
        var created = new Event
        {
            Metadata = new ObjectMeta { Name = name.Name, Namespace = name.Namespace },
            InvolvedObject = regarding,
            Type = recorded.Type.ToString(),
            Reason = recorded.Reason,
            Message = recorded.Message,
            Count = 1,
            FirstTimestamp = recorded.At,
            LastTimestamp = recorded.At,
            Source = new EventSource { Component = options.Component },
            ReportingComponent = options.Component,
            ReportingInstance = options.Instance,
        };
        await client.CreateAsync(BuiltInKinds.Event, created, cancellationToken);
        written[key] = new Written(name, 1, recorded.At);
    }

    /// <summary>The object's name and a number that grows with time, as kubectl and its users know it.</summary>
    private string UniqueName(string regarding, DateTimeOffset at)
    {
        lastName = Math.Max(lastName + 1, (at - DateTimeOffset.UnixEpoch).Ticks * 100);
        var suffix = $".{lastName:x}";
        return regarding[..Math.Min(regarding.Length, LongestName - suffix.Length)] + suffix;
    }

    private TokenBucket Budget(ObjectReference regarding)
    {
        var key = BudgetKey(regarding);
        if (!budgets.TryGetValue(key, out var budget))
        {
            budget = new TokenBucket(options.PerSecondPerObject, options.BurstPerObject, time);
            budgets.Add(key, budget);
        }

        return budget;
    }

    /// <summary>Forgets what no longer matters once there is much of it; all of it when everything still matters.</summary>
    private void Prune()
    {
        if (written.Count >= MostRemembered)
        {
            var now = time.GetUtcNow();
            foreach (var (key, entry) in written)
            {
                if (now - entry.Last > options.AggregationWindow)
                    written.Remove(key);
            }

            if (written.Count >= MostRemembered)
                written.Clear();
        }

        if (budgets.Count >= MostRemembered)
        {
            foreach (var (key, budget) in budgets)
            {
                if (budget.IsFull)
                    budgets.Remove(key);
            }
        }
    }

    private void Drop(ObjectReference regarding, string reason, string because)
    {
        metrics.EventDropped(because);
        Log.EventDropped(logger, reason, BudgetKey(regarding), because);
    }

    private sealed record Recorded(ObjectReference Regarding, EventType Type, string Reason, string Message, DateTimeOffset At);

    private sealed record EventKey(ObjectReference Regarding, EventType Type, string Reason, string Message);

    private sealed record Written(NamespacedName Name, int Count, DateTimeOffset Last);
}
