using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sandbox.Controllers;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

/// <summary>An API server with the sandbox's controllers and a kubelet that only pretends.</summary>
internal sealed class ControllerBench : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource stopping = new();
    private readonly SandboxControllers controllers;
    private readonly Task running;
    private readonly Task kubelet;

    private ControllerBench(SandboxApiServer server, SandboxControllers controllers)
    {
        Server = server;
        Client = server.Connect("test/1");
        this.controllers = controllers;
        running = controllers.RunAsync(stopping.Token);
        kubelet = new PretendedKubelet(server.Connect("kubelet/1"), this).RunAsync(stopping.Token);
    }

    public SandboxApiServer Server { get; }

    public IKubernetesClient Client { get; }

    /// <summary>Pods that the kubelet leaves alone.</summary>
    public HashSet<string> Stuck { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ControllerBench> StartAsync()
    {
        var server = await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null }, Cancel);
        return new ControllerBench(server, await SandboxControllers.CreateAsync(server.Connect("controllers/1"), TimeProvider.System, NullLoggerFactory.Instance, Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAny(Task.WhenAll(running, kubelet), Task.Delay(Deadline, TimeProvider.System, CancellationToken.None));
        controllers.Dispose();
        await Server.DisposeAsync();
        stopping.Dispose();
    }

    public async Task<T?> GetAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject =>
        await Client.GetAsync(kind, new NamespacedName(kind.Namespaced ? "default" : "", name), Cancel);

    public async Task<IReadOnlyList<T>> ListAsync<T>(ResourceKind<T> kind)
        where T : class, IKubernetesObject => (await Client.ListAsync(kind, new ListOptions { Namespace = "default" }, Cancel)).Items;

    public Task<T> PatchAsync<T>(ResourceKind<T> kind, string name, string patch)
        where T : class, IKubernetesObject =>
        Client.MergePatchAsync(kind, new NamespacedName("default", name), JsonNode.Parse(patch)!.AsObject(), null, Cancel);

    public Task DeleteAsync<T>(ResourceKind<T> kind, string name, string? policy = null)
        where T : class, IKubernetesObject =>
        Client.DeleteAsync(kind, new NamespacedName("default", name), new DeleteOptions { PropagationPolicy = policy }, Cancel);

    /// <summary>Waits until the object is as wanted; fails with its last state.</summary>
    public async Task<T> UntilAsync<T>(ResourceKind<T> kind, string name, Func<T, bool> condition)
        where T : class, IKubernetesObject
    {
        T? last = null;
        await UntilAsync(
            async () =>
            {
                last = await GetAsync(kind, name);
                return last is not null && condition(last);
            },
            () => $"{kind.Kind} {name} is {(last is null ? "missing" : System.Text.Json.JsonSerializer.Serialize(last, kind.TypeInfo))}");
        return last!;
    }

    public Task GoneAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject => UntilAsync(async () => await GetAsync(kind, name) is null, () => $"{kind.Kind} {name} is still there");

    public async Task UntilAsync(Func<Task<bool>> condition, Func<string> state)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (running.IsCompleted || kubelet.IsCompleted)
                await Task.WhenAll(running, kubelet);
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                throw new TimeoutException(state());
            await Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System, Cancel);
        }
    }
}
