using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

public sealed class ManySetsTests : IAsyncLifetime
{
    private const int Sets = 100;

    private ControllerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ControllerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task The_effort_grows_with_the_sets_and_ends_when_nothing_changes()
    {
        for (var i = 0; i < Sets; i++)
            await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, StatefulSetTests.Set($"db{i}", 2, "Parallel"), Cancel);

        await bench.UntilAsync(
            async () => (await bench.ListAsync(BuiltInKinds.StatefulSet)).All(set => set.Status is { ReadyReplicas: 2, UpdatedReplicas: 2 }),
            () => "not all sets are ready");

        // A revision, two claims with their volumes and bindings, two pods, status writes and events: some dozen requests a set.
        var lists = bench.Server.Requests.Count(kind => kind is { UserAgent: "controllers", Verb: "list" });
        lists.ShouldBeLessThan(80, "caches list each kind once");
        (Requests() / Sets).ShouldBeLessThan(60);

        var settled = -1;
        await bench.UntilAsync(
            async () =>
            {
                var before = Requests();
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancel);
                settled = Requests() - before;
                return settled == 0;
            },
            () => $"{settled} requests though nothing changes");
    }

    private int Requests() => (int)bench.Server.Requests.Count(kind => kind.UserAgent == "controllers");
}
