using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Watches;

/// <summary>How a watch shows objects and bookmarks.</summary>
/// <param name="Object">An object of an event.</param>
/// <param name="Bookmark">The object of a bookmark at a revision; true marks the end of the initial objects.</param>
internal sealed record WatchShape(Func<StoredObject, ReadOnlyMemory<byte>> Object, Func<long, bool, ReadOnlyMemory<byte>> Bookmark);

/// <summary>The events of one watch: initial objects, changes as the selector sees them, bookmarks, until the time is over.</summary>
internal sealed class WatchFeed(ObjectStore store, ResourceType type, WatchRequest request, WatchShape shape, TimeProvider time)
{
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastBookmarkBeforeEnd = TimeSpan.FromSeconds(2);

    /// <summary>Begins the watch now, so that no change after this call is missed, and returns its events.</summary>
    public IAsyncEnumerable<WatchFrame> Open(CancellationToken cancellationToken)
    {
        var selection = request.Selection;
        try
        {
            var watch = request.After is { } after
                ? store.WatchAfter(type.StorageName, selection.Namespace, selection.Name, after)
                : store.WatchFromNow(type.StorageName, selection.Namespace, selection.Name);
            return RunAsync(watch, cancellationToken);
        }
        catch (RevisionExpiredException expired)
        {
            return Failed(ApiErrors.Expired(expired.Message));
        }
    }

    private static async IAsyncEnumerable<WatchFrame> Failed(StatusException failure)
    {
        await Task.CompletedTask;
        yield return new WatchFrame("ERROR", CanonicalJson.Serialize(failure.ToStatus()));
    }

    private async IAsyncEnumerable<WatchFrame> RunAsync(StoreWatch watch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (watch)
        {
            foreach (var stored in request.SkipsInitial ? [] : watch.Initial)
            {
                if (request.Selection.Matches(stored))
                    yield return new WatchFrame("ADDED", shape.Object(stored));
            }

            if (request.MarksInitialEnd)
                yield return new WatchFrame("BOOKMARK", shape.Bookmark(watch.StartRevision, true));
            var end = time.GetUtcNow() + request.Timeout;
            var wake = NextWake(end);
            while (true)
            {
                while (watch.Changes.TryRead(out var change))
                {
                    if (Frame(change) is { } frame)
                        yield return frame;
                }

                if (await WaitAsync(watch, wake, cancellationToken) is not { } hasChanges)
                {
                    if (time.GetUtcNow() >= end)
                        yield break;
                    wake = NextWake(end);
                    if (!request.AllowsBookmarks)
                        continue;
                    // All changes up to this revision are in the channel already: after them, nothing is missing.
                    var revision = store.Revision;
                    while (watch.Changes.TryRead(out var change))
                    {
                        if (Frame(change) is { } frame)
                            yield return frame;
                    }

                    yield return new WatchFrame("BOOKMARK", shape.Bookmark(revision, false));
                }
                else if (!hasChanges)
                {
                    yield break;
                }
            }
        }
    }

    /// <summary>True when there are changes, false when the watch has ended, null when it is time for a bookmark or the end.</summary>
    private async Task<bool?> WaitAsync(StoreWatch watch, DateTimeOffset wake, CancellationToken cancellationToken)
    {
        var patience = wake - time.GetUtcNow();
        if (patience <= TimeSpan.Zero)
            return null;
        using var timeout = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await watch.Changes.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private DateTimeOffset NextWake(DateTimeOffset end)
    {
        var now = time.GetUtcNow();
        var next = now + BookmarkPeriod;
        var last = end - LastBookmarkBeforeEnd;
        if (next > last && last > now)
            next = last;
        return next < end ? next : end;
    }

    private WatchFrame? Frame(StoreEvent change)
    {
        var was = change.Previous is not null && request.Selection.Matches(change.Previous);
        if (change.IsDelete)
            return was ? new WatchFrame("DELETED", shape.Object(change.Object)) : null;
        var matches = request.Selection.Matches(change.Object);
        return (was, matches) switch
        {
            (false, true) => new WatchFrame("ADDED", shape.Object(change.Object)),
            (true, true) => new WatchFrame("MODIFIED", shape.Object(change.Object)),
            (true, false) => new WatchFrame("DELETED", shape.Object(AsOf(change.Previous!, change.Revision))),
            _ => null,
        };
    }

    /// <summary>The object as it last matched, with the revision at which it stopped to.</summary>
    private StoredObject AsOf(StoredObject previous, long revision)
    {
        var state = previous.Copy();
        state["metadata"]!.AsObject()["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(previous.Key, revision, CanonicalJson.Serialize(state, type.IsCustom));
    }

    /// <summary>A bookmark's object: nothing but kind, apiVersion and the revision.</summary>
    public static JsonObject Bookmark(string kind, string apiVersion, long revision, bool isInitialEnd)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (isInitialEnd)
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        return new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion, ["metadata"] = metadata };
    }
}
