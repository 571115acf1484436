using System.Text.Json.Nodes;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Testing;

namespace DoltDB.Kubectl.Tests.Support;

/// <summary>What a run of the plugin printed, and its exit code.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>A user's desk: an API server without operator, whose part the test plays, and the plugin.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly SandboxApiServer server;
    private readonly KubernetesClient client;

    private Desk(SandboxApiServer server) => (this.server, client) = (server, server.Connect("test"));

    /// <summary>The only programs that the plugin finds; none by default.</summary>
    public string ProgramPath { get; set; } = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An API server that knows DoltDBs.</summary>
    public static Task<Desk> StartAsync() => StartAsync([.. CrdsCommand.ReadAll()]);

    /// <summary>An API server where the operator was never installed.</summary>
    public static Task<Desk> StartWithoutDefinitionsAsync() => StartAsync([]);

    /// <summary>Runs the plugin to its end.</summary>
    public Task<Outcome> RunAsync(params string[] arguments) => RunAsync(Token, arguments);

    /// <summary>Runs the plugin until its end or the cancellation, which is Ctrl-C.</summary>
    public Task<Outcome> RunAsync(CancellationToken cancellationToken, params string[] arguments) => PluginRun.RunAsync(
        _ => new ApiAccess(server.Connect("plugin"), "default", null), ProgramPath, "", arguments, cancellationToken);

    /// <summary>Stores the DoltDB with its status, as a user and an operator together do.</summary>
    public async Task<DoltDb> StoreAsync(DoltDb cluster)
    {
        var name = NamespacedName.Of(cluster);
        var stored = await client.GetAsync(DoltKinds.DoltDb, name, Token) is { } existing
            ? await client.ReplaceAsync(DoltKinds.DoltDb, cluster with { Metadata = existing.Metadata }, null, Token)
            : await client.CreateAsync(DoltKinds.DoltDb, cluster, Token);
        return await client.ReplaceAsync(DoltKinds.DoltDb, stored with { Status = cluster.Status }, "status", Token);
    }

    /// <summary>Changes the stored status.</summary>
    public async Task ReportAsync(string name, Func<DoltDbStatus, DoltDbStatus> change)
    {
        var stored = await GetAsync(name);
        await client.ReplaceAsync(DoltKinds.DoltDb, stored with { Status = change(stored.Status!) }, "status", Token);
    }

    public async Task<DoltDb> GetAsync(string name) => (await client.GetAsync(DoltKinds.DoltDb, new NamespacedName("default", name), Token)).ShouldNotBeNull();

    /// <summary>The value of an annotation once it is there.</summary>
    public async Task<string> AwaitAnnotationAsync(string name, string annotation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            if ((await GetAsync(name)).Metadata.Annotations?.GetValueOrDefault(annotation) is { } value)
                return value;
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
        }

        throw new TimeoutException($"waited {Patience.TotalSeconds} s for annotation {annotation} of {name}");
    }

    /// <summary>Waits until the plugin has listed objects of a kind so many times.</summary>
    public Task AwaitListsAsync(string resource, int count) => Eventually.HoldsAsync(
        () => server.Requests.Count(kind => kind is { Verb: "list", UserAgent: "plugin" } && kind.Resource == resource) >= count, $"{count} lists of {resource}");

    public Task DeleteAsync(string name) => client.DeleteAsync(DoltKinds.DoltDb, new NamespacedName("default", name), new DeleteOptions(), Token);

    public Task CreateAsync<T>(ResourceKind<T> kind, T resource)
        where T : class, IKubernetesObject => client.CreateAsync(kind, resource, Token);

    public Task PatchPodStatusAsync(string pod, JsonObject status) => client.MergePatchAsync(
        BuiltInKinds.Pod, new NamespacedName("default", pod), new JsonObject { ["status"] = status }, "status", Token);

    public Task DeletePodAsync(string pod) =>
        client.DeleteAsync(BuiltInKinds.Pod, new NamespacedName("default", pod), new DeleteOptions { GracePeriodSeconds = 0 }, Token);

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    private static async Task<Desk> StartAsync(IReadOnlyList<string> definitions) =>
        new(await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null, Definitions = definitions }, Token));
}
