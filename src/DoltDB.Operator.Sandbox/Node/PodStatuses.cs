using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>What a kubelet writes of a pod, from the states of its containers. Pure.</summary>
internal static class PodStatuses
{
    /// <summary>The status with conditions whose transition times are kept where nothing changed.</summary>
    public static PodStatus Of(Pod pod, string? address, IReadOnlyList<ContainerStatus> init, IReadOnlyList<ContainerStatus> main, DateTimeOffset now)
    {
        var phase = Phase(pod, init, main);
        var initialized = init.All(status => status.State?.Terminated is { ExitCode: 0 });
        var finished = phase is "Succeeded" or "Failed";
        var containersReady = !finished && main.Count > 0 && main.All(status => status.Ready == true);
        var notReady = finished ? "PodCompleted" : "ContainersNotReady";
        var conditions = new List<PodCondition>(pod.Status?.Conditions?.Where(condition => condition.Type == "PodScheduled") ?? []);
        var known = pod.Status?.Conditions ?? [];
        Add(conditions, known, "PodReadyToStartContainers", address is not null && !finished, null, null, now);
        Add(conditions, known, "Initialized", initialized, "ContainersNotInitialized", null, now);
        Add(conditions, known, "Ready", containersReady && initialized, notReady, Unready(main), now);
        Add(conditions, known, "ContainersReady", containersReady && initialized, notReady, Unready(main), now);
        return new PodStatus
        {
            Phase = phase,
            Conditions = conditions,
            HostIP = "127.0.0.1",
            PodIP = address,
            StartTime = pod.Status?.StartTime ?? now.WholeSeconds(),
            InitContainerStatuses = init.Count == 0 ? null : init,
            ContainerStatuses = main,
        };
    }

    /// <summary>Whether two statuses say the same: what decides if a write is worth it.</summary>
    public static bool Same(PodStatus? left, PodStatus? right) =>
        left is not null && right is not null && left.Phase == right.Phase && left.PodIP == right.PodIP
        && SequenceSame(left.Conditions, right.Conditions, (a, b) => a.Type == b.Type && a.Status == b.Status && a.Reason == b.Reason && a.Message == b.Message)
        && SequenceSame(left.InitContainerStatuses, right.InitContainerStatuses, Same)
        && SequenceSame(left.ContainerStatuses, right.ContainerStatuses, Same);

    private static bool Same(ContainerStatus left, ContainerStatus right) =>
        left.Name == right.Name && left.Ready == right.Ready && left.Started == right.Started && left.RestartCount == right.RestartCount
        && left.ContainerID == right.ContainerID && left.State == right.State && left.LastState == right.LastState;

    private static bool SequenceSame<T>(IReadOnlyList<T>? left, IReadOnlyList<T>? right, Func<T, T, bool> same) =>
        (left?.Count ?? 0) == (right?.Count ?? 0) && (left ?? []).Zip(right ?? [], same).All(equal => equal);

    private static string Phase(Pod pod, IReadOnlyList<ContainerStatus> init, IReadOnlyList<ContainerStatus> main)
    {
        var restarts = pod.Spec?.RestartPolicy is not "Never";
        if (init.Any(status => status.State?.Terminated is { ExitCode: not 0 }) && !restarts)
            return "Failed";
        var terminating = pod.Metadata.DeletionTimestamp is not null || pod.Spec?.RestartPolicy is "Never" or "OnFailure";
        if (main.Count > 0 && terminating && main.All(status => status.State?.Terminated is not null))
            return main.All(status => status.State!.Terminated!.ExitCode == 0) ? "Succeeded" : "Failed";
        return main.Any(status => status.State?.Running is not null || status.State?.Terminated is not null || status.LastState is not null) ? "Running" : "Pending";
    }

    private static string? Unready(IReadOnlyList<ContainerStatus> main)
    {
        var names = main.Where(status => status.Ready != true).Select(status => status.Name).ToList();
        return names.Count == 0 ? null : $"containers with unready status: [{string.Join(' ', names)}]";
    }

    private static void Add(
        List<PodCondition> conditions, IReadOnlyList<PodCondition> known, string type, bool value, string? reason, string? message, DateTimeOffset now)
    {
        var status = value ? "True" : "False";
        var before = known.FirstOrDefault(condition => condition.Type == type);
        conditions.Add(new PodCondition
        {
            Type = type,
            Status = status,
            Reason = value ? null : reason,
            Message = value ? null : message,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : now.WholeSeconds(),
        });
    }
}
