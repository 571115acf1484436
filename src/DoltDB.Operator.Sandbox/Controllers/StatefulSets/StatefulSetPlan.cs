using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>What a StatefulSet does next.</summary>
internal abstract record StatefulSetAction
{
    /// <summary>Makes the pod with that number, and its claims before it.</summary>
    public sealed record CreatePod(int Ordinal) : StatefulSetAction;

    /// <summary>Deletes a pod; a <paramref name="IsCondemned"/> one is not made again.</summary>
    public sealed record DeletePod(Pod Pod, bool IsCondemned) : StatefulSetAction;

    /// <summary>Makes the missing claims of a pod that waits for them, and gives them the owners that the retention policy wants.</summary>
    public sealed record TendClaims(Pod Pod, bool IsCondemned) : StatefulSetAction;
}

/// <summary>The pods of a StatefulSet by their numbers, and what to do about them. Pure.</summary>
internal sealed class StatefulSetPlan
{
    private readonly StatefulSet set;
    private readonly RevisionPair revisions;
    private readonly DateTimeOffset now;
    private readonly SortedDictionary<int, Pod?> replicas = [];
    private readonly List<Pod> condemned;
    private readonly List<StatefulSetAction> actions = [];

    private StatefulSetPlan(StatefulSet set, RevisionPair revisions, IReadOnlyList<Pod> pods, DateTimeOffset now)
    {
        (this.set, this.revisions, this.now) = (set, revisions, now);
        var start = StatefulSetNames.Start(set);
        for (var i = 0; i < StatefulSetNames.Replicas(set); i++)
            replicas[start + i] = null;
        var beyond = new List<(int Ordinal, Pod Pod)>();
        foreach (var pod in pods)
        {
            var ordinal = StatefulSetNames.Parse(pod.Metadata.Name)!.Value.Ordinal;
            if (replicas.ContainsKey(ordinal))
                replicas[ordinal] = pod;
            else
                beyond.Add((ordinal, pod));
        }

        condemned = [.. beyond.OrderByDescending(static entry => entry.Ordinal).Select(static entry => entry.Pod)];
    }

    private bool IsOrdered => set.Spec?.PodManagementPolicy != "Parallel";

    private int MinReadySeconds => set.Spec?.MinReadySeconds ?? 0;

    /// <summary>The actions for now; later ones follow when the pods have changed.</summary>
    public static IReadOnlyList<StatefulSetAction> Decide(StatefulSet set, RevisionPair revisions, IReadOnlyList<Pod> pods, DateTimeOffset now)
    {
        var plan = new StatefulSetPlan(set, revisions, pods, now);
        if (plan.FillUp() && plan.ScaleDown())
            plan.Update();
        return plan.actions;
    }

    /// <summary>Makes what is missing; false when the rest must wait.</summary>
    private bool FillUp()
    {
        foreach (var (ordinal, pod) in replicas)
        {
            if (pod is null)
            {
                actions.Add(new StatefulSetAction.CreatePod(ordinal));
                if (IsOrdered)
                    return false;
                continue;
            }

            if (pod.IsFinished() && !pod.IsTerminating())
            {
                actions.Add(new StatefulSetAction.DeletePod(pod, IsCondemned: false));
                return false;
            }

            actions.Add(new StatefulSetAction.TendClaims(pod, IsCondemned: false));
            if (IsOrdered && !IsHealthy(pod))
                return false;
        }

        return true;
    }

    /// <summary>Deletes what is too much, highest number first; false when the rest must wait.</summary>
    private bool ScaleDown()
    {
        // An unhealthy pod stops the removal of the others, but never its own.
        var unhealthy = replicas.Values.Concat(Enumerable.Reverse(condemned)).FirstOrDefault(pod => pod is not null && !IsHealthy(pod));
        foreach (var pod in condemned)
        {
            actions.Add(new StatefulSetAction.TendClaims(pod, IsCondemned: true));
            if (pod.IsTerminating())
            {
                if (IsOrdered)
                    return false;
                continue;
            }

            if (IsOrdered && !IsHealthy(pod) && !ReferenceEquals(pod, unhealthy))
                return false;
            actions.Add(new StatefulSetAction.DeletePod(pod, IsCondemned: true));
            if (IsOrdered)
                return false;
        }

        return true;
    }

    /// <summary>Deletes pods of another revision, highest number first, as far as the strategy allows.</summary>
    private void Update()
    {
        if (set.Spec?.UpdateStrategy?.Type == "OnDelete")
            return;
        var allowance = Allowance();
        foreach (var (ordinal, pod) in replicas.Reverse())
        {
            if (ordinal < StatefulSetPods.Partition(set) || allowance <= 0)
                return;
            if (pod is null)
                continue;
            if (StatefulSetNames.RevisionOf(pod) != revisions.UpdateName && !pod.IsTerminating())
            {
                actions.Add(new StatefulSetAction.DeletePod(pod, IsCondemned: false));
                allowance--;
            }
            else if (!IsHealthy(pod))
            {
                allowance--;
            }
        }
    }

    private int Allowance()
    {
        var limit = set.Spec?.UpdateStrategy?.RollingUpdate?.MaxUnavailable;
        return limit is null ? 1 : Math.Max(1, Proportions.Of(limit.Value, replicas.Count, roundsUp: false));
    }

    private bool IsHealthy(Pod pod) => !pod.IsTerminating() && pod.IsAvailable(MinReadySeconds, now);
}
