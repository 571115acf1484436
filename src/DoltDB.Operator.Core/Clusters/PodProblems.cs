using System.Globalization;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Why a pod does not run, in the words of its status, or where to read on: what only Events tell is not in it.</summary>
internal static class PodProblems
{
    /// <summary>How long volumes and images may take before users should look.</summary>
    private static readonly TimeSpan PreparationLimit = TimeSpan.FromSeconds(30);

    /// <summary>The problem, or null when there is none to see. Nothing in it moves with the time.</summary>
    public static string? Describe(Pod pod, DateTimeOffset now)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
            return "the pod is being deleted";
        List<ContainerStatus> containers = [.. pod.Status?.InitContainerStatuses ?? [], .. pod.Status?.ContainerStatuses ?? []];
        if (containers.Find(static container => container.State?.Waiting is { Reason: { } reason } && !IsUsual(reason)) is { } waiting)
            return $"{Describe(waiting.Name, waiting.State!.Waiting!)}{(LastEnd(waiting) is { } end ? $"; {end}" : "")}";
        if (containers.Find(static container => LastEnd(container) is not null) is { } ended)
            return $"{ended.Name}: {LastEnd(ended)}";
        return pod.Status?.Conditions?.FirstOrDefault(condition => condition is { Type: "PodScheduled", Status: "False" }) is { } unscheduled
            ? $"{unscheduled.Reason}: {unscheduled.Message}"
            : Unprepared(pod, containers, now);
    }

    /// <summary>Why there may be no pod. The controller of the set tells only there that a policy, a quota or a webhook refuses it.</summary>
    public static string Missing(StatefulSet? set) => set is null ? "there is no pod" : $"there is no pod; see: kubectl describe statefulset {set.Metadata.Name}";

    /// <summary>Whether the server's container ended with a failure and is begun again and again.</summary>
    public static bool IsCrashLooping(Pod pod) => pod.Status?.ContainerStatuses?.FirstOrDefault(static container => container.Name == "dolt") is { RestartCount: > 0 } server
        && server.State is { Waiting.Reason: "CrashLoopBackOff" } or { Terminated.ExitCode: not 0 };

    private static string Describe(string container, ContainerStateWaiting why) =>
        why.Message is { Length: > 0 } message ? $"{container}: {why.Reason}: {message}" : $"{container}: {why.Reason}";

    /// <summary>How the container ended, as long as it is not ready again: <c>OOMKilled</c> says more than that it is begun again.</summary>
    private static string? LastEnd(ContainerStatus container)
    {
        var now = container.State?.Terminated;
        var end = now is { ExitCode: not 0 } ? now : now is null && container is { Ready: not true, RestartCount: > 0 } ? container.LastState?.Terminated : null;
        return end is null ? null : string.Create(CultureInfo.InvariantCulture, $"it ended last with {end.Reason ?? "an error"} (exit code {end.ExitCode})");
    }

    /// <summary>A pod that has a node and nothing of which runs: a volume cannot be attached or mounted, or an image is large.</summary>
    private static string? Unprepared(Pod pod, List<ContainerStatus> containers, DateTimeOffset now)
    {
        if (containers.Exists(static container => container.State?.Running is not null) || !containers.Exists(static container => container.State?.Waiting is not null))
            return null;
        var placed = pod.Status?.Conditions?.FirstOrDefault(static condition => condition is { Type: "PodScheduled", Status: "True" })?.LastTransitionTime ?? pod.Metadata.CreationTimestamp;
        var since = containers.Select(static container => container.State?.Terminated?.FinishedAt).Append(placed).Max();
        return now - since > PreparationLimit
            ? string.Create(CultureInfo.InvariantCulture, $"its volumes or images are not there yet (since {since:yyyy-MM-ddTHH:mm:ssZ}); see: kubectl describe pod {pod.Metadata.Name}")
            : null;
    }

    private static bool IsUsual(string reason) => reason is "PodInitializing" or "ContainerCreating";
}
