using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Patches;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Subresources;

/// <summary>The scale of anything that has replicas, as an autoscaling/v1 Scale.</summary>
internal sealed class ScaleSubresource(ObjectStore store, ObjectWriter writer)
{
    public ApiAnswer Get(WriteTarget target) =>
        ApiAnswer.Json(200, Scale(target.Type, store.Get(target.Key) ?? throw ApiErrors.NotFound(target.Type, target.Name!)));

    public ApiAnswer Replace(WriteTarget target, ApiRequest request)
    {
        var wanted = BodyReader.ReadYaml(request.Body);
        return Write(target, WriteOptions.Parse(request, "UpdateOptions"), _ => wanted);
    }

    public ApiAnswer Patch(WriteTarget target, ApiRequest request)
    {
        var patch = ObjectPatcher.Patcher(target.Type, request.ContentType.Split(';')[0].Trim(), request.Body);
        return Write(target, WriteOptions.Parse(request, "PatchOptions"), current => patch(current));
    }

    private ApiAnswer Write(WriteTarget target, WriteOptions options, Func<JsonObject, JsonObject> change)
    {
        var paths = target.Type.Scale!;
        var result = writer.Update(target, options, current =>
        {
            var before = Scale(target.Type, ObjectCommit.Unsaved(target.Type, target.Key, current, 0));
            var scale = change(before);
            if (ObjectAdmission.VersionOf(scale) is { } version && version != 0)
                current["metadata"]!["resourceVersion"] = scale["metadata"]!["resourceVersion"]!.ToString();
            JsonPaths.Write(current, paths.SpecReplicas, scale["spec"]?["replicas"]?.DeepClone() ?? 0);
            return current;
        });
        return ApiAnswer.Json(200, Scale(target.Type, result.Object));
    }

    private static JsonObject Scale(ResourceType type, StoredObject stored)
    {
        var paths = type.Scale!;
        var obj = stored.Copy();
        var metadata = new JsonObject();
        foreach (var name in new[] { "name", "namespace", "uid", "resourceVersion", "creationTimestamp" })
        {
            if (obj["metadata"]?[name] is { } value)
                metadata[name] = value.DeepClone();
        }

        var status = new JsonObject { ["replicas"] = Number(obj, paths.StatusReplicas) };
        if (Selector(JsonPaths.Read((JsonNode)obj, paths.Selector ?? "")) is { } selector)
            status["selector"] = selector;
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = Number(obj, paths.SpecReplicas) },
            ["status"] = status,
        };
    }

    private static long Number(JsonObject obj, string? path) =>
        path is not null && JsonFacts.TryInteger(JsonPaths.Read((JsonNode)obj, path), out var number) ? number : 0;

    private static string? Selector(JsonNode? selector) => selector switch
    {
        JsonValue => selector.ToString(),
        JsonObject obj when obj.ContainsKey("matchLabels") || obj.ContainsKey("matchExpressions") => LabelSelector.FromObject(obj)!.ToString(),
        _ => null,
    };
}
