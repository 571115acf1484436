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

    /// <summary>Absence is seen only by looking for a while: longer than any period of the operator that is short.</summary>
    private static Task RestAsync() => Task.Delay(Rest, TimeProvider.System, TestContext.Current.CancellationToken);
}
