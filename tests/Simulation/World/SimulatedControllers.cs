using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers;
using DoltDB.Operator.Sandbox.Controllers.Budgets;
using DoltDB.Operator.Sandbox.Controllers.Scheduling;
using DoltDB.Operator.Sandbox.Controllers.StatefulSets;
using DoltDB.Operator.Sandbox.Controllers.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Simulation.World;

/// <summary>The sandbox's controllers, driven by the simulation. They never fail: the operator's faults are what is looked for.</summary>
internal static class SimulatedControllers
{
    /// <summary>Plants the node and the storage class, and starts the controllers.</summary>
    public static async Task StartAsync(SimulatedWorld world)
    {
        await ClusterSeed.PlantAsync(world.Client, world.Now, CancellationToken.None);
        var caches = new SimulatedCaches(world, TimeSpan.FromMilliseconds(3));
        var services = new ControllerServices(world.Time, world.Random, new KubernetesMetrics(), NullLoggerFactory.Instance);
        var context = new ControllerContext(world.Client, caches, new NoEvents(), services);
        var sets = new StatefulSetCaches(caches);
        var claims = caches.Get(BuiltInKinds.PersistentVolumeClaim);
        var pods = caches.Get(BuiltInKinds.Pod);
        var budgets = caches.Get(BuiltInKinds.PodDisruptionBudget);
        Run(world, new StatefulSetController(context, sets))
            .Watch(sets.Sets, Itself, Predicates.IgnoresStatus).Watch(pods, _ => All(sets.Sets)).Watch(sets.Sets, set => FreeOrphans(world, set));
        Run(world, new VolumeController(context)).Watch(claims, Itself).Watch(pods, _ => All(claims)).Watch(caches.Get(BuiltInKinds.PersistentVolume), _ => All(claims));
        Run(world, new SchedulerController(context, ClusterSeed.NodeName)).Watch(pods, Itself).Watch(claims, _ => All(pods));
        Run(world, new BudgetController(context)).Watch(budgets, Itself).Watch(pods, _ => All(budgets)).Watch(sets.Sets, _ => All(budgets));
    }

    private static SimulatedController Run(SimulatedWorld world, IReconciler reconciler)
    {
        var controller = new SimulatedController(reconciler, world.Time, static exception => exception is KubernetesException, world.Violate);
        world.Go(controller.RunAsync);
        return controller;
    }

    private static IEnumerable<NamespacedName> Itself<T>(T resource)
        where T : class, IKubernetesObject => [NamespacedName.Of(resource)];

    private static IEnumerable<NamespacedName> All<T>(IObjectCache<T> cache)
        where T : class, IKubernetesObject => [.. cache.List().Select(static resource => NamespacedName.Of(resource))];

    /// <summary>The part of the garbage collector that an orphaning deletion needs.</summary>
    private static IEnumerable<NamespacedName> FreeOrphans(SimulatedWorld world, StatefulSet set)
    {
        if (set.Metadata.DeletionTimestamp is not null && set.Metadata.Finalizers?.Contains("orphan") == true)
            world.Go(() => OrphanAsync(world, set));
        return [];
    }

    private static async Task OrphanAsync(SimulatedWorld world, StatefulSet set)
    {
        await world.DelayAsync(5, 100);
        await OrphanAsync(world, set, BuiltInKinds.Pod);
        await OrphanAsync(world, set, BuiltInKinds.ControllerRevision);
        await world.TryAsync(() => world.Client.MergePatchAsync(BuiltInKinds.StatefulSet, NamespacedName.Of(set), new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["uid"] = set.Metadata.Uid, ["finalizers"] = null } }, null, CancellationToken.None));
    }

    private static async Task OrphanAsync<T>(SimulatedWorld world, StatefulSet set, ResourceKind<T> kind)
        where T : class, IKubernetesObject
    {
        foreach (var dependent in (await world.Client.ListAsync(kind, new ListOptions { Namespace = set.Metadata.Namespace }, CancellationToken.None)).Items)
        {
            if (dependent.Metadata.Controller()?.Uid == set.Metadata.Uid)
                await world.TryAsync(() => world.Client.MergePatchAsync(kind, NamespacedName.Of(dependent), new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["ownerReferences"] = null } }, null, CancellationToken.None));
        }
    }

    private sealed class NoEvents : IEventRecorder
    {
        public void Record(ObjectReference regarding, EventType type, string reason, string message)
        {
        }
    }
}
