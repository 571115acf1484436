using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Core.Tests.Pretended;

/// <summary>An API server with its defaults and its rules, namespace <c>ns</c>, and the caches of the cluster controller.</summary>
internal sealed class SandboxedApi : IAsyncDisposable
{
    private readonly KubernetesMetrics metrics = new();
    private readonly SupervisedLoops loops = new(NullLogger.Instance);
    private readonly SandboxApiServer server;

    private SandboxedApi(SandboxApiServer server)
    {
        this.server = server;
        Client = server.Connect("manager/1");
        Registry = new CacheRegistry(Client, [], TimeProvider.System, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        Caches = new ClusterCaches(Registry);
    }

    public IKubernetesClient Client { get; }

    public ClusterCaches Caches { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private CacheRegistry Registry { get; }

    public static async Task<SandboxedApi> StartAsync()
    {
        var definitions = RepositoryFiles.In("config/crd").Select(RepositoryFiles.Read).ToList();
        var api = new SandboxedApi(await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null, Definitions = definitions }, Token));
        await api.Client.CreateAsync(BuiltInKinds.Namespace, new Namespace { Metadata = new ObjectMeta { Name = "ns" } }, Token);
        api.Registry.Start(api.loops);
        await api.Registry.WaitForSyncAsync(Token);
        return api;
    }

    /// <summary>Waits until the cache has what the server has of that name, be it nothing.</summary>
    public async Task<T?> SeenAsync<T>(ResourceKind<T> kind, IObjectCache<T> cache, string name)
        where T : KubernetesObject
    {
        var key = new NamespacedName(kind.Namespaced ? "ns" : "", name);
        var stored = await Client.GetAsync(kind, key, Token);
        await Eventually.HoldsAsync(() => cache.Get(key)?.Metadata.ResourceVersion == stored?.Metadata.ResourceVersion, $"{kind.Kind} {name} in the cache");
        return stored;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await loops.DisposeAsync();
        await server.DisposeAsync();
        metrics.Dispose();
    }
}
