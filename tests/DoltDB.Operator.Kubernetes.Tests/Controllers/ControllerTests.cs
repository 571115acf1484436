using System.Collections.Concurrent;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Controllers;

public sealed class ControllerTests : IDisposable
{
    private readonly ManualTimeProvider clock = new();
    private readonly KubernetesMetrics metrics = new();
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource abort = new();
    private readonly ObjectStore<StatefulSet> sets = new(BuiltInKinds.StatefulSet);
    private readonly ObjectStore<ConfigMap> maps = new(BuiltInKinds.ConfigMap);
    private readonly ConcurrentQueue<NamespacedName> passes = new();
    private readonly RecordingLogs logs = new();

    public void Dispose()
    {
        metrics.Dispose();
        stop.Dispose();
        abort.Dispose();
    }

    [Fact]
    public async Task No_pass_runs_before_every_cache_has_synced()
    {
        sets.Set(Set("a"));
        sets.MarkSynced();
        using var controller = CreateSut((_, _) => Task.FromResult(ReconcileResult.Done)).Owns(maps);
        var running = controller.RunAsync(stop.Token, abort.Token);
        await Eventually.SettleAsync();
        passes.ShouldBeEmpty();

        maps.MarkSynced();
        await Eventually.HoldsAsync(() => passes.Count == 1, "the pass for what is there");
        await StopAsync(running);
    }

    [Fact]
    public async Task A_change_of_an_owned_object_wakes_its_controller_of_the_same_kind_only()
    {
        using var controller = CreateSut((_, _) => Task.FromResult(ReconcileResult.Done)).Owns(maps);
        Sync();
        var running = controller.RunAsync(stop.Token, abort.Token);

        maps.Set(Sample.ConfigMap("x", owner: Sample.Owner("other", "u", kind: "DaemonSet")));
        maps.Set(Sample.ConfigMap("y", owner: Sample.Owner("other", "u", apiVersion: "example.com/v1")));
        maps.Set(Sample.ConfigMap("z", owner: Sample.Owner("mine", "u", apiVersion: "apps/v2")));

        await Eventually.HoldsAsync(() => !passes.IsEmpty, "the pass of the owner");
        await Eventually.SettleAsync();
        passes.ShouldBe([new NamespacedName("db", "mine")]);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_mapping_is_asked_for_the_old_and_the_new_state_and_its_failure_hurts_nobody()
    {
        using var controller = CreateSut((_, _) => Task.FromResult(ReconcileResult.Done))
            .Watches(maps, static map => map.Data!["value"] == "bad" ? throw new InvalidOperationException("bad") : [new NamespacedName("db", map.Data["value"])]);
        maps.Set(Sample.ConfigMap("m", value: "before"));
        Sync();
        var running = controller.RunAsync(stop.Token, abort.Token);
        await Eventually.HoldsAsync(() => passes.Count == 1, "the first pass");
        passes.Clear();

        maps.Set(Sample.ConfigMap("n", value: "bad"));
        maps.Set(Sample.ConfigMap("m", value: "after"));

        await Eventually.HoldsAsync(() => passes.Count == 2, "both keys");
        passes.Select(key => key.Name).Order().ShouldBe(["after", "before"]);
        logs.Errors.ShouldHaveSingleItem();
        await StopAsync(running);
    }

    [Fact]
    public async Task A_failed_pass_is_repeated_after_a_back_off_and_logged_with_its_object()
    {
        using var controller = CreateSut((_, _) => passes.Count < 3 ? throw new InvalidOperationException("boom") : Task.FromResult(ReconcileResult.Done));
        sets.Set(Set("a"));
        Sync();
        var running = controller.RunAsync(stop.Token, abort.Token);

        await Eventually.HoldsAsync(() => passes.Count == 3, "the third pass", clock);
        logs.Errors.Count.ShouldBe(2);
        logs.Scopes.ShouldContain("db/a uid=uid-a pass=1");
        await StopAsync(running);
    }

    [Fact]
    public async Task A_conflict_is_repeated_at_once_and_is_no_error()
    {
        using var controller = CreateSut((_, _) => passes.Count < 2 ? throw new KubernetesException(409, "Conflict", "modified") : Task.FromResult(ReconcileResult.Done));
        sets.Set(Set("a"));
        Sync();
        var started = clock.GetUtcNow();
        var running = controller.RunAsync(stop.Token, abort.Token);

        await Eventually.HoldsAsync(() => passes.Count == 2, "the second pass", clock);
        (clock.GetUtcNow() - started).ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(5));
        logs.Errors.ShouldBeEmpty();
        await StopAsync(running);
    }

    [Fact]
    public async Task A_refusal_of_a_namespace_that_is_being_deleted_is_no_error()
    {
        using var controller = CreateSut((_, _) => passes.Count < 2
            ? throw new KubernetesException(403, "Forbidden", "the namespace is being terminated") { IsNamespaceTerminating = true }
            : Task.FromResult(ReconcileResult.Done));
        sets.Set(Set("a"));
        Sync();
        var running = controller.RunAsync(stop.Token, abort.Token);

        await Eventually.HoldsAsync(() => passes.Count == 2, "the second pass", clock);
        logs.Errors.ShouldBeEmpty();
        await StopAsync(running);
    }

