using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>A cluster at rest costs the API server nothing.</summary>
public sealed class SteadyStateTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_steady_cluster_causes_watch_traffic_only()
    {
        await using var laptop = await Laptop.StartInsideAsync("counts requests");
        await laptop.ApplyAsync(Manifests.Replicated("pair", 2));
        await laptop.ApplyAsync(Manifests.DoltDb("alone", "replicas: 1\nstorage: {size: 1Gi}"));
        await laptop.AwaitReadyAsync("pair");
        await laptop.AwaitReadyAsync("alone");
        await RestAsync();

        laptop.Host.ApiServer.Requests.Clear();
        await RestAsync();
        laptop.Host.ApiServer.Requests.Counts.Where(entry => entry.Key is { UserAgent: "operator-0", Verb: not "watch" }).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cluster_that_waits_for_its_pods_causes_no_writes()
    {
        await using var laptop = await Laptop.StartInsideAsync("counts requests");
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 2\nstorage: {size: 1Gi, storageClassName: missing}\nreplication: {enabled: true}"));
        await laptop.AwaitAsync("db", c => c.Status?.Phase is not null, "a status");
        await RestAsync();

        laptop.Host.ApiServer.Requests.Clear();
        await RestAsync();
        laptop.Host.ApiServer.Requests.Counts.Where(entry => entry.Key is { UserAgent: "operator-0", Verb: not "watch" }).ShouldBeEmpty();
    }

    [Fact]
    public async Task B7_A_strategy_that_replaces_no_pods_costs_no_write_a_pass_and_keeps_pods_of_another_template()
    {
        await using var laptop = await Laptop.StartInsideAsync("counts requests");
        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: "updateStrategy: Never"));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", rows: 2);
        await shop.AwaitRowsOfReaderAsync(2);
        var before = (await laptop.ListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db")).Select(pod => pod.Metadata.Uid).ToHashSet();
        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: "updateStrategy: Never\n" + Reference.Change));
        await laptop.AwaitConditionAsync("db", "Updated", "False", "PendingUpdate");
        await RestAsync();

        laptop.Host.ApiServer.Requests.Clear();
        await RestAsync();
        laptop.Host.ApiServer.Requests.Counts.Where(entry => entry.Key is { UserAgent: "operator-0", Verb: not "watch" }).ShouldBeEmpty();
        (await laptop.GetAsync(BuiltInKinds.StatefulSet, "db"))!.Spec!.UpdateStrategy!.Type.ShouldBe("OnDelete", "an empty strategy would be taken for RollingUpdate");
        (await laptop.ListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db")).Select(pod => pod.Metadata.Uid).ShouldBe(before, ignoreOrder: true);
        await shop.AwaitRowsAsync(2);
    }

    /// <summary>Absence is seen only by looking for a while: longer than any period of the operator that is short.</summary>
    private static Task RestAsync() => Task.Delay(Rest, TimeProvider.System, TestContext.Current.CancellationToken);
}
