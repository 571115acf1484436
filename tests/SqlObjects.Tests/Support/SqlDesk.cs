using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.SqlObjects;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sandbox.ApiServer.Writes;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.SqlObjects.Tests.Support;

/// <summary>A user's desk with the controllers of SQL objects over a real API server, and a server in memory for every engine.</summary>
internal sealed class SqlDesk : IAsyncDisposable
{
    public const string Namespace = "default";

    private readonly SandboxApiServer api;
    private readonly KubernetesClient user;
    private readonly KubernetesClient worker;
    private readonly SupervisedLoops loops;
    private readonly CancellationTokenSource stop = new();
    private readonly CacheRegistry registry;
    private readonly IReadOnlyList<IController> built;
    private Task controllers = Task.CompletedTask;

    private SqlDesk(SandboxApiServer api, TimeSpan interval, IReadOnlyCollection<string> watched)
    {
        this.api = api;
        user = api.Connect("user");
        worker = api.Connect("operator");
        loops = new SupervisedLoops(NullLogger<SupervisedLoops>.Instance);
        var metrics = new KubernetesMetrics();
        var services = new ControllerServices(TimeProvider.System, new Random(1), metrics, NullLoggerFactory.Instance);
        registry = new CacheRegistry(worker, watched, TimeProvider.System, services.Random, metrics, NullLogger<CacheRegistry>.Instance);
        var clusters = new ClusterCaches(registry);
        var administrators = new AdministratorCredentials(worker, TimeProvider.System, clusters.Secrets);
        built = SqlObjectControllers.Create(worker, registry, clusters, administrators, Events, services, new SqlObjectOptions { Workers = 4, Interval = interval, Drivers = _ => Server });
    }

    /// <summary>The database server behind every instance and DoltDB.</summary>
    public FakeServer Server { get; } = new();

