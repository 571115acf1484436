using System.Security.Cryptography;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core;
using DoltDB.Operator.Core.SqlObjects;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.LeaderElection;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Hosting;

/// <summary>
/// The operator's parts put together over one API server: caches, leader election, events and controllers. The process and the sandbox both
/// run it.
/// </summary>
internal sealed class OperatorRuntime : IHealth, IAsyncDisposable
{
    private readonly OperatorOptions options;
    private readonly SupervisedLoops loops;
    private readonly DoltConnections connections;
    private readonly BuiltInDrivers drivers;
    private readonly CacheRegistry caches;
    private readonly EventRecorder events;
    private readonly ControllerManager controllers;
    private readonly LeaderElector? elector;
    private readonly ILogger logger;

    /// <summary>Composes the parts; nothing runs yet.</summary>
    /// <param name="client">The API server; not disposed here.</param>
    /// <param name="options">What the command line says.</param>
    /// <param name="ownNamespace">Namespace of the lease unless the options name one.</param>
    /// <param name="services">Clock, metrics and logs.</param>
    public OperatorRuntime(IKubernetesClient client, OperatorOptions options, string ownNamespace, ControllerServices services)
    {
        this.options = options;
        logger = services.Loggers.CreateLogger<OperatorRuntime>();
        Identity = $"{Environment.MachineName}_{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        loops = new SupervisedLoops(services.Loggers.CreateLogger<SupervisedLoops>());
        connections = new DoltConnections(new DoltConnector(services.Time), new DoltConnectionsOptions(), services.Time);
        drivers = new BuiltInDrivers(services.Time);
        caches = new CacheRegistry(client, [.. options.WatchNamespaces], services.Time, services.Random, services.Metrics, services.Loggers.CreateLogger<CacheRegistry>());
        events = new EventRecorder(client, new EventRecorderOptions { Instance = Identity }, services.Time, services.Metrics, services.Loggers.CreateLogger<EventRecorder>());
        controllers = new ControllerManager(OperatorControllers.Create(client, caches, connections, events, services, options.MaxDoltDbConcurrentReconciles, SqlObjects(options)));
        if (options.LeaderElect)
        {
            var lease = new NamespacedName(options.LeaderElectionNamespace ?? ownNamespace, options.LeaderElectionId);
            elector = new LeaderElector(
                client, new LeaderElectionOptions { Lease = lease, Identity = Identity }, services.Time, services.Random, services.Loggers.CreateLogger<LeaderElector>());
        }
    }

    /// <summary>Holder of the lease and instance in events.</summary>
    public string Identity { get; }

    /// <summary>Whether this process works on objects now; without leader election it always does.</summary>
    public bool IsLeading => elector?.IsLeader ?? true;

    /// <inheritdoc/>
    public string? Dead => loops.IsHealthy ? null : string.Join("; ", loops.Failures);

    /// <inheritdoc/>
    public string? NotReady => caches.Unsynced is { Count: > 0 } kinds ? "waiting for the first list of " + string.Join(", ", kinds) : null;

    /// <summary>
    /// Runs until <paramref name="stopping"/>, then finishes the passes in hand and gives the lease back. True when it ended because it was
    /// told to; false when a part died or leadership was lost, and the process should start anew.
    /// </summary>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        caches.Start(loops);
        loops.Start("events", events.RunAsync);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _ = loops.WhenFailed.ContinueWith(_ => failing.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var end = await WorkAsync(failing.Token);
        await loops.StopAsync();
        if (end == LeadershipEnd.Lost)
            Log.LeadershipLost(logger);
        return end != LeadershipEnd.Lost && loops.IsHealthy;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await loops.DisposeAsync();
        await connections.DisposeAsync();
        await drivers.DisposeAsync();
    }

    private SqlObjectOptions SqlObjects(OperatorOptions options) =>
        new() { Workers = options.MaxConcurrentReconciles, Interval = options.RequeueSql, Drivers = drivers.Get };

    private async Task<LeadershipEnd> WorkAsync(CancellationToken stopping)
    {
        Log.Starting(logger, Identity, options.WatchNamespaces.Count == 0 ? "*" : string.Join(",", options.WatchNamespaces), options.LeaderElect);
        if (elector is not null)
            return await elector.RunAsync(lost => RunControllersAsync(stopping, lost), stopping);
        await RunControllersAsync(stopping, CancellationToken.None);
        return LeadershipEnd.Released;
    }

    private async Task RunControllersAsync(CancellationToken stopping, CancellationToken lost)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, lost);
            await caches.WaitForSyncAsync(either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested || lost.IsCancellationRequested)
        {
            return;
        }

        await controllers.RunAsync(stopping, lost);
    }
}
