using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.ApiServer;

/// <summary>What containers printed; the API server serves it as <c>pods/log</c>.</summary>
public interface IPodLogs
{
    /// <summary>The kept lines of a container, oldest first; none when it has not printed anything.</summary>
    IReadOnlyList<PodLogLine> Read(NamespacedName pod, string container);

    /// <summary>The kept lines and then those to come, until the pod is gone or the call is cancelled.</summary>
    IAsyncEnumerable<PodLogLine> FollowAsync(NamespacedName pod, string container, CancellationToken cancellationToken);
}

/// <summary>A line that a container printed, and when.</summary>
public readonly record struct PodLogLine(DateTimeOffset Time, string Text);
