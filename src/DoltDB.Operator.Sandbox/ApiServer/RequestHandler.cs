using DoltDB.Operator.Sandbox.ApiServer.Apply;
using DoltDB.Operator.Sandbox.ApiServer.Discovery;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Faults;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer;

/// <summary>
/// The API server without its sockets: a request in, an answer out. Whatever goes wrong becomes a Status answer.
/// </summary>
internal sealed class RequestHandler(
    ResourceCatalog catalog, DiscoveryHandler discovery, ReadHandler reads, WriteHandler writes, SubresourceHandler subresources, ApiFaults faults, RequestLog log)
{
    /// <exception cref="HttpRequestException">A fault rule lets the connection break.</exception>
    public async Task<ApiAnswer> HandleAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (RequestPath.Parse(request.Path) is not { } path)
                return discovery.Answer(request);
            var kind = new RequestKind(Verb(request, path), path.Subresource is null ? path.Plural : $"{path.Plural}/{path.Subresource}", request.UserAgent.Split('/')[0]);
            log.Add(kind);
            var losesAnswer = await faults.ApplyAsync(new FaultContext(kind, path.Namespace, path.Name), cancellationToken);
            var answer = await DispatchAsync(request, path, kind.Verb, cancellationToken);
            return losesAnswer ? throw new HttpRequestException("injected fault: the connection broke before the answer") : answer;
        }
        catch (StatusException failure)
        {
            return Failed(failure);
        }
        catch (TypedPatchException failure)
        {
            return Failed(new StatusException(500, null, failure.Message));
        }
    }

    /// <summary>The Status answer of a failure.</summary>
    public static ApiAnswer Failed(StatusException failure) => new ApiAnswer.Content(failure.Code, CanonicalJson.Serialize(failure.ToStatus()))
    {
        Headers = failure.RetryAfterSeconds is { } seconds ? [new("Retry-After", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture))] : [],
    };

    private static string Verb(ApiRequest request, RequestPath path) => request.Method switch
    {
        "GET" or "HEAD" when path.IsLegacyWatch || (path.Name is null && request.Query.IsTrue("watch")) => "watch",
        "GET" or "HEAD" => path.Name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => path.Name is null ? "deletecollection" : "delete",
        _ => request.Method.ToLowerInvariant(),
    };

    private async Task<ApiAnswer> DispatchAsync(ApiRequest request, RequestPath path, string verb, CancellationToken cancellationToken)
    {
        if (catalog.Find(path.Group, path.Version, path.Plural) is not { } type)
        {
            var isKnownGroup = catalog.Current.All.Any(known => !known.IsCustom && known.Group == path.Group && known.Version == path.Version);
            return isKnownGroup ? throw ApiErrors.UnknownResource() : DiscoveryHandler.PageNotFound();
        }

        if (!type.Namespaced && path.Namespace is not null)
            return DiscoveryHandler.PageNotFound();
        var target = new WriteTarget(type, path.Namespace ?? "", path.Name, path.Subresource);
        if (path.Subresource is not (null or "status"))
            return subresources.Handle(target, request, cancellationToken);
        if (path.Subresource == "status" && !type.HasStatus)
            return DiscoveryHandler.PageNotFound();
        if (!type.Verbs.Contains(verb))
            throw ApiErrors.MethodNotAllowed();
        if (type.Namespaced && path.Namespace is null && (path.Name is not null || verb == "create") && !path.IsLegacyWatch)
            return DiscoveryHandler.PageNotFound();
        return verb switch
        {
            "get" => reads.Get(target, request),
            "list" => await reads.ListAsync(type, request, path, cancellationToken),
            "watch" => reads.Watch(type, request, path, cancellationToken),
            _ => writes.Handle(verb, target, request, path),
        };
    }
}
