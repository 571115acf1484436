using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Subresources;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer;

/// <summary>Answers subresources other than status.</summary>
internal sealed class SubresourceHandler(
    ScaleSubresource scale, EvictionSubresource eviction, LogSubresource log, TokenSubresource token, PodBinding binding, ObjectWriter writer, TimeProvider time)
{
    public ApiAnswer Handle(WriteTarget target, ApiRequest request, CancellationToken cancellationToken) =>
        (target.Type.StorageName, target.Subresource, request.Method) switch
        {
            (_, "scale", "GET") when target.Type.Scale is not null => scale.Get(target),
            (_, "scale", "PUT") when target.Type.Scale is not null => scale.Replace(target, request),
            (_, "scale", "PATCH") when target.Type.Scale is not null => scale.Patch(target, request),
            (BuiltInResources.Pods, "log", "GET") => log.Get(target, request, cancellationToken),
            (BuiltInResources.Pods, "eviction", "POST") => eviction.Create(target, request),
            (BuiltInResources.Pods, "binding", "POST") => binding.Create(target, request),
            (BuiltInResources.Pods, "exec" or "attach" or "portforward" or "proxy", _) => throw ApiErrors.NotImplemented($"pods/{target.Subresource}"),
            ("/serviceaccounts", "token", "POST") => token.Create(target, request),
            (BuiltInResources.Namespaces, "finalize", "PUT") => Finalize(target, request),
            _ => throw ApiErrors.UnknownResource(),
        };

    /// <summary>Takes the finalizers of a namespace's spec, which no other write may change.</summary>
    private ApiAnswer Finalize(WriteTarget target, ApiRequest request)
    {
        var body = BodyReader.Read(request, target.Type).Object;
        var result = writer.Update(target, WriteOptions.Parse(request, "UpdateOptions"), current =>
        {
            var finalizers = body["spec"]?["finalizers"]?.DeepClone() ?? new JsonArray();
            current.Child("spec")["finalizers"] = finalizers;
            return current;
        });
        return new ApiAnswer.Content(result.Code, ReadHandler.Renderer(target.Type, request, time).Object(result.Object));
    }
}
