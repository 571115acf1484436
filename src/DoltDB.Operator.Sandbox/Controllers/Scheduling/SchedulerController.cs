using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.Storage;
using ClusterNode = DoltDB.Operator.Kubernetes.Objects.Node;

namespace DoltDB.Operator.Sandbox.Controllers.Scheduling;

/// <summary>Binds pods to the one node once their claims are bound.</summary>
internal sealed class SchedulerController : IReconciler
{
    private const string Unbound = "unbound";

    /// <summary>How long a pod may wait before its status says why: usually its volumes come within milliseconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ControllerContext context;
    private readonly string node;
    private readonly ActedVersions bound = new();
    private readonly IObjectCache<Pod> pods;
    private readonly IObjectCache<PersistentVolumeClaim> claims;
    private readonly IObjectCache<ClusterNode> nodes;

    public SchedulerController(ControllerContext context, string node)
    {
        (this.context, this.node) = (context, node);
        pods = context.Caches.Get(BuiltInKinds.Pod).WithClaimIndex();
        claims = context.Caches.Get(BuiltInKinds.PersistentVolumeClaim);
        nodes = context.Caches.Get(BuiltInKinds.Node);
        pods.AddIndex(Unbound, static pod => IsUnbound(pod) ? [""] : []);
    }

    public static IController Create(ControllerContext context, string node)
    {
        var scheduler = new SchedulerController(context, node);
        return new Controller<Pod>(
                ControllerContext.Options("scheduler"), scheduler.pods, scheduler, context.Services, static change => change.New is not { } pod || IsUnbound(pod) || (change.Old is { } old && IsUnbound(old)))
            .Watches(scheduler.claims, claim => scheduler.Waiting(NamespacedName.Of(claim)))
            .Watches(scheduler.nodes, _ => scheduler.pods.Lookup(Unbound, "").Select(static pod => NamespacedName.Of(pod)), IsOpened);
    }

    /// <inheritdoc/>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (pods.Get(key) is not { } pod || !IsUnbound(pod))
        {
            bound.Forget(key);
            return ReconcileResult.Done;
        }

        if (bound.Contains(pod))
            return ReconcileResult.Done;
        if (Obstacle(pod, Volumes.ClaimsOf(pod).Select(claim => (claim.Name, claims.Get(claim))), nodes.Get(new NamespacedName("", node))) is not { } obstacle)
        {
            await context.Client.BindAsync(key, node, cancellationToken);
            bound.Add(pod);
            return ReconcileResult.Done;
        }

        var patience = Patience - (context.Now - (pod.Metadata.CreationTimestamp ?? context.Now));
        if (patience > TimeSpan.Zero)
            return ReconcileResult.After(patience);
        await ReportAsync(pod, obstacle, cancellationToken);
        return ReconcileResult.Done;
    }

    /// <summary>Why the pod cannot be bound now, as reason and message; null when it can. Pure.</summary>
    internal static (string Reason, string Message)? Obstacle(
        Pod pod, IEnumerable<(string Name, PersistentVolumeClaim? Claim)> mounted, ClusterNode? node)
    {
        if (pod.Spec?.SchedulingGates is { Count: > 0 })
            return ("SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
        foreach (var (name, claim) in mounted)
        {
            if (claim is null)
                return ("Unschedulable", $"persistentvolumeclaim \"{name}\" not found");
            if (claim.Metadata.DeletionTimestamp is not null)
                return ("Unschedulable", $"persistentvolumeclaim \"{name}\" is being deleted");
            if (claim.Status?.Phase != "Bound")
                return ("Unschedulable", "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
        }

        if (node is null)
            return ("Unschedulable", "no nodes available to schedule pods");
        return node.Spec?.Unschedulable == true ? ("Unschedulable", "0/1 nodes are available: 1 node(s) were unschedulable.") : null;
    }

    private static bool IsUnbound(Pod pod) => string.IsNullOrEmpty(pod.Spec?.NodeName) && !pod.IsTerminating() && !pod.IsFinished();

    private static bool IsOpened(CacheChange<ClusterNode> change) => change.New is not null && change.Old?.Spec?.Unschedulable != change.New.Spec?.Unschedulable;

    private IEnumerable<NamespacedName> Waiting(NamespacedName claim) =>
        pods.UsersOf(claim).Where(IsUnbound).Select(static pod => NamespacedName.Of(pod));

    private async Task ReportAsync(Pod pod, (string Reason, string Message) obstacle, CancellationToken cancellationToken)
    {
        var present = pod.Status?.Conditions ?? [];
        if (present.Any(condition => condition.Type == "PodScheduled" && condition.Reason == obstacle.Reason && condition.Message == obstacle.Message))
            return;
        var condition = new PodCondition
        {
            Type = "PodScheduled", Status = "False", Reason = obstacle.Reason, Message = obstacle.Message, LastTransitionTime = context.Now,
        };
        List<PodCondition> conditions = [.. present.Where(static other => other.Type != "PodScheduled"), condition];
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = pod.Metadata.ResourceVersion },
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray([.. conditions.Select(static c => JsonSerializer.SerializeToNode(c, KubernetesJson.Default.PodCondition))]),
            },
        };
        await context.Client.MergePatchAsync(BuiltInKinds.Pod, NamespacedName.Of(pod), patch, "status", cancellationToken);
    }
}
