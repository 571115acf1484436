using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Patches;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Subresources;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer;

/// <summary>Answers create, update, patch, delete and deletecollection.</summary>
internal sealed class WriteHandler(ObjectStore store, ObjectWriter writer, ObjectPatcher patcher, ObjectDeleter deleter, TimeProvider time)
{
    public ApiAnswer Handle(string verb, WriteTarget target, ApiRequest request, RequestPath path) => verb switch
    {
        "create" when target.Name is not null => throw ApiErrors.MethodNotAllowed(),
        "create" when Reviews.IsReview(target.Type) => Reviews.Create(target.Type, request),
        "create" => Written(writer.Create(target, BodyReader.Read(request, target.Type), WriteOptions.Parse(request, "CreateOptions")), target, request),
        "update" or "patch" when target.Name is null => throw ApiErrors.BadRequest("name must be provided"),
        "update" => Written(writer.Replace(target, BodyReader.Read(request, target.Type), WriteOptions.Parse(request, "UpdateOptions")), target, request),
        "patch" => Written(patcher.Patch(target, request), target, request),
        "delete" => Deleted(target, request),
        "deletecollection" => DeletedAll(target, request, path),
        _ => throw ApiErrors.MethodNotAllowed(),
    };

    private ApiAnswer Written(WriteResult result, WriteTarget target, ApiRequest request) =>
        new ApiAnswer.Content(result.Code, ReadHandler.Renderer(target.Type, request, time).Object(result.Object))
        {
            Headers = [.. result.Warnings.Select(text => new KeyValuePair<string, string>("Warning", $"299 - \"{Escape(text)}\""))],
        };

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"");

    private ApiAnswer Deleted(WriteTarget target, ApiRequest request)
    {
        var result = deleter.Delete(target.Type, target.Key, Deletion.Parse(request));
        if (!result.IsGone || target.Type.Rules.AnswersDeleteWithObject)
            return new ApiAnswer.Content(200, ReadHandler.Renderer(target.Type, request, time).Object(result.Object));
        var details = ApiErrors.Details(target.Type, target.Name!);
        details["uid"] = result.Object.Uid;
        return ApiAnswer.Json(200, new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details,
        });
    }

    private ApiAnswer DeletedAll(WriteTarget target, ApiRequest request, RequestPath path)
    {
        var deletion = Deletion.Parse(request);
        var selection = Selection.Of(request, path, target.Type);
        var list = store.List(target.Type.StorageName, selection.Namespace);
        var matching = list.Items.Where(selection.Matches).ToList();
        foreach (var stored in matching)
        {
            try
            {
                deleter.Delete(target.Type, stored.Key, deletion);
            }
            catch (StatusException failure) when (failure.Code == 404)
            {
                // Somebody else was faster; gone is gone.
            }
        }

        return new ApiAnswer.Content(200, ReadHandler.Renderer(target.Type, request, time).List(new ListPage(matching, store.Revision, null, null)));
    }
}
