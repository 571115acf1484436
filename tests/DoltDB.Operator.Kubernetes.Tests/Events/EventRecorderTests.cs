using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Events;

public sealed class EventRecorderTests : IDisposable
{
    private static readonly StatefulSet Subject = new() { Metadata = new ObjectMeta { Name = "dolt", Namespace = "db", Uid = "u1", ResourceVersion = "7" } };
    private readonly FakeApiServer server = new();
    private readonly ManualTimeProvider clock = new();
    private readonly KubernetesMetrics metrics = new();
    private readonly CancellationTokenSource stop = new();

    public void Dispose()
    {
        metrics.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task The_same_event_within_ten_minutes_counts_up()
    {
        var recorder = CreateSut();
        var running = recorder.RunAsync(stop.Token);
        Record(recorder, "Promoted");
        await WrittenAsync(1);
        var first = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromMinutes(9));
        recorder.Record(BuiltInKinds.StatefulSet, Subject with { Metadata = Subject.Metadata with { ResourceVersion = "8" } }, EventType.Normal, "Promoted", "dolt-1 is primary");
        await WrittenAsync(2);

        var written = server.All(BuiltInKinds.Event).ShouldHaveSingleItem();
        (written.Count, written.FirstTimestamp, written.LastTimestamp).ShouldBe((2, first, first.AddMinutes(9)));
        (written.Type, written.Reason, written.Message).ShouldBe(("Normal", "Promoted", "dolt-1 is primary"));
        (written.Metadata.Namespace, written.InvolvedObject.Uid, written.InvolvedObject.Kind).ShouldBe(("db", "u1", "StatefulSet"));
        written.Metadata.Name!.ShouldStartWith("dolt.");
        await StopAsync(running);
    }

    [Fact]
    public async Task Another_message_or_a_later_time_is_another_event()
    {
        var recorder = CreateSut();
        var running = recorder.RunAsync(stop.Token);
        Record(recorder, "Promoted");
        Record(recorder, "Demoted");
        await WrittenAsync(2);
        clock.Advance(TimeSpan.FromMinutes(11));
        Record(recorder, "Promoted");
        await WrittenAsync(3);

        server.All(BuiltInKinds.Event).Count.ShouldBe(3);
        server.Count("patch").ShouldBe(0);
        await StopAsync(running);
    }

    [Fact]
    public async Task An_event_that_somebody_deleted_is_written_again()
    {
        var recorder = CreateSut();
        var running = recorder.RunAsync(stop.Token);
        Record(recorder, "Promoted");
        await WrittenAsync(1);
        server.Remove(BuiltInKinds.Event, NamespacedName.Of(server.All(BuiltInKinds.Event)[0]));
        Record(recorder, "Promoted");

        await Eventually.HoldsAsync(() => server.Count("create") == 2, "the second event");
        await StopAsync(running);
    }

    [Fact]
    public async Task One_object_cannot_flood_the_others()
    {
        var recorder = CreateSut();
        var running = recorder.RunAsync(stop.Token);
        for (var i = 0; i < 100; i++)
            Record(recorder, $"Reason{i}");
        recorder.Record(new ObjectReference { Kind = "Node", Name = "n1" }, EventType.Warning, "Other", "of another object");

        await Eventually.HoldsAsync(() => server.All(BuiltInKinds.Event).Any(written => written.Reason == "Other"), "the other object's event");
        server.All(BuiltInKinds.Event).Count(written => written.InvolvedObject.Name == "dolt").ShouldBe(25);
        server.All(BuiltInKinds.Event).Single(written => written.Reason == "Other").Metadata.Namespace.ShouldBe("default");
        await StopAsync(running);
    }

    [Fact]
    public async Task A_server_that_fails_neither_throws_nor_blocks()
    {
        var attempts = 0;
        var recorder = CreateSut((_, _) => Interlocked.Increment(ref attempts) == 1 ? throw new KubernetesException(500, null, "down") : Task.CompletedTask);
        var running = recorder.RunAsync(stop.Token);
        Record(recorder, "Lost");
        await Eventually.HoldsAsync(() => Volatile.Read(ref attempts) == 1, "the failed write");
        Record(recorder, "Written");

        await WrittenAsync(1);
        await StopAsync(running);
    }

    [Fact]
    public async Task What_is_queued_is_written_on_stop_and_a_full_queue_drops()
    {
        var recorder = CreateSut(options: new EventRecorderOptions { QueueLength = 3 });
        for (var i = 0; i < 5; i++)
            Record(recorder, $"Reason{i}");
        await stop.CancelAsync();
        await recorder.RunAsync(stop.Token);

        server.All(BuiltInKinds.Event).Select(written => written.Reason).Order().ShouldBe(["Reason0", "Reason1", "Reason2"]);
    }

    private static void Record(EventRecorder recorder, string reason) =>
        recorder.Record(BuiltInKinds.StatefulSet, Subject, EventType.Normal, reason, "dolt-1 is primary");

    private Task WrittenAsync(int count) =>
        Eventually.HoldsAsync(() => server.All(BuiltInKinds.Event).Sum(written => written.Count) == count, $"{count} events");

    private async Task StopAsync(Task running)
    {
        await stop.CancelAsync();
        await running;
    }

    private EventRecorder CreateSut(Func<string, CancellationToken, Task>? before = null, EventRecorderOptions? options = null) =>
        new(server.Connect(before), options ?? new EventRecorderOptions(), clock, metrics, NullLogger<EventRecorder>.Instance);
}
