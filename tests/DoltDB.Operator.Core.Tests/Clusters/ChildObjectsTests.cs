using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>The children of a cluster as an API server takes them, with its defaults and its rules.</summary>
public sealed class ChildObjectsTests : IAsyncLifetime
{
    private SandboxedApi api = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => api = await SandboxedApi.StartAsync();

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Theory]
    [InlineData("ReplicasFirstPrimaryLast")]
    [InlineData("OnDelete")]
    [InlineData("Never")]
    public async Task The_update_strategy_can_leave_RollingUpdate_and_come_back(string other)
    {
        var children = Children();
        (await ApplyAsync(children, "RollingUpdate")).RollingUpdate.ShouldNotBeNull().Partition.ShouldBe(0);

        var strategy = await ApplyAsync(children, other);

        (strategy.Type, strategy.RollingUpdate).ShouldBe(("OnDelete", null));
        (await ApplyAsync(children, "RollingUpdate")).RollingUpdate.ShouldNotBeNull().Partition.ShouldBe(0);
    }

    [Fact]
    public async Task B5_A_child_that_somebody_changes_or_deletes_is_as_wanted_again()
    {
        var children = Children();
        var facts = Situation.Steady().Facts with { Set = null, Members = [] };
        var desired = ClusterPlanner.Plan(facts, ClusterResources.Render).Desired!;
        await ApplyAsync();
        var (budget, account, policy) = await SeenAsync();
        await ApplyAsync();
        children.IsSettled(NamespacedName.Of(facts.Cluster)).ShouldBeTrue();

        await EditAsync(BuiltInKinds.PodDisruptionBudget, budget!, """{"spec":{"maxUnavailable":3}}""");
        await EditAsync(BuiltInKinds.ServiceAccount, account!, """{"automountServiceAccountToken":true}""");
        await EditAsync(BuiltInKinds.NetworkPolicy, policy!, """{"spec":{"ingress":[{}]}}""");
        (await SeenAsync()).Budget!.Spec!.MaxUnavailable!.Value.Number.ShouldBe(3);
        await ApplyAsync();
        var restored = await SeenAsync();
        restored.Budget!.Spec!.MaxUnavailable!.Value.Number.ShouldBe(1);
        restored.Account!.AutomountServiceAccountToken.ShouldBe(false);
        restored.Policy!.Spec!.Ingress!.Count.ShouldBe(policy!.Spec!.Ingress!.Count);

        await api.Client.DeleteAsync(BuiltInKinds.PodDisruptionBudget, NamespacedName.Of(budget!), new DeleteOptions(), Token);
        await api.Client.DeleteAsync(BuiltInKinds.ServiceAccount, NamespacedName.Of(account!), new DeleteOptions(), Token);
        await api.Client.DeleteAsync(BuiltInKinds.NetworkPolicy, NamespacedName.Of(policy!), new DeleteOptions(), Token);
        (await SeenAsync()).ShouldBe((null, null, null));
        await ApplyAsync();
        var (newBudget, newAccount, newPolicy) = await SeenAsync();
        (newBudget is null, newAccount is null, newPolicy is null).ShouldBe((false, false, false));

        async Task ApplyAsync() => (await children.ApplyAsync(facts, desired, isSetReplaced: false, Token)).ShouldBeNull();

        async Task<(PodDisruptionBudget? Budget, ServiceAccount? Account, NetworkPolicy? Policy)> SeenAsync() => (
            await api.SeenAsync(BuiltInKinds.PodDisruptionBudget, api.Caches.Budgets, desired.PodDisruptionBudget!.Metadata.Name!),
            await api.SeenAsync(BuiltInKinds.ServiceAccount, api.Caches.Accounts, desired.ServiceAccount.Metadata.Name!),
            await api.SeenAsync(BuiltInKinds.NetworkPolicy, api.Caches.Policies, desired.NetworkPolicy!.Metadata.Name!));

        Task<T> EditAsync<T>(ResourceKind<T> kind, T live, string patch)
            where T : KubernetesObject => api.Client.MergePatchAsync(kind, NamespacedName.Of(live), JsonNode.Parse(patch)!.AsObject(), null, Token);
    }

    [Fact]
    public async Task Pods_are_told_again_who_is_primary_after_somebody_deleted_that()
    {
        var children = Children();
        var facts = Situation.Steady().Facts with { Set = null, Members = [] };
        var desired = ClusterPlanner.Plan(facts, ClusterResources.Render).Desired!;
        var name = desired.PrimaryAnnouncement!.Metadata.Name!;
        (await children.ApplyAsync(facts, desired, isSetReplaced: false, Token)).ShouldBeNull();
        var told = await api.SeenAsync(BuiltInKinds.ConfigMap, api.Caches.ConfigMaps, name);
        await api.Client.DeleteAsync(BuiltInKinds.ConfigMap, NamespacedName.Of(told!), new DeleteOptions(), Token);
        (await api.SeenAsync(BuiltInKinds.ConfigMap, api.Caches.ConfigMaps, name)).ShouldBeNull();

        (await children.ApplyAsync(facts, desired, isSetReplaced: false, Token)).ShouldBeNull();

        (await api.SeenAsync(BuiltInKinds.ConfigMap, api.Caches.ConfigMaps, name))!.Data!["primary"].ShouldBe("db-0");
        (await children.ApplyAsync(facts, desired with { PrimaryAnnouncement = null }, isSetReplaced: false, Token)).ShouldBeNull();
        (await api.SeenAsync(BuiltInKinds.ConfigMap, api.Caches.ConfigMaps, name)).ShouldBeNull("without replication nobody is told");
    }

    private ChildObjects Children() => new(api.Caches, api.Client, new Applier(api.Client, NullLogger<Applier>.Instance), TimeProvider.System);

    /// <summary>One pass with the strategy; that of the set as it is then.</summary>
    private async Task<StatefulSetUpdateStrategy> ApplyAsync(ChildObjects children, string strategy)
    {
        var name = new NamespacedName("ns", "db");
        var facts = (Situation.Steady() with { Spec = Situation.Replicated(3, 0, $",\"updateStrategy\":\"{strategy}\"") }).Facts with { Set = api.Caches.Sets.Get(name) };
        var desired = ClusterPlanner.Plan(facts, ClusterResources.Render).Desired!;

        (await children.ApplyAsync(facts with { Members = [] }, desired, isSetReplaced: false, Token)).ShouldBeNull();

        var stored = await api.SeenAsync(BuiltInKinds.StatefulSet, api.Caches.Sets, "db");
        return stored!.Spec!.UpdateStrategy!;
    }
}