    [Fact]
    public async Task A_pass_that_asks_for_another_look_gets_it_in_time()
    {
        using var controller = CreateSut((_, _) => Task.FromResult(ReconcileResult.After(TimeSpan.FromSeconds(30))));
        sets.Set(Set("a"));
        Sync();
        var running = controller.RunAsync(stop.Token, abort.Token);
        await Eventually.HoldsAsync(() => passes.Count == 1 && clock.PendingTimers > 0, "the first pass");

        clock.Advance(TimeSpan.FromSeconds(29));
        await Eventually.SettleAsync();
        passes.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(1));

        await Eventually.HoldsAsync(() => passes.Count == 2, "the second pass");
        await StopAsync(running);
    }

    [Fact]
    public async Task Stopping_finishes_the_pass_in_hand_and_takes_no_other()
    {
        var inHand = new TaskCompletionSource();
        using var controller = CreateSut(async (_, _) =>
        {
            await inHand.Task;
            return ReconcileResult.Done;
        });
        sets.Set(Set("a"));
        sets.Set(Set("b"));
        Sync();
        var running = controller.RunAsync(stop.Token, abort.Token);
        await Eventually.HoldsAsync(() => passes.Count == 1, "the first pass");

        await stop.CancelAsync();
        await Eventually.SettleAsync();
        running.IsCompleted.ShouldBeFalse();
        inHand.SetResult();

        await running;
        passes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Losing_leadership_cancels_the_pass_in_hand()
    {
        using var controller = CreateSut(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return ReconcileResult.Done;
        });
        sets.Set(Set("a"));
        Sync();
        var running = new ControllerManager([controller]).RunAsync(stop.Token, abort.Token);
        await Eventually.HoldsAsync(() => passes.Count == 1, "the first pass");

        await abort.CancelAsync();

        await running;
        logs.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_controller_that_ends_by_itself_stops_the_others_and_is_an_error()
    {
        var lasting = new EndingController("lasting", token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(_ => { }, TaskScheduler.Default));
        var ending = new EndingController("ending", _ => Task.CompletedTask);

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => new ControllerManager([lasting, ending]).RunAsync(stop.Token, abort.Token));

        failure.Message.ShouldBe("controller ending ended");
    }

    [Theory]
    [InlineData("status", false)]
    [InlineData("generation", true)]
    [InlineData("label", true)]
    [InlineData("annotation", true)]
    [InlineData("finalizer", true)]
    [InlineData("deletion", true)]
    public void A_change_of_the_status_alone_can_be_ignored(string what, bool matters)
    {
        var old = Set("a") with { Metadata = new ObjectMeta { Name = "a", Uid = "u", Generation = 1, Labels = [] } };
        var fresh = what switch
        {
            "generation" => old with { Metadata = old.Metadata with { Generation = 2 } },
            "label" => old with { Metadata = old.Metadata with { Labels = new() { ["l"] = "1" } } },
            "annotation" => old with { Metadata = old.Metadata with { Annotations = new() { ["l"] = "1" } } },
            "finalizer" => old with { Metadata = old.Metadata with { Finalizers = ["f"] } },
            "deletion" => old with { Metadata = old.Metadata with { DeletionTimestamp = clock.GetUtcNow() } },
            _ => old with { Status = new StatefulSetStatus { ReadyReplicas = 1 }, Metadata = old.Metadata with { ResourceVersion = "2", Labels = null } },
        };

        Predicates.IgnoresStatus(new CacheChange<StatefulSet>(old, fresh)).ShouldBe(matters);
        Predicates.IgnoresStatus(new CacheChange<StatefulSet>(null, fresh)).ShouldBeTrue();
        Predicates.IgnoresStatus(new CacheChange<StatefulSet>(old, null)).ShouldBeTrue();
    }

    private static StatefulSet Set(string name) => new() { Metadata = new ObjectMeta { Name = name, Namespace = "db", Uid = $"uid-{name}" } };

    private void Sync()
    {
        sets.MarkSynced();
        maps.MarkSynced();
    }

    private async Task StopAsync(Task running)
    {
        await stop.CancelAsync();
        await running;
    }

    private Controller<StatefulSet> CreateSut(Func<NamespacedName, CancellationToken, Task<ReconcileResult>> pass) => new(
        new ControllerOptions { Name = "test" },
        sets,
        new Reconciler(this, pass),
        new ControllerServices(clock, new Random(1), metrics, logs));

    private sealed class Reconciler(ControllerTests test, Func<NamespacedName, CancellationToken, Task<ReconcileResult>> pass) : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
        {
            test.passes.Enqueue(key);
            return pass(key, cancellationToken);
        }
    }

    private sealed class EndingController(string name, Func<CancellationToken, Task> run) : IController
    {
        public string Name => name;

        public Task RunAsync(CancellationToken stopping, CancellationToken abort) => run(stopping);
    }

    private sealed class RecordingLogs : ILoggerFactory, ILogger
    {
        public ConcurrentBag<string> Errors { get; } = [];

        public ConcurrentBag<string> Scopes { get; } = [];

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Scopes.Add(state.ToString()!);
            return NullLogger.Instance.BeginScope(state);
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
                Errors.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
