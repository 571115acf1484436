using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.StatefulSets;

namespace DoltDB.Operator.Sandbox.Controllers.Budgets;

/// <summary>Keeps the status of PodDisruptionBudgets, by which the API server allows evictions.</summary>
internal sealed class BudgetController : IReconciler
{
    private readonly ControllerContext context;
    private readonly IObjectCache<PodDisruptionBudget> budgets;
    private readonly IObjectCache<StatefulSet> sets;
    private readonly IObjectCache<Pod> pods;

    public BudgetController(ControllerContext context)
    {
        this.context = context;
        budgets = context.Caches.Get(BuiltInKinds.PodDisruptionBudget).WithSelectorIndex(static budget => budget.Spec?.Selector?.MatchLabels);
        sets = context.Caches.Get(BuiltInKinds.StatefulSet);
        pods = context.Caches.Get(BuiltInKinds.Pod).WithLabelPairIndex();
    }

    public static IController Create(ControllerContext context)
    {
        var controller = new BudgetController(context);
        return new Controller<PodDisruptionBudget>(ControllerContext.Options("budgets"), controller.budgets, controller, context.Services)
            .Watches(controller.pods, pod => controller.BudgetsOf(pod.Metadata.Namespace, pod.Metadata.Labels), IsHealthChanged)
            .Watches(
                controller.sets,
                set => controller.BudgetsOf(set.Metadata.Namespace, set.Spec?.Template?.Metadata?.Labels),
                static change => change.Old?.Spec?.Replicas != change.New?.Spec?.Replicas);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (budgets.Get(key) is not { Metadata.DeletionTimestamp: null } budget)
            return ReconcileResult.Done;
        var selected = Selected(budget);
        var status = BudgetStatuses.Compute(budget, selected, Scale(selected), context.Now);
        if (BudgetStatuses.With(budget, status) is { } changed)
            await context.Client.ReplaceAsync(BuiltInKinds.PodDisruptionBudget, changed, "status", cancellationToken);
        return new ReconcileResult(BudgetStatuses.NextLook(status, context.Now));
    }

    private static bool IsHealthChanged(CacheChange<Pod> change)
    {
        if (change is not { Old: { } old, New: { } fresh })
            return true;
        return old.IsReady() != fresh.IsReady()
            || old.IsTerminating() != fresh.IsTerminating()
            || old.Metadata.Uid != fresh.Metadata.Uid
            || old.Metadata.Controller()?.Uid != fresh.Metadata.Controller()?.Uid
            || !(LabelSelectors.Contains(old.Metadata.Labels, fresh.Metadata.Labels) && LabelSelectors.Contains(fresh.Metadata.Labels, old.Metadata.Labels));
    }

    private List<Pod> Selected(PodDisruptionBudget budget)
    {
        var ns = budget.Metadata.Namespace!;
        var candidates = budget.Spec?.Selector?.MatchLabels is { Count: > 0 } labels ? pods.WithLabels(ns, labels) : pods.List(ns);
        return [.. candidates.Where(pod => !pod.IsFinished() && budget.Spec?.Selector.Selects(pod.Metadata.Labels) == true)];
    }

    /// <summary>How many pods the controllers of the pods want; a pod whose controller has no known scale counts as one.</summary>
    private int Scale(IReadOnlyList<Pod> selected)
    {
        var total = 0;
        foreach (var group in selected.GroupBy(static pod => pod.Metadata.Controller()?.Uid ?? ""))
        {
            var owner = group.First().Metadata.Controller();
            var set = owner?.Kind == "StatefulSet" ? sets.Get(new NamespacedName(group.First().Metadata.Namespace!, owner.Name)) : null;
            total += set is not null && set.Metadata.Uid == group.Key ? StatefulSetNames.Replicas(set) : group.Count();
        }

        return total;
    }

    private IEnumerable<NamespacedName> BudgetsOf(string? ns, IReadOnlyDictionary<string, string>? labels) => budgets.MaySelect(ns, labels)
        .Where(budget => budget.Spec?.Selector.Selects(labels) == true)
        .Select(static budget => NamespacedName.Of(budget));
}
