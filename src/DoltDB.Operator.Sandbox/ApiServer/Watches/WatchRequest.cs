using System.Globalization;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Watches;

/// <summary>What a watch was asked to show.</summary>
internal sealed record WatchRequest
{
    // A real server takes a random time between 30 and 60 minutes.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(45);

    public required Selection Selection { get; init; }

    /// <summary>Events after this revision; null begins with the objects that exist.</summary>
    public required long? After { get; init; }

    /// <summary>Whether a bookmark ends the initial objects.</summary>
    public required bool MarksInitialEnd { get; init; }

    /// <summary>Whether the objects that exist are left out although no revision was given.</summary>
    public required bool SkipsInitial { get; init; }

    public required bool AllowsBookmarks { get; init; }

    public required TimeSpan Timeout { get; init; }

    public static WatchRequest Parse(ApiRequest request, RequestPath path, ResourceType type)
    {
        var version = request.Query["resourceVersion"] ?? "";
        var sendInitial = request.Query["sendInitialEvents"];
        var match = request.Query["resourceVersionMatch"] ?? "";
        CheckOptions(sendInitial, match);
        long? after = version is "" or "0" ? null : ResourceVersion.Parse(version) ?? throw ApiErrors.Internal(
            $"resourceVersion: Invalid value: \"{version}\": strconv.ParseUint: parsing \"{version}\": invalid syntax");
        var isStreaming = sendInitial is "true" or "1";
        var allowsBookmarks = request.Query.IsTrue("allowWatchBookmarks");
        return new WatchRequest
        {
            Selection = Selection.Of(request, path, type),
            After = isStreaming ? null : after,
            MarksInitialEnd = isStreaming && allowsBookmarks,
            SkipsInitial = after is null && sendInitial is "false" or "0",
            AllowsBookmarks = allowsBookmarks,
            Timeout = int.TryParse(request.Query["timeoutSeconds"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
                ? TimeSpan.FromSeconds(seconds)
                : DefaultTimeout,
        };
    }

    private static void CheckOptions(string? sendInitial, string match)
    {
        if (sendInitial is not null && match != "NotOlderThan")
        {
            throw ApiErrors.InvalidOptions("ListOptions", FieldProblem.Forbidden(
                "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }

        if (sendInitial is null && match.Length > 0)
        {
            throw ApiErrors.InvalidOptions("ListOptions", FieldProblem.Forbidden(
                "resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        }
    }
}
