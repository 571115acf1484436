using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.StatefulSets;

/// <summary>Brings pods and claims of a StatefulSet to what it says, as kube-controller-manager does.</summary>
internal sealed class StatefulSetController(ControllerContext context, StatefulSetCaches caches) : IReconciler
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    private readonly StatefulSetMembers members = new(context, caches);
    private readonly StatefulSetHistory history = new(context);
    private readonly StatefulSetActions actions = new(context, caches);

    public static IController Create(ControllerContext context)
    {
        var caches = new StatefulSetCaches(context.Caches);
        return new Controller<StatefulSet>(
                ControllerContext.Options("statefulset", workers: 4),
                caches.Sets,
                new StatefulSetController(context, caches),
                context.Services,
                Predicates.IgnoresStatus)
            .Owns(caches.Pods)
            .Watches(caches.Pods, static pod => pod.Metadata.Controller() is null ? SetNamedBy(pod) : []);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (caches.Sets.Get(key) is not { } set)
            return ReconcileResult.Done;
        var pods = await members.PodsAsync(set, cancellationToken);
        var known = await members.RevisionsAsync(set, cancellationToken);
        var revisions = await history.RecordAsync(set, known, cancellationToken);
        var isComplete = true;
        if (set.Metadata.DeletionTimestamp is null)
        {
            foreach (var action in StatefulSetPlan.Decide(set, revisions, pods, context.Now))
                isComplete &= await actions.RunAsync(set, revisions, action, cancellationToken);
        }

        await WriteStatusAsync(set, StatefulSetStatuses.Compute(set, revisions, pods, context.Now), cancellationToken);
        await history.TruncateAsync(set, revisions, known, pods, cancellationToken);
        return isComplete ? NextLook(set, pods) : ReconcileResult.After(Retry);
    }

    private static IEnumerable<NamespacedName> SetNamedBy(Pod pod) =>
        StatefulSetNames.Parse(pod.Metadata.Name) is { } name ? [new NamespacedName(pod.Metadata.Namespace ?? "", name.Set)] : [];

    private async Task WriteStatusAsync(StatefulSet set, StatefulSetStatus status, CancellationToken cancellationToken)
    {
        if (!StatefulSetStatuses.Same(set.Status, status))
            await context.Client.ReplaceAsync(BuiltInKinds.StatefulSet, set with { Status = status }, "status", cancellationToken);
    }

    /// <summary>No event tells that a pod has been ready for long enough.</summary>
    private ReconcileResult NextLook(StatefulSet set, IReadOnlyList<Pod> pods)
    {
        var waits = pods.Select(pod => pod.UntilAvailable(set.Spec?.MinReadySeconds ?? 0, context.Now)).OfType<TimeSpan>().ToList();
        return waits.Count == 0 ? ReconcileResult.Done : ReconcileResult.After(waits.Min());
    }
}
