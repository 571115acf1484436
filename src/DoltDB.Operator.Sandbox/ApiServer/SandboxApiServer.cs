using System.Net;
using System.Text.Json.Nodes;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Discovery;
using DoltDB.Operator.Sandbox.ApiServer.Faults;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Patches;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Subresources;
using DoltDB.Operator.Sandbox.ApiServer.Writes;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Sandbox.ApiServer;

/// <summary>How the sandbox's API server runs.</summary>
public sealed record SandboxApiServerOptions
{
    /// <summary>Where objects are kept; null keeps them in memory only.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Where to listen, port 0 for a free one; null serves clients of this process only.</summary>
    public IPEndPoint? Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Changes of each kind that a watch may go back to.</summary>
    public int HistoryLimit { get; init; } = 10_000;

    /// <summary>CustomResourceDefinitions to install, as YAML.</summary>
    public IReadOnlyList<string> Definitions { get; init; } = [];

    /// <summary>Second octet of the loopback addresses that Services get.</summary>
    public byte Network { get; init; } = 64;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Chance, for injected faults.</summary>
    public Random Random { get; init; } = new(1);
}

/// <summary>A Kubernetes-compatible API server in this process, for <c>kubectl</c>, the operator and tests alike.</summary>
public sealed class SandboxApiServer : IAsyncDisposable
{
    private static readonly string[] InitialNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];
    private static readonly WriteOptions Ours = new(false, "sandbox", FieldValidation.Ignore, null);

    private readonly CancellationTokenSource stopping = new();
    private readonly KubernetesMetrics metrics = new();
    private readonly Parts parts;
    private HttpFront? front;

    private SandboxApiServer(Parts parts) => this.parts = parts;

    /// <summary>Base address; null when it does not listen.</summary>
    public Uri? Url => front?.Url;

    /// <summary>The kinds that the server knows.</summary>
    internal ResourceCatalog Catalog => parts.Catalog;

    /// <summary>Misbehaviour on demand.</summary>
    public ApiFaults Faults => parts.Faults;

    /// <summary>How many requests there were of each kind.</summary>
    public RequestLog Requests => parts.Requests;

    /// <summary>Starts the server with its initial namespaces and the given definitions.</summary>
    public static async Task<SandboxApiServer> StartAsync(SandboxApiServerOptions options, CancellationToken cancellationToken)
    {
        var store = await ObjectStore.OpenAsync(options.DataDirectory, options.HistoryLimit, cancellationToken);
        var server = new SandboxApiServer(new Parts(store, options));
        foreach (var definition in store.List(BuiltInResources.Definitions, null).Items)
            server.parts.Catalog.Define(definition, isGone: false);
        server.parts.Addresses.Restore(store.List("/services", null).Items);
        foreach (var ns in InitialNamespaces)
            server.Ensure("", "v1", "namespaces", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = ns } });
        foreach (var definition in options.Definitions)
            server.InstallDefinition(definition);
        if (options.Listen is { } address)
            server.front = await HttpFront.StartAsync(address, server.parts.Handler, server.stopping.Token, cancellationToken);
        return server;
    }

    /// <summary>All objects, for those who look past the API.</summary>
    internal ObjectStore Objects => parts.Store;

    /// <summary>Calls back within every committed change of a resource (<c>group/plural</c>), before the writer is answered.</summary>
    internal void Follow(string resource, Action<StoreEvent> follower) => parts.Commit.Follow(resource, follower);

    /// <summary>Where the node agent puts what containers print.</summary>
    public void ServeLogs(IPodLogs logs) => parts.Logs.Source = logs;

    /// <summary>A client in this process; the user agent is what the request log counts by. Its requests go through <paramref name="tap"/> when there is one.</summary>
    public KubernetesClient Connect(string userAgent, DelegatingHandler? tap = null) => new(
        new KubernetesClientConfiguration { Server = front?.Url ?? new Uri("http://sandbox.invalid"), Source = "sandbox" },
        Through(tap, new InProcessHandler(parts.Handler, stopping.Token)),
        new KubernetesClientOptions { UserAgent = userAgent, RequestsPerSecond = 1_000_000, RequestBurst = 1_000_000 },
        parts.Time,
        metrics,
        NullLogger<KubernetesClient>.Instance);

    /// <summary>Answers one request.</summary>
    public Task<ApiAnswer> HandleAsync(ApiRequest request, CancellationToken cancellationToken) => parts.Handler.HandleAsync(request, cancellationToken);

    /// <summary>Writes a kubeconfig that leads to this server.</summary>
    public void WriteKubeconfig(string path)
    {
        if (Url is not { } url)
            throw new InvalidOperationException("the API server does not listen");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
            Directory.CreateDirectory(directory);
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: sandbox
              cluster:
                server: {{url.AbsoluteUri.TrimEnd('/')}}
            contexts:
            - name: sandbox
              context:
                cluster: sandbox
                user: sandbox
                namespace: default
            current-context: sandbox
            users:
            - name: sandbox
              user: {}
            """);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (front is not null)
            await front.DisposeAsync();
        parts.Tokens.Dispose();
        await parts.Store.DisposeAsync();
        metrics.Dispose();
        stopping.Dispose();
    }

    private void InstallDefinition(string yaml)
    {
        var definition = YamlJson.Parse(yaml) as JsonObject ?? throw new FormatException("a CustomResourceDefinition is no mapping");
        var name = definition["metadata"]?["name"]?.ToString() ?? "";
        var type = parts.Catalog.Required("apiextensions.k8s.io", "v1", "customresourcedefinitions");
        var target = new WriteTarget(type, "", name, null);
        if (parts.Store.Get(target.Key) is null)
            parts.Writer.Create(target, new RequestBody(definition, []), Ours);
        else
            parts.Writer.Update(target, Ours, current => With(current, definition));
    }

    private static HttpMessageHandler Through(DelegatingHandler? tap, HttpMessageHandler server)
    {
        if (tap is null)
            return server;
        tap.InnerHandler = server;
        return tap;
    }

    private static JsonObject With(JsonObject current, JsonObject definition)
    {
        current["spec"] = definition["spec"]!.DeepClone();
        return current;
    }

    private void Ensure(string group, string version, string plural, JsonObject wanted)
    {
        var target = new WriteTarget(parts.Catalog.Required(group, version, plural), "", wanted["metadata"]!["name"]!.ToString(), null);
        if (parts.Store.Get(target.Key) is null)
            parts.Writer.Create(target, new RequestBody(wanted, []), Ours);
    }

    /// <summary>The wiring.</summary>
    private sealed class Parts
    {
        public Parts(ObjectStore store, SandboxApiServerOptions options)
        {
            (Store, Time) = (store, options.Time);
            Addresses = new ServiceAddresses(options.Network);
            Catalog = new ResourceCatalog(new SchemaRegistry());
            Faults = new ApiFaults(store, Time, options.Random);
            Logs = new LogSubresource(store, Time);
            Tokens = new TokenSubresource(store, Time);
            var commit = Commit = new ObjectCommit(store);
            commit.Follow(BuiltInResources.Definitions, change => Catalog.Define(change.Object, change.IsDelete));
            commit.Follow(BuiltInResources.Services, change =>
            {
                if (change.IsDelete)
                    Addresses.Release(change.Object.Root);
            });
            Writer = new ObjectWriter(commit, Addresses, Time);
            var deleter = new ObjectDeleter(commit, Time);
            var patcher = new ObjectPatcher(store, Writer, Time);
            var subresources = new SubresourceHandler(
                new ScaleSubresource(store, Writer),
                new EvictionSubresource(store, Writer, deleter, Catalog, Time),
                Logs,
                Tokens,
                new PodBinding(commit, Time),
                Writer,
                Time);
            Handler = new RequestHandler(
                Catalog,
                new DiscoveryHandler(Catalog),
                new ReadHandler(store, new ObjectLister(store, Time), Time),
                new WriteHandler(store, Writer, patcher, deleter, Time),
                subresources,
                Faults,
                Requests);
        }

        public ObjectStore Store { get; }

        public ObjectCommit Commit { get; }

        public TimeProvider Time { get; }

        public ResourceCatalog Catalog { get; }

        public ServiceAddresses Addresses { get; }

        public ApiFaults Faults { get; }

        public RequestLog Requests { get; } = new();

        public LogSubresource Logs { get; }

        public TokenSubresource Tokens { get; }

        public ObjectWriter Writer { get; }

        public RequestHandler Handler { get; }
    }
}
