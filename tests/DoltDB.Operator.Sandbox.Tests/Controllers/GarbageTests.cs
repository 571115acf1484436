using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;
using DoltDB.Operator.Sandbox.Controllers.Garbage;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

public sealed class GarbageTests : IAsyncLifetime
{
    private ControllerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ControllerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Dependents_go_with_their_last_owner()
    {
        var (first, second) = (await MapAsync("first"), await MapAsync("second"));
        await MapAsync("both", first, second);
        await MapAsync("one", first);

        await bench.DeleteAsync(BuiltInKinds.ConfigMap, "first");

        await bench.GoneAsync(BuiltInKinds.ConfigMap, "one");
        var kept = await bench.UntilAsync(BuiltInKinds.ConfigMap, "both", map => map.Metadata.OwnerReferences is { Count: 1 });
        kept.Metadata.OwnerReferences![0].Name.ShouldBe("second");
    }

    [Fact]
    public async Task A_dependent_of_an_owner_that_never_was_goes()
    {
        await MapAsync("lost", new ConfigMap { Metadata = new ObjectMeta { Name = "nobody", Uid = "00000000-0000-0000-0000-000000000000" } });

        await bench.GoneAsync(BuiltInKinds.ConfigMap, "lost");
    }

    [Fact]
    public async Task What_was_orphaned_a_moment_ago_stays_although_the_cache_still_names_the_owner_that_is_gone()
    {
        await using var server = await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null }, Cancel);
        using var client = server.Connect("test/1");
        using var metrics = new KubernetesMetrics();
        var owner = new OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "gone", Uid = "00000000-0000-0000-0000-000000000000" };
        await client.CreateAsync(BuiltInKinds.ConfigMap, new ConfigMap { Metadata = new ObjectMeta { Name = "orphan", Namespace = "default", OwnerReferences = [owner] } }, Cancel);
        var registry = new CacheRegistry(client, [], TimeProvider.System, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        var graph = new ObjectGraph(registry);
        await using (var loops = new SupervisedLoops(NullLogger.Instance))
        {
            registry.Start(loops);
            await registry.WaitForSyncAsync(Cancel);
        }

        var name = new NamespacedName("default", "orphan");
        await client.MergePatchAsync(BuiltInKinds.ConfigMap, name, new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = null } }, null, Cancel);
        await new GarbagePass(client, graph).RunAsync(new GraphKey(graph.Kinds.Single(kind => kind.Kind == "ConfigMap"), name), Cancel);

        (await client.GetAsync(BuiltInKinds.ConfigMap, name, Cancel)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Foreground_deletion_keeps_the_owner_until_its_pods_are_gone()
    {
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, StatefulSetTests.Set("db", 1), Cancel);
        await bench.UntilAsync(BuiltInKinds.StatefulSet, "db", set => set.Status?.ReadyReplicas == 1);
        bench.Stuck.Add("db-0");
        await bench.DeleteAsync(BuiltInKinds.StatefulSet, "db", "Foreground");

        var pod = await bench.UntilAsync(BuiltInKinds.Pod, "db-0", pod => pod.Metadata.DeletionTimestamp is not null);
        (await bench.GetAsync(BuiltInKinds.StatefulSet, "db")).ShouldNotBeNull();
        await bench.Client.DeleteAsync(BuiltInKinds.Pod, NamespacedName.Of(pod), new DeleteOptions { GracePeriodSeconds = 0 }, Cancel);
        await bench.GoneAsync(BuiltInKinds.StatefulSet, "db");
        (await bench.GetAsync(BuiltInKinds.Pod, "db-0")).ShouldBeNull();
    }

    [Fact]
    public async Task Orphaned_pods_are_adopted_by_the_next_set_of_the_name()
    {
        var set = StatefulSetTests.Set("db", 2);
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, set, Cancel);
        await bench.UntilAsync(BuiltInKinds.StatefulSet, "db", s => s.Status?.ReadyReplicas == 2);
        var before = (await bench.GetAsync(BuiltInKinds.Pod, "db-0"))!;
        await bench.DeleteAsync(BuiltInKinds.StatefulSet, "db", "Orphan");
        await bench.GoneAsync(BuiltInKinds.StatefulSet, "db");
        await bench.UntilAsync(BuiltInKinds.Pod, "db-0", pod => pod.Metadata.OwnerReferences is null);

        var next = await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, set with { Spec = set.Spec! with { PodManagementPolicy = "Parallel" } }, Cancel);

        await bench.UntilAsync(BuiltInKinds.StatefulSet, "db", s => s.Status is { ReadyReplicas: 2, UpdatedReplicas: 2 });
        var after = (await bench.GetAsync(BuiltInKinds.Pod, "db-0"))!;
        (after.Metadata.Uid, after.Metadata.Controller()!.Uid).ShouldBe((before.Metadata.Uid, next.Metadata.Uid));
        (await bench.ListAsync(BuiltInKinds.ControllerRevision)).ShouldHaveSingleItem().Metadata.Controller()!.Uid.ShouldBe(next.Metadata.Uid);
    }

    [Fact]
    public async Task A_claim_outlives_its_deletion_while_a_pod_uses_it()
    {
        var policy = new PersistentVolumeClaimRetentionPolicy { WhenDeleted = "Delete", WhenScaled = "Retain" };
        var set = StatefulSetTests.Set("db", 1);
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, set with { Spec = set.Spec! with { PersistentVolumeClaimRetentionPolicy = policy } }, Cancel);
        await bench.UntilAsync(BuiltInKinds.PersistentVolumeClaim, "data-db-0", claim => claim.Metadata.Controller() is not null);
        bench.Stuck.Add("db-0");
        await bench.DeleteAsync(BuiltInKinds.StatefulSet, "db");

        var claim = await bench.UntilAsync(BuiltInKinds.PersistentVolumeClaim, "data-db-0", claim => claim.Metadata.DeletionTimestamp is not null);
        await bench.Client.DeleteAsync(BuiltInKinds.Pod, new NamespacedName("default", "db-0"), new DeleteOptions { GracePeriodSeconds = 0 }, Cancel);
        await bench.GoneAsync(BuiltInKinds.PersistentVolumeClaim, "data-db-0");
        await bench.GoneAsync(BuiltInKinds.PersistentVolume, claim.Spec!.VolumeName!);
    }

    [Fact]
    public async Task A_namespace_has_a_service_account_and_takes_its_content_with_it()
    {
        await bench.Client.CreateAsync(BuiltInKinds.Namespace, new Namespace { Metadata = new ObjectMeta { Name = "team" } }, Cancel);
        var account = new NamespacedName("team", "default");
        await bench.UntilAsync(async () => await bench.Client.GetAsync(BuiltInKinds.ServiceAccount, account, Cancel) is not null, () => "no service account");
        await bench.Client.CreateAsync(BuiltInKinds.ConfigMap, new ConfigMap { Metadata = new ObjectMeta { Name = "held", Namespace = "team", Finalizers = ["example.com/hold"] } }, Cancel);
        await bench.DeleteAsync(BuiltInKinds.Namespace, "team");

        var held = await bench.UntilAsync(BuiltInKinds.Namespace, "team", ns => ns.Status?.Conditions.IsTrue("NamespaceFinalizersRemaining") == true);
        held.Status!.Conditions.Find("NamespaceFinalizersRemaining")!.Message.ShouldContain("example.com/hold in 1 resource instances");
        await bench.Client.MergePatchAsync(
            BuiltInKinds.ConfigMap, new NamespacedName("team", "held"), new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["finalizers"] = null } }, null, Cancel);
        await bench.GoneAsync(BuiltInKinds.Namespace, "team");
    }

    private Task<ConfigMap> MapAsync(string name, params ConfigMap[] owners) => bench.Client.CreateAsync(
        BuiltInKinds.ConfigMap,
        new ConfigMap
        {
            Metadata = new ObjectMeta
            {
                Name = name,
                Namespace = "default",
                OwnerReferences = [.. owners.Select(owner => new OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = owner.Metadata.Name!, Uid = owner.Metadata.Uid! })],
            },
        },
        Cancel);
}
