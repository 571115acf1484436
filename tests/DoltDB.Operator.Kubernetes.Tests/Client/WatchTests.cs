using System.IO.Pipelines;
using System.Text;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Kubernetes.Tests.Client;

public sealed class WatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_are_read_however_the_bytes_arrive()
    {
        const string Lines = """
            {"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a","namespace":"db","resourceVersion":"5"},"data":{"k":"ä"}}}
            {"object":{"metadata":{"name":"a","resourceVersion":"6"}},"type":"MODIFIED"}
            {"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"8"},"spec":{"containers":null}}}
            {"type":"DELETED","object":{"metadata":{"name":"a","resourceVersion":"9"}}}

            """;
        using var server = new StubServer();
        var stream = server.Streams();
        using var client = server.CreateClient();
        var reading = ReadAllAsync(client, new WatchOptions { ResourceVersion = "4", Timeout = TimeSpan.FromMinutes(5) });

        foreach (var piece in Encoding.UTF8.GetBytes(Lines.ReplaceLineEndings("\n")).Chunk(7))
            await stream.WriteAsync(piece, Token);
        await stream.CompleteAsync();

        var events = await reading;
        events.Select(change => (change.Type, change.ResourceVersion, change.Object?.Metadata.Name)).ShouldBe([
            (WatchEventType.Added, "5", "a"),
            (WatchEventType.Modified, "6", "a"),
            (WatchEventType.Bookmark, "8", null),
            (WatchEventType.Deleted, "9", "a"),
        ]);
        events[0].Object!.Data!["k"].ShouldBe("ä");
        server.Requests[0].Line.ShouldBe("GET /api/v1/configmaps?watch=true&allowWatchBookmarks=true&resourceVersion=4&timeoutSeconds=300");
    }

    [Fact]
    public async Task An_event_without_the_shape_of_its_kind_is_told_and_the_watch_goes_on()
    {
        using var server = new StubServer();
        server.Answers("""
            {"type":"MODIFIED","object":{"data":3000000000,"metadata":{"name":"a","resourceVersion":"5"}}}
            {"type":"ADDED","object":{"metadata":{"name":"b","resourceVersion":"6"}}}

            """.ReplaceLineEndings("\n"));
        using var client = server.CreateClient();

        var events = await ReadAllAsync(client, new WatchOptions { ResourceVersion = "1" });

        events.Select(change => (change.Type, change.ResourceVersion, change.Object?.Metadata.Name, change.Unreadable?.Metadata.Name)).ShouldBe([
            (WatchEventType.Modified, "5", null, "a"),
            (WatchEventType.Added, "6", "b", null),
        ]);
    }

    [Fact]
    public async Task An_expired_version_throws_410_after_the_events_before_it()
    {
        using var server = new StubServer();
        server.Answers("""
            {"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"5"}}}
            {"type":"ERROR","object":{"kind":"Status","message":"too old resource version: 1 (3225)","reason":"Expired","code":410}}

            """.ReplaceLineEndings("\n"));
        using var client = server.CreateClient();
        var seen = 0;

        var expired = await Should.ThrowAsync<KubernetesException>(async () =>
        {
            await foreach (var _ in client.WatchAsync(BuiltInKinds.ConfigMap, new WatchOptions { ResourceVersion = "1" }, Token))
                seen++;
        });

        expired.IsExpired.ShouldBeTrue();
        seen.ShouldBe(1);
    }

    [Fact]
    public async Task A_watch_that_stays_silent_beyond_its_time_ends()
    {
        using var server = new StubServer();
        server.Streams();
        using var client = server.CreateClient();

        var reading = ReadAllAsync(client, new WatchOptions { ResourceVersion = "4", Timeout = TimeSpan.FromMinutes(5) });
        server.Clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually.SettleAsync();
        reading.IsCompleted.ShouldBeFalse();
        server.Clock.Advance(TimeSpan.FromSeconds(15));

        (await reading).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_watch_that_is_cancelled_throws_cancellation()
    {
        using var server = new StubServer();
        server.Streams();
        using var client = server.CreateClient();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var reading = ReadAllAsync(client, new WatchOptions { ResourceVersion = "4" }, stop.Token);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    private static async Task<List<WatchEvent<ConfigMap>>> ReadAllAsync(KubernetesClient client, WatchOptions options, CancellationToken? token = null)
    {
        var events = new List<WatchEvent<ConfigMap>>();
        await foreach (var change in client.WatchAsync(BuiltInKinds.ConfigMap, options, token ?? Token))
            events.Add(change);
        return events;
    }
}
