using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>What controllers ask of a pod.</summary>
internal static class PodFacts
{
    /// <summary>Whether deletion was asked for.</summary>
    public static bool IsTerminating(this Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether all containers have ended for good.</summary>
    public static bool IsFinished(this Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>Whether the pod runs and passes its readiness probes.</summary>
    public static bool IsReady(this Pod pod) => pod.Status?.Phase == "Running" && pod.ReadyCondition()?.Status == "True";

    /// <summary>Whether the Ready condition holds, whatever the phase.</summary>
    public static bool HasReadyCondition(this Pod pod) => pod.ReadyCondition()?.Status == "True";

    /// <summary>When a pod that is ready for too short a time becomes available; null when it is available or not ready.</summary>
    public static TimeSpan? UntilAvailable(this Pod pod, int minReadySeconds, DateTimeOffset now)
    {
        if (minReadySeconds <= 0 || !pod.IsReady() || pod.ReadyCondition()?.LastTransitionTime is not { } since)
            return null;
        var left = since.AddSeconds(minReadySeconds) - now;
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>Whether the pod has been ready for long enough.</summary>
    public static bool IsAvailable(this Pod pod, int minReadySeconds, DateTimeOffset now) =>
        pod.IsReady() && pod.UntilAvailable(minReadySeconds, now) is null;

    private static PodCondition? ReadyCondition(this Pod pod)
    {
        foreach (var condition in pod.Status?.Conditions ?? [])
        {
            if (condition.Type == "Ready")
                return condition;
        }

        return null;
    }
}
