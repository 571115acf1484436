using System.Net;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sandbox.Controllers;
using DoltDB.Operator.Sandbox.Node;
using DoltDB.Operator.Sandbox.SimulatedDolt;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Sandbox.Hosting;

/// <summary>How a sandbox runs.</summary>
public sealed record SandboxOptions
{
    /// <summary>Where objects, volumes and addresses are kept.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the API server listens; null serves this process only.</summary>
    public IPEndPoint? Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Path of a real dolt; null runs the simulated Dolt.</summary>
    public string? DoltBinary { get; init; }

    /// <summary>CustomResourceDefinitions, as YAML.</summary>
    public required IReadOnlyList<string> Definitions { get; init; }

    /// <summary>Keep the API server's objects in memory only.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>Whether a node runs pods; without one they wait for ever, for measurements of the control plane alone.</summary>
    public bool RunsPods { get; init; } = true;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Logs of the sandbox's own parts.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}

/// <summary>A Kubernetes for one machine: API server, the controllers that DoltDB needs, and a node that runs its pods.</summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private readonly SupervisedLoops loops;
    private readonly KubernetesMetrics metrics = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly LoopbackNetwork addressRange;
    private readonly PodLogs logs;
    private readonly KubernetesClient nodeClient;
    private readonly KubernetesClient controllerClient;
    private NodeAgent? agent;
    private ServiceProxy? proxy;
    private SandboxControllers? controllers;

    private SandboxHost(SandboxApiServer apiServer, LoopbackNetwork addressRange, SandboxOptions options)
    {
        this.addressRange = addressRange;
        ApiServer = apiServer;
        loops = new SupervisedLoops(options.Loggers.CreateLogger<SandboxHost>());
        logs = new PodLogs(options.Time);
        nodeClient = apiServer.Connect("sandbox-node");
        controllerClient = apiServer.Connect("sandbox-controllers");
        Network = new SimulatedNetwork(options.Time);
    }

    /// <summary>The API server, with its faults and its count of requests.</summary>
    public SandboxApiServer ApiServer { get; }

    /// <summary>What carries replication between simulated servers, with its faults.</summary>
    public SimulatedNetwork Network { get; }

    /// <summary>Completes with a description when a part of the sandbox dies.</summary>
    public Task<string> WhenFailed => loops.WhenFailed;

    /// <summary>Starts everything; objects of an earlier run in the same directory come back to life.</summary>
    public static async Task<SandboxHost> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var addresses = LoopbackNetwork.Take(options.IsEphemeral ? null : Path.Combine(options.DataDirectory, "network"));
        var apiServer = await SandboxApiServer.StartAsync(
            new SandboxApiServerOptions
            {
                DataDirectory = options.IsEphemeral ? null : Path.Combine(options.DataDirectory, "objects"),
                Listen = options.Listen,
                Definitions = options.Definitions,
                Network = addresses.Number,
                Time = options.Time,
            },
            cancellationToken);
        var host = new SandboxHost(apiServer, addresses, options);
        try
        {
            await host.StartPartsAsync(options, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Applies manifests; <paramref name="source"/> names them in errors, <paramref name="ns"/> is where those go that name no namespace.</summary>
    /// <exception cref="ManifestException">One was refused; the message names the field.</exception>
    public Task<IReadOnlyList<AppliedManifest>> ApplyAsync(string yaml, string source, CancellationToken cancellationToken, string ns = "default") =>
        new ManifestApplier(ApiServer, ApiServer.Catalog, ns).ApplyAsync(yaml, source, cancellationToken);

    /// <summary>The container of a running pod, to kill or freeze; null when it does not run.</summary>
    internal IRunningContainer? Container(NamespacedName pod, string? container = null) => agent?.Container(pod, container);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loops.DisposeAsync();
        if (proxy is not null)
            await proxy.DisposeAsync();
        if (agent is not null)
            await agent.DisposeAsync();
        controllers?.Dispose();
        await ApiServer.DisposeAsync();
        nodeClient.Dispose();
        controllerClient.Dispose();
        metrics.Dispose();
        addressRange.Dispose();
        stopping.Dispose();
    }

    private async Task StartPartsAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        controllers = await SandboxControllers.CreateAsync(controllerClient, options.Time, options.Loggers, cancellationToken);
        loops.Start("sandbox controllers", controllers.RunAsync);
        if (options.RunsPods)
            await StartNodeAsync(options, cancellationToken);
    }

    private async Task StartNodeAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        ApiServer.ServeLogs(logs);
        var caches = new CacheRegistry(nodeClient, [], options.Time, new Random(1), metrics, options.Loggers.CreateLogger<CacheRegistry>());
        var (pods, claims) = (caches.Get(BuiltInKinds.Pod), caches.Get(BuiltInKinds.PersistentVolumeClaim));
        var (secrets, configMaps) = (caches.Get(BuiltInKinds.Secret), caches.Get(BuiltInKinds.ConfigMap));
        var (services, slices) = (caches.Get(BuiltInKinds.Service), caches.Get(BuiltInKinds.EndpointSlice));
        caches.Start(loops);
        await caches.WaitForSyncAsync(cancellationToken);
        var logger = options.Loggers.CreateLogger<NodeAgent>();
        var addresses = new PodAddresses(options.IsEphemeral ? null : Path.Combine(options.DataDirectory, "addresses"), addressRange.Number);
        proxy = new ServiceProxy(services, slices, new Random(1), logger);
        agent = new NodeAgent(
            new NodeServices
            {
                Client = nodeClient,
                Addresses = addresses,
                Volumes = new VolumeDirectories(options.DataDirectory),
                Runtime = options.DoltBinary is { } dolt ? new DoltProcessRuntime(dolt, addresses) : new SimulatedDoltRuntime(Network, options.Time),
                Logs = logs,
                Secrets = secrets.Get,
                ConfigMaps = configMaps.Get,
                Time = options.Time,
                Logger = logger,
                Stopping = stopping.Token,
            },
            pods,
            claims);
    }
}
