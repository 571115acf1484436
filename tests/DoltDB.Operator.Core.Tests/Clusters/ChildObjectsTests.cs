using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>The children of a cluster as an API server takes them, with its defaults and its rules.</summary>
public sealed class ChildObjectsTests : IAsyncLifetime
{
    private readonly KubernetesMetrics metrics = new();
    private readonly SupervisedLoops loops = new(NullLogger.Instance);
    private SandboxApiServer server = null!;
    private IKubernetesClient client = null!;
    private ClusterCaches caches = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await SandboxApiServer.StartAsync(
            new SandboxApiServerOptions { Listen = null, Definitions = RepositoryFiles.In("config/crd").Select(RepositoryFiles.Read).ToList() }, Token);
        client = server.Connect("manager/1");
        await client.CreateAsync(BuiltInKinds.Namespace, new Namespace { Metadata = new ObjectMeta { Name = "ns" } }, Token);
        var registry = new CacheRegistry(client, [], TimeProvider.System, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        caches = new ClusterCaches(registry);
        registry.Start(loops);
        await registry.WaitForSyncAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await loops.DisposeAsync();
        await server.DisposeAsync();
        metrics.Dispose();
    }

    [Theory]
    [InlineData("ReplicasFirstPrimaryLast")]
    [InlineData("OnDelete")]
    [InlineData("Never")]
    public async Task The_update_strategy_can_leave_RollingUpdate_and_come_back(string other)
    {
        var children = new ChildObjects(caches, client, new Applier(client, NullLogger<Applier>.Instance));
        (await ApplyAsync(children, "RollingUpdate")).RollingUpdate.ShouldNotBeNull().Partition.ShouldBe(0);

        var strategy = await ApplyAsync(children, other);

        (strategy.Type, strategy.RollingUpdate).ShouldBe(("OnDelete", null));
        (await ApplyAsync(children, "RollingUpdate")).RollingUpdate.ShouldNotBeNull().Partition.ShouldBe(0);
    }

    /// <summary>One pass with the strategy; that of the set as it is then.</summary>
    private async Task<StatefulSetUpdateStrategy> ApplyAsync(ChildObjects children, string strategy)
    {
        var name = new NamespacedName("ns", "db");
        var facts = (Situation.Steady() with { Spec = Situation.Replicated(3, 0, $",\"updateStrategy\":\"{strategy}\"") }).Facts with { Set = caches.Sets.Get(name) };
        var desired = ClusterPlanner.Plan(facts, ClusterResources.Render).Desired!;

        (await children.ApplyAsync(facts with { Members = [] }, desired, isSetReplaced: false, Token)).ShouldBeNull();

        var stored = (await client.GetAsync(BuiltInKinds.StatefulSet, name, Token))!;
        await Eventually.HoldsAsync(() => caches.Sets.Get(name)?.Metadata.ResourceVersion == stored.Metadata.ResourceVersion, "the set in the cache");
        return stored.Spec!.UpdateStrategy!;
    }
}
