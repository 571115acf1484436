using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Sandbox.Controllers.Budgets;
using DoltDB.Operator.Sandbox.Controllers.Endpoints;
using DoltDB.Operator.Sandbox.Controllers.Garbage;
using DoltDB.Operator.Sandbox.Controllers.Jobs;
using DoltDB.Operator.Sandbox.Controllers.Namespaces;
using DoltDB.Operator.Sandbox.Controllers.Scheduling;
using DoltDB.Operator.Sandbox.Controllers.StatefulSets;
using DoltDB.Operator.Sandbox.Controllers.Storage;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>The sandbox's stand-in for kube-controller-manager and kube-scheduler. Runs once.</summary>
internal sealed class SandboxControllers : IDisposable
{
    private readonly IKubernetesClient client;
    private readonly TimeProvider time;
    private readonly ILoggerFactory logs;
    private readonly KubernetesMetrics metrics = new();
    private readonly CacheRegistry caches;
    private readonly CacheRegistry everything;
    private readonly EventRecorder events;
    private readonly IReadOnlyList<IController> controllers;

    private SandboxControllers(IKubernetesClient client, TimeProvider time, ILoggerFactory logs)
    {
        (this.client, this.time, this.logs) = (client, time, logs);
        var random = new Random(1);
        caches = new CacheRegistry(client, [], time, random, metrics, logs.CreateLogger<CacheRegistry>());
        everything = new CacheRegistry(client, [], time, random, metrics, logs.CreateLogger<CacheRegistry>());
        var options = new EventRecorderOptions { Component = "sandbox-controllers", Instance = ClusterSeed.NodeName };
        events = new EventRecorder(client, options, time, metrics, logs.CreateLogger<EventRecorder>());
        var context = new ControllerContext(client, caches, events, new ControllerServices(time, random, metrics, logs));
        var graph = new ObjectGraph(everything);
        controllers =
        [
            NamespaceController.Create(context, graph),
            DefinitionController.Create(context, graph),
            new GarbageCollector(context, graph),
            StatefulSetController.Create(context),
            VolumeController.Create(context),
            SchedulerController.Create(context, ClusterSeed.NodeName),
            EndpointController.Create(context),
            BudgetController.Create(context),
            JobController.Create(context),
            CronJobController.Create(context),
        ];
    }

    /// <summary>
    /// Controllers that work through the client, in a cluster that has its node and its storage class by the time this returns: a claim that
    /// is made earlier would have no class.
    /// </summary>
    public static async Task<SandboxControllers> CreateAsync(IKubernetesClient client, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        await ClusterSeed.PlantAsync(client, time.GetUtcNow(), cancellationToken);
        return new SandboxControllers(client, time, logs);
    }

    /// <summary>Runs all controllers until cancelled.</summary>
    /// <exception cref="InvalidOperationException">A controller or a watch ended on its own.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var loops = new SupervisedLoops(logs.CreateLogger<SandboxControllers>());
        loops.Start("events", events.RunAsync);
        caches.Start(loops);
        everything.Start(loops);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new ControllerManager(controllers).RunAsync(stop.Token, CancellationToken.None);
        var first = await Task.WhenAny(running, loops.WhenFailed);
        await stop.CancelAsync();
        await running;
        if (first == loops.WhenFailed)
            throw new InvalidOperationException(await loops.WhenFailed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var controller in controllers.OfType<IDisposable>())
            controller.Dispose();
        metrics.Dispose();
    }
}