    /// <summary>What users were told.</summary>
    public RecordedEvents Events { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A desk whose objects are looked at again that often; seldom unless told otherwise, so that events must do the work.</summary>
    /// <param name="interval">The interval.</param>
    /// <param name="before">What is there before the operator starts.</param>
    /// <param name="watched">The only namespace that the operator watches; null for all.</param>
    public static async Task<SqlDesk> StartAsync(TimeSpan? interval = null, Func<SqlDesk, Task>? before = null, string? watched = null)
    {
        var api = await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null, Definitions = [.. CrdsCommand.ReadAll()] }, Token);
        var desk = new SqlDesk(api, interval ?? TimeSpan.FromMinutes(10), watched is null ? [] : [watched]);
        await desk.ApplyAsync("{kind: Namespace, apiVersion: v1, metadata: {name: default}}");
        await (before?.Invoke(desk) ?? Task.CompletedTask);
        desk.registry.Start(desk.loops);
        desk.controllers = Task.WhenAll(desk.built.Select(controller => controller.RunAsync(desk.stop.Token, CancellationToken.None)));
        return desk;
    }

    /// <summary>A desk with the ExternalInstance <c>server</c>, whose administrator is <c>admin</c>.</summary>
    public static async Task<SqlDesk> WithInstanceAsync(TimeSpan? interval = null)
    {
        var desk = await StartAsync(interval);
        await desk.SecretAsync("admin", ("password", "admin-secret"));
        await desk.ApplyAsync("""
            kind: ExternalInstance
            metadata: {name: server}
            spec: {engine: MySQL, host: db.example.com, adminCredentials: {username: {value: admin}, password: {valueFrom: {secretKeyRef: {name: admin, key: password}}}}}
            """);
        return desk;
    }

    /// <summary>Applies a manifest of one object, as kubectl does.</summary>
    public async Task ApplyAsync(string yaml)
    {
        var manifest = (JsonObject)YamlJson.Parse(yaml)!;
        var kind = manifest["kind"]!.GetValue<string>();
        manifest["apiVersion"] ??= kind == "Namespace" || kind == "Secret" ? "v1" : "k8s.dolthub.com/v1alpha";
        switch (kind)
        {
            case "Database": await ApplyAsync(DoltKinds.Database, manifest, ApiJson.Default.Database); break;
            case "User": await ApplyAsync(DoltKinds.User, manifest, ApiJson.Default.User); break;
            case "Grant": await ApplyAsync(DoltKinds.Grant, manifest, ApiJson.Default.Grant); break;
            case "ExternalInstance": await ApplyAsync(DoltKinds.ExternalInstance, manifest, ApiJson.Default.ExternalInstance); break;
            case "DatabaseDriver": await ApplyAsync(DoltKinds.DatabaseDriver, manifest, ApiJson.Default.DatabaseDriver); break;
            case "Namespace": await ApplyAsync(BuiltInKinds.Namespace, manifest, KubernetesJson.Default.Namespace); break;
            default: throw new ArgumentException($"unknown kind {kind}", nameof(yaml));
        }
    }

    /// <summary>All objects of a kind in the namespace.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(ResourceKind<T> kind)
        where T : class, IKubernetesObject => (await user.ListAsync(kind, new ListOptions { Namespace = Namespace }, Token)).Items;

    /// <summary>Makes or changes a Secret.</summary>
    public Task SecretAsync(string name, params (string Key, string Value)[] data) => user.ApplyAsync(
        BuiltInKinds.Secret,
        new Secret
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new ObjectMeta { Name = Name(name).Name, Namespace = Name(name).Namespace },
            Data = data.ToDictionary(pair => pair.Key, pair => Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))),
        },
        "user",
        null,
        Token);

    /// <summary>The text of a Secret's key.</summary>
    public async Task<string?> SecretAsync(string name, string key) =>
        (await user.GetAsync(BuiltInKinds.Secret, Name(name), Token))?.Data?.GetValueOrDefault(key) is { } text ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : null;

    public async Task<T?> FindAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject => await user.GetAsync(kind, Name(name), Token);

    public async Task<T> GetAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject => (await FindAsync(kind, name)).ShouldNotBeNull($"{kind.Kind} {name}");

    public Task DeleteAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject => user.DeleteAsync(kind, Name(name), new DeleteOptions(), Token);

    public Task PatchAsync<T>(ResourceKind<T> kind, string name, string json)
        where T : class, IKubernetesObject => user.MergePatchAsync(kind, Name(name), (JsonObject)JsonNode.Parse(json)!, null, Token);

    public Task PatchStatusAsync<T>(ResourceKind<T> kind, string name, string json)
        where T : class, IKubernetesObject => user.MergePatchAsync(kind, Name(name), (JsonObject)JsonNode.Parse(json)!, "status", Token);

    /// <summary>Waits until the object's Ready condition has the reason, for its newest generation, and returns the condition.</summary>
    public async Task<Condition> ReadyAsync<T>(ResourceKind<T> kind, string name, string reason)
        where T : KubernetesObject
    {
        Condition? last = null;
        await Eventually.HoldsAsync(async () => (last = await ReadyConditionAsync(kind, name)) is { } ready && ready.Reason == reason, $"{kind.Kind} {name}: {reason}");
        return last!;
    }

    /// <summary>Waits until the object is as it should be.</summary>
    public Task CreatedAsync<T>(ResourceKind<T> kind, string name)
        where T : KubernetesObject => ReadyAsync(kind, name, "Created");

    /// <summary>Waits until there is no such object.</summary>
    public Task GoneAsync<T>(ResourceKind<T> kind, string name)
        where T : class, IKubernetesObject => Eventually.HoldsAsync(async () => await FindAsync(kind, name) is null, $"{kind.Kind} {name} is gone");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await controllers;
        await loops.DisposeAsync();
        user.Dispose();
        worker.Dispose();
        await api.DisposeAsync();
        stop.Dispose();
    }

    /// <summary>Takes from the operator all rights to a resource in a namespace.</summary>
    public void Forbid(string resource, string ns) =>
        api.Faults.Fail(context => context.Kind.UserAgent == "operator" && context.Kind.Resource == resource && context.Namespace == ns, 403);

    /// <summary>How many requests of a kind the operator has sent.</summary>
    public long Requests(string verb, string resource) => api.Requests.Count(kind => kind.UserAgent == "operator" && kind.Verb == verb && kind.Resource == resource);

    private async Task<Condition?> ReadyConditionAsync<T>(ResourceKind<T> kind, string name)
        where T : KubernetesObject
    {
        var found = JsonSerializer.SerializeToNode((await FindAsync(kind, name))!, kind.TypeInfo);
        var conditions = found?["status"]?["conditions"]?.Deserialize(ApiJson.Default.IReadOnlyListCondition);
        return conditions.Find("Ready") is { } ready && ready.ObservedGeneration == found!["metadata"]!["generation"]!.GetValue<long>() ? ready : null;
    }

    private async Task ApplyAsync<T>(ResourceKind<T> kind, JsonObject manifest, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class, IKubernetesObject
    {
        if (kind.Namespaced)
            manifest["metadata"]!["namespace"] ??= Namespace;
        await user.ApplyAsync(kind, manifest.Deserialize(type)!, "user", null, Token);
    }

    private static NamespacedName Name(string name) => name.Split('/') is [var ns, var rest] ? new NamespacedName(ns, rest) : new NamespacedName(Namespace, name);
}

/// <summary>Events as <c>Reason: message</c>.</summary>
internal sealed class RecordedEvents : IEventRecorder
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> all = new();

    public IReadOnlyCollection<string> All => all;

    public void Record(ObjectReference regarding, EventType type, string reason, string message) => all.Enqueue($"{regarding.Kind} {regarding.Name} {reason}: {message}");
}
