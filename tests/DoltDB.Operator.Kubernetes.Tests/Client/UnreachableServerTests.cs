using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Client;

/// <summary>An API server that takes connections and is silent: the transport gives up by itself, which nobody asked it to.</summary>
public sealed class UnreachableServerTests : IAsyncLifetime
{
    private readonly SilentServer server = new();
    private readonly KubernetesMetrics metrics = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        metrics.Dispose();
    }

    [Fact]
    public async Task A_connection_that_does_not_come_about_is_a_timeout_that_names_the_request()
    {
        using var client = server.CreateClient(metrics);

        var late = await Should.ThrowAsync<TimeoutException>(client.GetAsync(BuiltInKinds.ConfigMap, new NamespacedName("db", "a"), Token));

        late.Message.ShouldStartWith("get ConfigMap: the API server cannot be reached");
    }

    [Fact]
    public async Task A_watch_that_cannot_be_opened_is_a_timeout()
    {
        using var client = server.CreateClient(metrics);

        await using var watch = client.WatchAsync(BuiltInKinds.ConfigMap, new WatchOptions { ResourceVersion = "4" }, Token).GetAsyncEnumerator(Token);

        await Should.ThrowAsync<TimeoutException>(async () => await watch.MoveNextAsync());
    }

    [Fact]
    public async Task What_the_caller_cancels_stays_a_cancellation()
    {
        using var client = server.CreateClient(metrics);
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(client.GetAsync(BuiltInKinds.ConfigMap, new NamespacedName("db", "a"), stopping.Token));
    }

    [Fact]
    public async Task A_cache_goes_on_asking()
    {
        using var client = server.CreateClient(metrics);
        await using var loops = new SupervisedLoops(NullLogger.Instance);
        var registry = new CacheRegistry(client, [], TimeProvider.System, new Random(7), metrics, NullLogger<CacheRegistry>.Instance);
        _ = registry.Get(BuiltInKinds.ConfigMap);
        registry.Start(loops);

        await Eventually.HoldsAsync(() => server.Accepted >= 2 || loops.Failures.Count > 0, "a second try");

        loops.Failures.ShouldBeEmpty();
    }
}
