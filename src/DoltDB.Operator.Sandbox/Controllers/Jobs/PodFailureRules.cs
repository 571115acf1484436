using System.Globalization;
using System.Text.Json;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Jobs;

/// <summary>What the pod failure policy of a Job says about failed pods. Pure.</summary>
internal static class PodFailureRules
{
    /// <summary>The message with which the first pod whose rule says FailJob ends the Job; null when there is none.</summary>
    public static string? FailJob(JobSpec spec, IEnumerable<Pod> pods)
    {
        foreach (var pod in pods)
        {
            if (Match(spec, pod) is ("FailJob", var index, var container, var code))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Container {container} for pod {pod.Metadata.Namespace}/{pod.Metadata.Name} failed with exit code {code} matching FailJob rule at index {index}");
            }
        }

        return null;
    }

    /// <summary>Whether the failure of the pod does not count.</summary>
    public static bool IsIgnored(JobSpec spec, Pod pod) => Match(spec, pod)?.Action == "Ignore";

    private static (string? Action, int Index, string? Container, int? Code)? Match(JobSpec spec, Pod pod)
    {
        if (pod.Status?.Phase != "Failed" || spec.PodFailurePolicy is not { } policy || !policy.TryGetProperty("rules", out var rules))
            return null;
        var index = 0;
        foreach (var rule in rules.EnumerateArray())
        {
            var action = rule.GetProperty("action").GetString();
            if (rule.TryGetProperty("onExitCodes", out var codes) && Ended(codes, pod) is { } end)
                return (action, index, end.Name, end.State?.Terminated?.ExitCode);
            if (rule.TryGetProperty("onPodConditions", out var conditions) && conditions.EnumerateArray().Any(condition => Holds(condition, pod)))
                return (action, index, null, null);
            index++;
        }

        return null;
    }

    private static ContainerStatus? Ended(JsonElement codes, Pod pod)
    {
        var name = codes.TryGetProperty("containerName", out var given) ? given.GetString() : null;
        var values = codes.GetProperty("values").EnumerateArray().Select(static value => value.GetInt32()).ToHashSet();
        var isIn = codes.GetProperty("operator").GetString() == "In";
        return (pod.Status?.ContainerStatuses ?? []).FirstOrDefault(container =>
            (name is null || container.Name == name) && container.State?.Terminated?.ExitCode is { } code and not 0 && values.Contains(code) == isIn);
    }

    private static bool Holds(JsonElement condition, Pod pod)
    {
        var type = condition.GetProperty("type").GetString();
        var status = condition.TryGetProperty("status", out var given) ? given.GetString() : "True";
        return (pod.Status?.Conditions ?? []).Any(candidate => candidate.Type == type && candidate.Status == status);
    }
}
