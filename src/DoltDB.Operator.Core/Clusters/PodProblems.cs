using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Why a pod does not run, in the words of its status.</summary>
internal static class PodProblems
{
    /// <summary>The problem, or null when there is none to see.</summary>
    public static string? Describe(Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
            return "the pod is being deleted";
        var status = pod.Status;
        var waiting = (status?.InitContainerStatuses ?? []).Concat(status?.ContainerStatuses ?? [])
            .FirstOrDefault(container => container.State?.Waiting is { Reason: { } reason } && !IsUsual(reason));
        if (waiting?.State?.Waiting is { } why)
            return why.Message is { Length: > 0 } message ? $"{waiting.Name}: {why.Reason}: {message}" : $"{waiting.Name}: {why.Reason}";
        return status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled
            ? $"{unscheduled.Reason}: {unscheduled.Message}"
            : null;
    }

    /// <summary>Whether the server's container ended with a failure and is begun again and again.</summary>
    public static bool IsCrashLooping(Pod pod) => pod.Status?.ContainerStatuses?.FirstOrDefault(static container => container.Name == "dolt") is { RestartCount: > 0 } server
        && server.State is { Waiting.Reason: "CrashLoopBackOff" } or { Terminated.ExitCode: not 0 };

    private static bool IsUsual(string reason) => reason is "PodInitializing" or "ContainerCreating";
}
