using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Budgets;

/// <summary>How many pods a budget may still lose. Pure.</summary>
internal static class BudgetStatuses
{
    private const string Allowed = "DisruptionAllowed";

    /// <summary>How long an accepted eviction counts before its deletion is seen.</summary>
    private static readonly TimeSpan EvictionTakesEffect = TimeSpan.FromMinutes(2);

    /// <summary>The status that the pods make up.</summary>
    /// <param name="budget">The budget.</param>
    /// <param name="pods">The pods that it selects.</param>
    /// <param name="scale">How many pods their controllers want together.</param>
    /// <param name="now">The clock's time.</param>
    public static PodDisruptionBudgetStatus Compute(PodDisruptionBudget budget, IReadOnlyList<Pod> pods, int scale, DateTimeOffset now)
    {
        var (expected, desired) = Wanted(budget.Spec, pods.Count, scale);
        var evicted = StillEvicted(Read(budget)?.DisruptedPods, pods, now);
        var healthy = pods.Count(pod => pod.IsReady() && !pod.IsTerminating() && !evicted.ContainsKey(pod.Metadata.Name!));
        var allowed = expected == 0 ? 0 : Math.Max(0, healthy - desired);
        var condition = new Condition
        {
            Type = Allowed,
            Status = allowed > 0 ? Conditions.True : Conditions.False,
            ObservedGeneration = budget.Metadata.Generation,
            Reason = allowed > 0 ? "SufficientPods" : "InsufficientPods",
            Message = "",
        };
        return new PodDisruptionBudgetStatus
        {
            ObservedGeneration = budget.Metadata.Generation,
            DisruptedPods = evicted.Count == 0 ? null : evicted,
            DisruptionsAllowed = allowed,
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            ExpectedPods = expected,
            Conditions = Read(budget)?.Conditions.With(condition, now) ?? Array.Empty<Condition>().With(condition, now),
        };
    }

    /// <summary>The stored status.</summary>
    public static PodDisruptionBudgetStatus? Read(PodDisruptionBudget budget) =>
        budget.Status?.Deserialize(KubernetesJson.Default.PodDisruptionBudgetStatus);

    /// <summary>The budget with the status, or null when it has it already.</summary>
    public static PodDisruptionBudget? With(PodDisruptionBudget budget, PodDisruptionBudgetStatus status)
    {
        var element = JsonSerializer.SerializeToElement(status, KubernetesJson.Default.PodDisruptionBudgetStatus);
        var isSame = budget.Status is { } stored && JsonNode.DeepEquals(
            JsonSerializer.SerializeToNode(stored.Deserialize(KubernetesJson.Default.PodDisruptionBudgetStatus), KubernetesJson.Default.PodDisruptionBudgetStatus),
            JsonSerializer.SerializeToNode(status, KubernetesJson.Default.PodDisruptionBudgetStatus));
        return isSame ? null : budget with { Status = element };
    }

    /// <summary>When an accepted eviction whose pod lives on stops to count; null when there is none.</summary>
    public static TimeSpan? NextLook(PodDisruptionBudgetStatus status, DateTimeOffset now) => status.DisruptedPods is { Count: > 0 } evicted
        ? evicted.Values.Min() + EvictionTakesEffect - now
        : null;

    private static (int Expected, int Desired) Wanted(PodDisruptionBudgetSpec? spec, int pods, int scale)
    {
        if (spec?.MaxUnavailable is { } most)
            return (scale, Math.Max(0, scale - Proportions.Of(most, scale, roundsUp: true)));
        return spec?.MinAvailable switch
        {
            { Number: { } number } => (pods, number),
            { } percentage => (scale, Proportions.Of(percentage, scale, roundsUp: true)),
            null => (pods, 0),
        };
    }

    /// <summary>
    /// Evictions whose pods are still there. Servers begin so fast here that a pod may have a successor of its name before its deletion was seen: that one was
    /// not evicted.
    /// </summary>
    private static Dictionary<string, DateTimeOffset> StillEvicted(
        IReadOnlyDictionary<string, DateTimeOffset>? evicted, IReadOnlyList<Pod> pods, DateTimeOffset now) =>
        (evicted ?? new Dictionary<string, DateTimeOffset>())
            .Where(entry => entry.Value + EvictionTakesEffect > now && pods.Any(pod => pod.Metadata.Name == entry.Key && !pod.IsTerminating() && pod.Metadata.CreationTimestamp < entry.Value))
            .ToDictionary();
}
