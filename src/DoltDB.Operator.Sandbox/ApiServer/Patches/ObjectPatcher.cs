using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Apply;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Patches;

/// <summary>Answers PATCH requests of all four kinds.</summary>
internal sealed class ObjectPatcher(ObjectStore store, ObjectWriter writer, TimeProvider time)
{
    private const string Json = "application/json-patch+json";
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string ApplyYaml = "application/apply-patch+yaml";

    public WriteResult Patch(WriteTarget target, ApiRequest request)
    {
        var options = WriteOptions.Parse(request, "PatchOptions");
        var mediaType = request.ContentType.Split(';')[0].Trim();
        if (mediaType == ApplyYaml)
            return Apply(target, request, options);
        if (options.Force is not null)
            throw ApiErrors.InvalidOptions("PatchOptions", FieldProblem.Forbidden("force", "may not be specified for non-apply patch"));
        return writer.Update(target, options, Patcher(target.Type, mediaType, request.Body));
    }

    /// <summary>The function that a patch of the given type stands for; also used on other objects than stored ones (scale).</summary>
    public static ObjectWriter.Change Patcher(ResourceType type, string mediaType, ReadOnlyMemory<byte> body)
    {
        switch (mediaType)
        {
            case Json:
                var operations = Decode(body) as JsonArray
                    ?? throw ApiErrors.BadRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp");
                return current => PatchJson(current, operations);
            case Merge:
                var merge = Object(body);
                return current => MergePatch.Apply(current, merge.DeepClone().AsObject());
            case Strategic when !type.IsCustom:
                var strategic = Object(body);
                return current => PatchStrategically(current, strategic, type);
            default:
                throw ApiErrors.UnsupportedMediaType(type.IsCustom ? [Json, Merge, ApplyYaml] : [Json, Merge, Strategic, ApplyYaml]);
        }
    }

    private static JsonObject PatchJson(JsonObject current, JsonArray operations)
    {
        try
        {
            return JsonPatchDocument.Apply(current, operations.DeepClone().AsArray()) as JsonObject
                ?? throw ApiErrors.BadRequest("json: the patched document is no object");
        }
        catch (JsonPatchException)
        {
            throw ApiErrors.InvalidPatch();
        }
    }

    private static JsonObject PatchStrategically(JsonObject current, JsonObject patch, ResourceType type)
    {
        try
        {
            return StrategicMerge.Patch(current, patch.DeepClone().AsObject(), type.Schema);
        }
        catch (StrategicMergeException problem)
        {
            throw ApiErrors.BadRequest(problem.Message);
        }
    }

    private WriteResult Apply(WriteTarget target, ApiRequest request, WriteOptions options)
    {
        if (string.IsNullOrEmpty(request.Query["fieldManager"]))
            throw ApiErrors.InvalidOptions("PatchOptions", FieldProblem.Required("fieldManager", "is required for apply patch"));
        var applied = BodyReader.ReadYaml(request.Body);
        Check(applied, target);
        Separate(applied, target);
        var how = new ApplyRequest
        {
            Manager = options.FieldManager,
            Subresource = target.Subresource,
            Force = options.Force == true,
            Now = time.GetUtcNow(),
        };
        if (store.Get(target.Key) is null)
        {
            if (target.Subresource is not null)
                throw ApiErrors.NotFound(target.Type, target.Name!);
            if (applied["metadata"]?["resourceVersion"] is not null)
                throw ApiErrors.Modified(target.Type, target.Name!);
            var created = Applied(null, applied, target.Type, how);
            return writer.Create(target, new RequestBody(created, []), options, isApplied: true);
        }

        return writer.Update(target, options, current => Applied(current, applied.DeepClone().AsObject(), target.Type, how), isApplied: true);
    }

    private static JsonObject Applied(JsonObject? live, JsonObject applied, ResourceType type, ApplyRequest how)
    {
        try
        {
            return ServerSideApply.Apply(live, applied, type.Schema, how);
        }
        catch (ApplyConflictException conflict)
        {
            throw ApiErrors.ApplyConflict(conflict);
        }
    }

    private static void Check(JsonObject applied, WriteTarget target)
    {
        var (kind, apiVersion) = (applied.Text("kind") ?? "", applied.Text("apiVersion") ?? "");
        if (kind.Length == 0 || apiVersion.Length == 0)
            throw ApiErrors.BadRequest($"invalid object type: {apiVersion}, Kind={kind}".Replace("type: ,", "type: /,"));
        if (kind != target.Type.Kind || apiVersion != target.Type.ApiVersion)
        {
            throw ApiErrors.BadRequest(
                $"the API version in the data ({apiVersion}, Kind={kind}) does not match the expected API version ({target.Type.ApiVersion}, Kind={target.Type.Kind})");
        }

        var metadata = applied.Child("metadata");
        if (metadata["managedFields"] is JsonArray { Count: > 0 })
            throw ApiErrors.BadRequest("metadata.managedFields must be nil");
        if (metadata.Text("name") is { Length: > 0 } name && name != target.Name)
            throw ApiErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({target.Name})");
        if (target.Type.Namespaced && metadata.Text("namespace") is { Length: > 0 } ns && ns != target.Namespace)
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        metadata["name"] = target.Name;
        if (target.Type.Namespaced)
            metadata["namespace"] = target.Namespace;
    }

    /// <summary>Each endpoint takes only its part of the object.</summary>
    private static void Separate(JsonObject applied, WriteTarget target)
    {
        if (target.Subresource == "status")
        {
            foreach (var name in applied.Select(member => member.Key).Where(name => name is not ("apiVersion" or "kind" or "metadata" or "status")).ToList())
                applied.Remove(name);
        }
        else if (target.Type.HasStatus)
        {
            applied.Remove("status");
        }
    }

    private static JsonObject Object(ReadOnlyMemory<byte> body) => Decode(body) as JsonObject
        ?? throw ApiErrors.BadRequest("error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");

    private static JsonNode? Decode(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonNode.Parse(body.Span);
        }
        catch (JsonException problem)
        {
            throw ApiErrors.BadRequest($"error decoding patch: {problem.Message}");
        }
    }
}
