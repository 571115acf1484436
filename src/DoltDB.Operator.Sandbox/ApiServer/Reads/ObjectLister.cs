using System.Globalization;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Reads;

/// <summary>One page of a list.</summary>
/// <param name="Items">The objects.</param>
/// <param name="Revision">The list's resourceVersion.</param>
/// <param name="Continue">Token of the next page; null on the last.</param>
/// <param name="Remaining">How many objects follow; null when that is not told.</param>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, long Revision, string? Continue, int? Remaining);

/// <summary>Answers lists: paging, consistency and selection.</summary>
internal sealed class ObjectLister(ObjectStore store, TimeProvider time)
{
    private static readonly TimeSpan FutureVersionPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FutureVersionStep = TimeSpan.FromMilliseconds(50);

    public async Task<ListPage> ListAsync(ApiRequest request, RequestPath path, ResourceType type, CancellationToken cancellationToken)
    {
        var selection = Selection.Of(request, path, type);
        var limit = Limit(request);
        var token = request.Query["continue"] is { Length: > 0 } text ? ContinueToken.Decode(text) : null;
        var version = request.Query["resourceVersion"];
        if (token is not null && version is not (null or ""))
            throw ApiErrors.BadRequest("specifying resource version is not allowed when using continue");
        var list = token is not null
            ? At(type, selection, token.Revision, "The provided continue parameter is too old to display a consistent list result.")
            : await AtVersionAsync(type, selection, version ?? "", request.Query["resourceVersionMatch"] ?? "", cancellationToken);
        if (version == "0")
            limit = 0; // Served from the cache, which knows no pages.
        return Page(list, selection, limit, token);
    }

    private static ListPage Page(StoreList list, Selection selection, int limit, ContinueToken? token)
    {
        var matching = list.Items.Where(selection.Matches);
        if (token is not null)
            matching = matching.Where(stored => token.IsAfter(stored.Key.Namespace, stored.Key.Name));
        var items = matching.ToList();
        if (limit == 0 || items.Count <= limit)
            return new ListPage(items, list.Revision, null, null);
        var last = items[limit - 1].Key;
        var next = new ContinueToken(list.Revision, last.Namespace, last.Name);
        return new ListPage(items[..limit], list.Revision, next.Encode(), selection.IsFiltered ? null : items.Count - limit);
    }

    private static int Limit(ApiRequest request)
    {
        if (request.Query["limit"] is not { Length: > 0 } text)
            return 0;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) && limit >= 0
            ? limit
            : throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private StoreList At(ResourceType type, Selection selection, long revision, string whenExpired)
    {
        try
        {
            return store.ListAt(type.StorageName, selection.Namespace, revision);
        }
        catch (RevisionExpiredException)
        {
            throw ApiErrors.Expired(whenExpired);
        }
    }

    private async Task<StoreList> AtVersionAsync(
        ResourceType type, Selection selection, string version, string match, CancellationToken cancellationToken)
    {
        if (match.Length > 0)
            CheckMatch(version, match);
        if (version is "" or "0")
            return store.List(type.StorageName, selection.Namespace);
        var asked = ResourceVersion.Parse(version)
            ?? throw ApiErrors.BadRequest($"invalid resource version: resourceVersion: Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax");
        await WaitForAsync(asked, cancellationToken);
        return match == "Exact"
            ? At(type, selection, asked, "The resourceVersion for the provided list is too old.")
            : store.List(type.StorageName, selection.Namespace);
    }

    private static void CheckMatch(string version, string match)
    {
        if (match is not ("Exact" or "NotOlderThan"))
            throw ApiErrors.InvalidOptions("ListOptions", FieldProblem.NotSupported("resourceVersionMatch", match, "\"Exact\", \"NotOlderThan\", \"\""));
        if (version.Length == 0)
        {
            throw ApiErrors.InvalidOptions(
                "ListOptions", FieldProblem.Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }

        if (match == "Exact" && version == "0")
        {
            throw ApiErrors.InvalidOptions(
                "ListOptions", FieldProblem.Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }
    }

    private async Task WaitForAsync(long asked, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        while (store.Revision < asked)
        {
            if (time.GetElapsedTime(begin) > FutureVersionPatience)
                throw ApiErrors.FutureVersion(asked, store.Revision);
            await Task.Delay(FutureVersionStep, time, cancellationToken);
        }
    }
}

/// <summary>Resource versions as numbers.</summary>
internal static class ResourceVersion
{
    public static long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
}
