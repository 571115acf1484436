using System.Net;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Hosting;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Sandbox.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Kubectl.Tests.Support;

/// <summary>A sandbox with an operator and one replicated cluster, <c>db</c>, whose servers are simulated Dolts.</summary>
public sealed class RunningCluster : IAsyncLifetime
{
    private const string Manifest = """
        apiVersion: k8s.dolthub.com/v1alpha
        kind: DoltDB
        metadata: {name: db}
        spec:
          engineVersion: "1.57.2"
          replicas: 2
          storage: {size: 1Gi}
          replication: {enabled: true}
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string directory = Directory.CreateTempSubdirectory("kubectl-doltdb-").FullName;
    private readonly CancellationTokenSource stopping = new();
    private readonly KubernetesMetrics metrics = new();
    private SandboxHost host = null!;
    private KubernetesClient client = null!;
    private KubernetesClient operatorClient = null!;
    private OperatorRuntime runtime = null!;
    private Task<bool> running = Task.FromResult(true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        host = await SandboxHost.StartAsync(
            new SandboxOptions { DataDirectory = directory, Listen = null, Definitions = [.. CrdsCommand.ReadAll()], IsEphemeral = true }, Token);
        client = host.ApiServer.Connect("test");
        operatorClient = host.ApiServer.Connect("operator");
        var services = new ControllerServices(TimeProvider.System, new Random(1), metrics, NullLoggerFactory.Instance);
        runtime = new OperatorRuntime(operatorClient, new OperatorOptions(), "default", services);
        running = runtime.RunAsync(stopping.Token);
        await host.ApplyAsync(Manifest, "manifest", Token);
        await AwaitAsync(IsReady, "Ready");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        await runtime.DisposeAsync();
        operatorClient.Dispose();
        client.Dispose();
        await host.DisposeAsync();
        metrics.Dispose();
        stopping.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Runs the plugin to its end, with the programs of a PATH and a text as standard input.</summary>
    internal Task<Outcome> RunAsync(string[] arguments, string path = "", string input = "", bool isInteractive = false) =>
        PluginRun.RunAsync(PluginRun.Context(Connect, path, input) with { IsInteractive = isInteractive }, arguments, Token);

    /// <summary>Runs the plugin with the given output until it is interrupted; returns its exit code.</summary>
    internal Task<int> FollowAsync(string[] arguments, TextWriter output, CancellationToken cancellationToken) =>
        PluginRun.RunAsync(PluginRun.Context(Connect, "", ""), output, TextWriter.Null, arguments, cancellationToken);

    /// <summary>The administrator's password.</summary>
    internal async Task<string> PasswordAsync() =>
        (await new AdministratorCredentials(client, TimeProvider.System).GetAsync(new NamespacedName("default", "db"), mayCreate: false, isRefused: false, Token)).Password;

    /// <summary>The incarnations of the pods.</summary>
    internal async Task<IReadOnlyList<string>> PodsAsync() =>
        [.. (await client.ListAsync(BuiltInKinds.Pod, new ListOptions { Namespace = "default" }, Token)).Items.Select(pod => pod.Metadata.Uid!)];

    /// <summary>A port of this machine that leads to the server of a pod, as a forwarded one does.</summary>
    internal async Task<(PortForwarder Forwarder, int Port)> ForwardAsync(string name)
    {
        var pod = (await client.GetAsync(BuiltInKinds.Pod, new NamespacedName("default", name), Token)).ShouldNotBeNull();
        var target = new IPEndPoint(IPAddress.Parse(pod.Status!.PodIP!), 3306);
        using var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        return (PortForwarder.Start(new IPEndPoint(IPAddress.Loopback, port), () => target), port);
    }

    private ApiAccess Connect(ConnectionChoice choice) => new(host.ApiServer.Connect("plugin"), "default", null);

    /// <summary>Waits until the DoltDB is as told.</summary>
    internal async Task<DoltDb> AwaitAsync(Func<DoltDb, bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            if (await client.GetAsync(DoltKinds.DoltDb, new NamespacedName("default", "db"), Token) is { } cluster && condition(cluster))
                return cluster;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }

        throw new TimeoutException($"waited {Patience.TotalSeconds} s for {what}");
    }

    /// <summary>Whether the operator has taken up the spec and the cluster serves.</summary>
    internal static bool IsReady(DoltDb cluster) =>
        cluster.Status?.ObservedGeneration == cluster.Metadata.Generation && cluster.Status?.Conditions.IsTrue("Ready") == true;
}

/// <summary>Tests that share the running cluster, one after the other.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // xunit's name for it.
public sealed class RunningClusterCollection : ICollectionFixture<RunningCluster>
#pragma warning restore CA1711
{
    internal const string Name = "running cluster";
}
