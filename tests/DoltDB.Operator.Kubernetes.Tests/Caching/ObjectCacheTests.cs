using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Caching;

public sealed class ObjectCacheTests : IAsyncLifetime
{
    private readonly FakeApiServer server = new();
    private readonly ManualTimeProvider clock = new();
    private readonly KubernetesMetrics metrics = new();
    private readonly SupervisedLoops loops = new(NullLogger.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        loops.Failures.ShouldBeEmpty();
        await loops.DisposeAsync();
        metrics.Dispose();
    }

    [Fact]
    public async Task The_cache_holds_what_was_listed_and_follows_every_change()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("a"));
        var cache = await StartAsync();
        cache.Get(new NamespacedName("db", "a")).ShouldNotBeNull();

        server.Put(Sample.Kind, Sample.ConfigMap("b"));
        server.Put(Sample.Kind, Sample.ConfigMap("a", value: "2"));
        server.Remove(Sample.Kind, new NamespacedName("db", "b"));
        server.Put(Sample.Kind, Sample.ConfigMap("c", "other"));

        await Eventually.HoldsAsync(() => Contents(cache) == "db/a=2 other/c=1", "all changes");
        cache.List("other").ShouldHaveSingleItem().Metadata.Name.ShouldBe("c");
        server.Count("list").ShouldBe(1);
    }

    [Fact]
    public async Task What_vanished_while_the_watch_was_expired_is_reported_as_deleted()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("stays"));
        server.Put(Sample.Kind, Sample.ConfigMap("changes"));
        server.Put(Sample.Kind, Sample.ConfigMap("goes"));
        var cache = await StartAsync();
        var changes = new List<string>();
        using var subscription = cache.Subscribe(change => changes.Add($"{change.Current.Metadata.Name}:{change.Old?.Data!["value"]}>{change.New?.Data!["value"]}"));
        changes.Clear();

        // All of it between two watches, and the history is gone when the second one begins.
        var watchesBefore = server.Count("watch");
        server.Unseen(() =>
        {
            server.Put(Sample.Kind, Sample.ConfigMap("changes", value: "2"));
            server.Remove(Sample.Kind, new NamespacedName("db", "goes"));
            server.Put(Sample.Kind, Sample.ConfigMap("comes"));
        });

        await Eventually.HoldsAsync(() => Contents(cache) == "db/changes=2 db/comes=1 db/stays=1", "the new list", clock);
        changes.Order(StringComparer.Ordinal).ShouldBe(["changes:1>2", "comes:>1", "goes:1>"]);
        server.Count("list").ShouldBe(2);
        server.Count("watch").ShouldBeGreaterThan(watchesBefore);
    }

    [Fact]
    public async Task A_cut_watch_resumes_from_its_last_version_without_a_new_list()
    {
        var cache = await StartAsync();
        server.Put(Sample.Kind, Sample.ConfigMap("a"));
        await Eventually.HoldsAsync(() => Contents(cache) == "db/a=1", "the first change");

        server.CutWatches();
        server.Put(Sample.Kind, Sample.ConfigMap("b"));

        await Eventually.HoldsAsync(() => Contents(cache) == "db/a=1 db/b=1", "the change after the cut", clock);
        server.Count("list").ShouldBe(1);
        server.Requests.Last(request => request.StartsWith("watch", StringComparison.Ordinal)).ShouldBe("watch configmaps/101");
    }

    [Fact]
    public async Task Nothing_is_lost_over_cuts_expiries_and_failures()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var failing = 0;
        var cache = await StartAsync(before: (_, _) => failing-- > 0 ? throw new HttpRequestException("refused") : Task.CompletedTask);
        var replayed = new Dictionary<NamespacedName, ConfigMap>();
        using var subscription = cache.Subscribe(change => Replay(replayed, change));
        for (var step = 0; step < 400; step++)
        {
            var name = $"object-{random.Next(6)}";
            switch (random.Next(12))
            {
                case 0:
                    server.CutWatches();
                    break;
                case 1:
                    server.Compact();
                    server.CutWatches();
                    break;
                case 2:
                    failing = random.Next(4);
                    server.CutWatches();
                    break;
                case 3 or 4:
                    server.Remove(Sample.Kind, new NamespacedName("db", name));
                    break;
                default:
                    server.Put(Sample.Kind, Sample.ConfigMap(name, value: $"{step}"));
                    break;
            }

            if (random.Next(5) == 0)
                clock.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
        }

        var expected = Contents(server.All(Sample.Kind));
        await Eventually.HoldsAsync(() => Contents(cache) == expected, $"the server's content; seed {seed}", clock);
        Contents(replayed.Values).ShouldBe(expected, $"seed {seed}");
    }

    [Fact]
    public async Task A_server_whose_versions_went_back_is_listed_anew_after_two_silent_minutes()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("a"));
        var cache = await StartAsync();
        server.Restore(() => server.Put(Sample.Kind, Sample.ConfigMap("restored")));
        await Eventually.HoldsAsync(() => server.Count("watch") == 2, "the watch from a version that is yet to come", clock);
        server.Put(Sample.Kind, Sample.ConfigMap("later"));
        await Eventually.SettleAsync();
        Contents(cache).ShouldBe("db/a=1", "the server accepts the watch and says nothing");

        clock.Advance(TimeSpan.FromMinutes(2) + TimeSpan.FromSeconds(1));
        server.CutWatches();
        await Eventually.HoldsAsync(() => Contents(cache) == "db/later=1 db/restored=1", "the fresh list", clock);
    }

    [Fact]
    public async Task A_watch_that_shows_signs_of_life_is_resumed()
    {
        var cache = await StartAsync();
        clock.Advance(TimeSpan.FromSeconds(100));
        server.Put(Sample.Kind, Sample.ConfigMap("a"));
        await Eventually.HoldsAsync(() => Contents(cache) == "db/a=1", "the sign of life");
        clock.Advance(TimeSpan.FromSeconds(100));
        server.CutWatches();
        await Eventually.HoldsAsync(() => server.Count("watch") == 2, "the next watch", clock);
        server.Count("list").ShouldBe(1);
    }

    [Fact]
    public async Task An_object_that_cannot_be_read_keeps_its_last_good_state_and_hides_no_other()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("odd"));
        var cache = await StartAsync();
        server.Spoilt.Add("odd");

        var version = server.Put(Sample.Kind, Sample.ConfigMap("odd", value: "2")).Metadata.ResourceVersion;
        server.Put(Sample.Kind, Sample.ConfigMap("fine"));

        await Eventually.HoldsAsync(() => Contents(cache) == "db/fine=1 db/odd=1", "the change after the odd one", clock);
        cache.Get(new NamespacedName("db", "odd"))!.Metadata.ResourceVersion.ShouldBe(version);
        (server.Count("list"), server.Count("watch")).ShouldBe((1, 1));

        server.Unseen(() => server.Put(Sample.Kind, Sample.ConfigMap("fine", value: "2")));
        await Eventually.HoldsAsync(() => Contents(cache) == "db/fine=2 db/odd=1", "the new list", clock);

        server.Spoilt.Clear();
        server.Put(Sample.Kind, Sample.ConfigMap("odd", value: "3"));
        await Eventually.HoldsAsync(() => Contents(cache) == "db/fine=2 db/odd=3", "the mended object", clock);
    }

    [Fact]
    public async Task The_deletion_of_an_object_that_cannot_be_read_is_seen()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("odd"));
        var cache = await StartAsync();
        server.Spoilt.Add("odd");

        server.Put(Sample.Kind, Sample.ConfigMap("odd") with { Metadata = Sample.ConfigMap("odd").Metadata with { DeletionTimestamp = clock.GetUtcNow() } });
        await Eventually.HoldsAsync(() => cache.Get(new NamespacedName("db", "odd"))?.Metadata.DeletionTimestamp is not null, "the deletion that was asked for", clock);

        server.Remove(Sample.Kind, new NamespacedName("db", "odd"));
        await Eventually.HoldsAsync(() => Contents(cache).Length == 0, "the deletion", clock);
    }

    [Fact]
    public async Task A_cache_fills_though_an_object_cannot_be_read_and_tells_of_each_version_once()
    {
        server.Spoilt.Add("odd");
        server.Put(Sample.Kind, Sample.ConfigMap("odd"));
        server.Put(Sample.Kind, Sample.ConfigMap("fine"));
        var told = 0;
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, metrics.Meter) && instrument.Name == "doltdb_operator_kubernetes_objects_unreadable_total")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref told, (int)count));
        listener.Start();

        var cache = await StartAsync();
        Contents(cache).ShouldBe("db/fine=1");
        server.Unseen(() => server.Put(Sample.Kind, Sample.ConfigMap("fine", value: "2")));
        await Eventually.HoldsAsync(() => Contents(cache) == "db/fine=2", "the second list", clock);
        told.ShouldBe(1);

        server.Put(Sample.Kind, Sample.ConfigMap("odd"));
        await Eventually.HoldsAsync(() => Volatile.Read(ref told) == 2, "the second version", clock);
    }

    [Fact]
    public async Task Only_the_given_namespaces_are_watched_and_all_of_them_must_be_listed()
    {
        server.Put(Sample.Kind, Sample.ConfigMap("a", "one"));
        server.Put(Sample.Kind, Sample.ConfigMap("b", "two"));
        server.Put(Sample.Kind, Sample.ConfigMap("c", "three"));

        var cache = await StartAsync(["one", "two"]);
        Contents(cache).ShouldBe("one/a=1 two/b=1");

        server.Compact();
        server.CutWatches();
        server.Remove(Sample.Kind, new NamespacedName("one", "a"));
        await Eventually.HoldsAsync(() => Contents(cache) == "two/b=1", "the deletion in one namespace only", clock);
    }

    [Fact]
    public async Task A_kind_that_the_server_lacks_is_an_empty_cache_when_it_is_optional()
    {
        var missing = true;
        var registry = CreateRegistry([], (_, _) => missing ? throw new KubernetesException(404, "NotFound", "no such resource") : Task.CompletedTask);
        var cache = registry.Get(Sample.Kind, new CacheOptions<ConfigMap> { Optional = true });
        registry.Start(loops);
        await registry.WaitForSyncAsync(Token);
        cache.List().ShouldBeEmpty();

        server.Put(Sample.Kind, Sample.ConfigMap("a"));
        missing = false;

        await Eventually.HoldsAsync(() => Contents(cache) == "db/a=1", "the kind that was installed later", clock);
    }

    [Fact]
    public void A_registry_shares_one_cache_a_kind()
    {
        var registry = CreateRegistry([], null);
        registry.Get(Sample.Kind).ShouldBeSameAs(registry.Get(Sample.Kind));
        registry.Get(Sample.Kind).ShouldNotBeSameAs(registry.Get(Sample.Kind, new CacheOptions<ConfigMap> { LabelSelector = "a=b" }));
        registry.Unsynced.ShouldBe(["ConfigMap", "ConfigMap"]);
    }

    [Fact]
    public void An_index_follows_changes_and_a_later_index_sees_what_is_there()
    {
        var store = new ObjectStore<ConfigMap>(Sample.Kind);
        store.WithControllerIndex();
        store.Set(Sample.ConfigMap("a", owner: Sample.Owner("x", "uid-x")));
        store.Set(Sample.ConfigMap("b", owner: Sample.Owner("x", "uid-x")));
        store.Set(Sample.ConfigMap("c"));
        store.ControlledBy("uid-x").Select(item => item.Metadata.Name).Order().ShouldBe(["a", "b"]);

        store.Set(Sample.ConfigMap("a", owner: Sample.Owner("y", "uid-y")));
        store.Remove(new NamespacedName("db", "b"));
        store.AddIndex("value", static item => [item.Data!["value"]]);

        store.ControlledBy("uid-x").ShouldBeEmpty();
        store.ControlledBy("uid-y").ShouldHaveSingleItem();
        store.Lookup("value", "1").Count.ShouldBe(2);
        Should.Throw<KeyNotFoundException>(() => store.Lookup("none", "1"));
    }

    [Fact]
    public void A_subscriber_begins_with_what_is_there_and_ends_when_disposed()
    {
        var store = new ObjectStore<ConfigMap>(Sample.Kind);
        store.Set(Sample.ConfigMap("a"));
        var seen = new List<string>();
        var subscription = store.Subscribe(change => seen.Add(change.Current.Metadata.Name!));
        store.Set(Sample.ConfigMap("b"));
        subscription.Dispose();
        store.Set(Sample.ConfigMap("c"));

        seen.ShouldBe(["a", "b"]);
    }

    private static void Replay(Dictionary<NamespacedName, ConfigMap> replayed, CacheChange<ConfigMap> change)
    {
        if (change.New is { } fresh)
            replayed[NamespacedName.Of(fresh)] = fresh;
        else
            replayed.Remove(NamespacedName.Of(change.Old!));
    }

    private static string Contents(IObjectCache<ConfigMap> cache) => Contents(cache.List());

    private static string Contents(IEnumerable<ConfigMap> items) =>
        string.Join(' ', items.Select(item => $"{NamespacedName.Of(item)}={item.Data!["value"]}").Order(StringComparer.Ordinal));

    private async Task<IObjectCache<ConfigMap>> StartAsync(string[]? namespaces = null, Func<string, CancellationToken, Task>? before = null)
    {
        var registry = CreateRegistry(namespaces ?? [], before);
        var cache = registry.Get(Sample.Kind);
        registry.Start(loops);
        await registry.WaitForSyncAsync(Token);
        return cache;
    }

    private CacheRegistry CreateRegistry(string[] namespaces, Func<string, CancellationToken, Task>? before) =>
        new(server.Connect(before), namespaces, clock, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
}
