using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Caching;

/// <summary>An operator of some namespaces, one of which is deleted: the Role by which it is read goes with it.</summary>
public sealed class WatchedNamespaceTests : IAsyncDisposable
{
    private readonly FakeApiServer server = new();
    private readonly ManualTimeProvider clock = new();
    private readonly KubernetesMetrics metrics = new();
    private readonly SupervisedLoops loops = new(NullLogger.Instance);

    public WatchedNamespaceTests()
    {
        server.Put(BuiltInKinds.Namespace, Namespace("stays"));
        server.Put(Sample.Kind, Sample.ConfigMap("a", "stays"));
    }

    public async ValueTask DisposeAsync()
    {
        await loops.DisposeAsync();
        loops.Failures.ShouldBeEmpty();
        metrics.Dispose();
    }

    [Fact]
    public async Task A_namespace_that_is_gone_holds_up_no_other_and_is_watched_when_it_is_made_again()
    {
        server.Forbidden.Add("goes");
        var (registry, cache) = Start();
        await registry.WaitForSyncAsync(TestContext.Current.CancellationToken);
        registry.Unsynced.ShouldBeEmpty();
        Names(cache).ShouldBe("stays/a");

        server.Put(BuiltInKinds.Namespace, Namespace("goes"));
        server.Put(Sample.Kind, Sample.ConfigMap("b", "goes"));
        server.Forbidden.Clear();
        await Eventually.HoldsAsync(() => Names(cache) == "goes/b stays/a", "the namespace that was made again", clock);
    }

    [Fact]
    public async Task A_namespace_whose_rights_went_while_it_is_being_deleted_counts_as_empty()
    {
        server.Put(BuiltInKinds.Namespace, Namespace("goes"));
        server.Put(Sample.Kind, Sample.ConfigMap("b", "goes"));
        var (registry, cache) = Start();
        await registry.WaitForSyncAsync(TestContext.Current.CancellationToken);
        Names(cache).ShouldBe("goes/b stays/a");

        server.Put(BuiltInKinds.Namespace, Namespace("goes", clock.GetUtcNow()));
        server.Forbidden.Add("goes");
        server.CutWatches();
        await Eventually.HoldsAsync(() => Names(cache) == "stays/a", "what was in the namespace to be forgotten", clock);

        var asked = server.Count("get");
        clock.Advance(TimeSpan.FromSeconds(59));
        await Eventually.SettleAsync();
        server.Count("get").ShouldBe(asked, "it is looked at each minute");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rights_that_are_missing_in_a_namespace_that_exists_are_waited_for(bool mayReadNamespaces)
    {
        server.Put(BuiltInKinds.Namespace, Namespace("goes"));
        server.Put(Sample.Kind, Sample.ConfigMap("b", "goes"));
        server.Forbidden.Add("goes");
        var (registry, cache) = Start((verb, _) => verb == "get" && !mayReadNamespaces ? throw new KubernetesException(403, "Forbidden", "no") : Task.CompletedTask);
        await Eventually.HoldsAsync(() => server.Count("list") > 4, "attempts", clock);
        registry.Unsynced.ShouldBe(["ConfigMap"]);

        server.Forbidden.Clear();
        await Eventually.HoldsAsync(() => registry.Unsynced.Count == 0 && Names(cache) == "goes/b stays/a", "the rights", clock);
    }

    private (CacheRegistry Registry, IObjectCache<ConfigMap> Cache) Start(Func<string, CancellationToken, Task>? before = null)
    {
        var registry = new CacheRegistry(server.Connect(before), ["stays", "goes"], clock, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        var cache = registry.Get(Sample.Kind);
        registry.Start(loops);
        return (registry, cache);
    }

    private static Namespace Namespace(string name, DateTimeOffset? deleted = null) =>
        new() { Metadata = new ObjectMeta { Name = name, DeletionTimestamp = deleted } };

    private static string Names(IObjectCache<ConfigMap> cache) => string.Join(' ', cache.List().Select(NamespacedName.Of).Select(name => name.ToString()).Order(StringComparer.Ordinal));
}
