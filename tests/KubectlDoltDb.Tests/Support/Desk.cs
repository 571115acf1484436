using System.Text.Json.Nodes;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sandbox.ApiServer.Writes;
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

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An API server that knows DoltDBs.</summary>
    public static Task<Desk> StartAsync() => StartAsync([.. CrdsCommand.ReadAll()]);

    /// <summary>An API server whose DoltDBs have <c>spec.paused</c>, or are of a time before it.</summary>
    public static Task<Desk> StartAsync(bool knowsPaused) => StartAsync([.. CrdsCommand.ReadAll().Select(definition => WithPaused(definition, knowsPaused))]);

    /// <summary>An API server where the operator was never installed.</summary>
    public static Task<Desk> StartWithoutDefinitionsAsync() => StartAsync([]);

    /// <summary>Runs the plugin to its end.</summary>
    public Task<Outcome> RunAsync(params string[] arguments) => PluginRun.RunAsync(
        PluginRun.Context(_ => new ApiAccess(server.Connect("plugin"), "default", null), "", ""), arguments, Token);

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

    /// <summary>Lets the plugin's requests for a resource fail, until the result is disposed.</summary>
    public IDisposable Fail(string resource, int code) => server.Faults.Fail(context => context.Kind.UserAgent == "plugin" && context.Kind.Resource == resource, code);

    /// <summary>Ends every stream of changes, as a restarting API server does.</summary>
    public void DropWatches() => server.Faults.DropWatches();

    /// <summary>Waits until the plugin has sent so many requests of a kind.</summary>
    public Task AwaitRequestsAsync(string verb, string resource, int count) => Eventually.HoldsAsync(
        () => server.Requests.Count(kind => kind.UserAgent == "plugin" && kind.Verb == verb && kind.Resource == resource) >= count, $"{count} times {verb} {resource}");

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

    private static string WithPaused(string definition, bool knowsPaused)
    {
        var crd = (JsonObject)YamlJson.Parse(definition)!;
        var spec = (JsonObject)crd["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!;
        spec.Remove("paused");
        if (knowsPaused)
            spec["paused"] = new JsonObject { ["type"] = "boolean" };
        return crd.ToJsonString();
    }
}
