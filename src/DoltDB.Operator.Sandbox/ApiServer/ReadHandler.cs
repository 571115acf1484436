using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Watches;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer;

/// <summary>Answers get, list and watch.</summary>
internal sealed class ReadHandler(ObjectStore store, ObjectLister lister, TimeProvider time)
{
    public ApiAnswer Get(WriteTarget target, ApiRequest request)
    {
        var renderer = Renderer(target.Type, request, time);
        var stored = store.Get(target.Key) ?? throw ApiErrors.NotFound(target.Type, target.Name!);
        return new ApiAnswer.Content(200, renderer.Object(stored));
    }

    public async Task<ApiAnswer> ListAsync(ResourceType type, ApiRequest request, RequestPath path, CancellationToken cancellationToken)
    {
        var renderer = Renderer(type, request, time);
        var page = await lister.ListAsync(request, path, type, cancellationToken);
        return new ApiAnswer.Content(200, renderer.List(page));
    }

    public ApiAnswer Watch(ResourceType type, ApiRequest request, RequestPath path, CancellationToken cancellationToken)
    {
        var renderer = Renderer(type, request, time);
        var feed = new WatchFeed(store, type, WatchRequest.Parse(request, path, type), renderer.ForWatch(), time);
        return new ApiAnswer.Watch(feed.Open(cancellationToken));
    }

    /// <summary>The renderer that the request's Accept header asks for.</summary>
    public static ObjectRenderer Renderer(ResourceType type, ApiRequest request, TimeProvider time) =>
        new(type, (OutputFormat.Negotiate(request.Accept) ?? throw ApiErrors.NotAcceptable()).Shape, time);
}
