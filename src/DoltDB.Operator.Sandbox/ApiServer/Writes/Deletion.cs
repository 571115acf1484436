using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>How to delete, from the query and the body of a DELETE.</summary>
internal sealed record Deletion(string? Policy, long? GraceSeconds, string? Uid, string? ResourceVersion, bool IsDryRun)
{
    private const string Foreground = "foregroundDeletion";
    private const string Orphan = "orphan";

    public static Deletion Parse(ApiRequest request)
    {
        var body = ReadBody(request);
        var policy = body?.Text("propagationPolicy") ?? request.Query["propagationPolicy"];
        var orphan = body?["orphanDependents"] is JsonValue value ? (bool?)(value.GetValueKind() == JsonValueKind.True) : null;
        if (policy is not null && orphan is not null)
        {
            throw ApiErrors.InvalidOptions("DeleteOptions", FieldProblem.Invalid(
                "propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"));
        }

        if (policy is not (null or "" or "Foreground" or "Background" or "Orphan"))
        {
            throw ApiErrors.InvalidOptions("DeleteOptions", FieldProblem.NotSupported(
                "propagationPolicy", policy, "\"Foreground\", \"Background\", \"Orphan\", \"nil\""));
        }

        var dryRun = body?["dryRun"] is JsonArray list ? [.. list.Select(item => item?.ToString() ?? "")] : request.Query.All("dryRun");
        return new Deletion(
            orphan is { } isOrphan ? (isOrphan ? "Orphan" : "Background") : policy is "" ? null : policy,
            body.Number("gracePeriodSeconds") ?? QueryNumber(request.Query["gracePeriodSeconds"]),
            (body?["preconditions"] as JsonObject)?.Text("uid"),
            (body?["preconditions"] as JsonObject)?.Text("resourceVersion"),
            WriteOptions.IsDry(dryRun, "DeleteOptions"));
    }

    /// <summary>Whether nothing holds a terminating object any more.</summary>
    public static bool IsComplete(JsonObject obj)
    {
        var metadata = obj.Child("metadata");
        return metadata["deletionTimestamp"] is not null
            && metadata["finalizers"] is not JsonArray { Count: > 0 }
            && metadata.Number("deletionGracePeriodSeconds") is null or 0
            && !HoldsNamespace(obj);
    }

    /// <summary>Marks the object for deletion; false when it is marked as asked already.</summary>
    public bool Mark(JsonObject obj, ResourceType type, DateTimeOffset now)
    {
        var metadata = obj.Child("metadata");
        var grace = type.Rules.DeletesGracefully ? PodRules.GracePeriod(obj, GraceSeconds) : 0;
        if (metadata["deletionTimestamp"] is not null)
            return type.Rules.DeletesGracefully && Shorten(metadata, grace, now);
        ApplyPolicy(metadata);
        metadata["deletionTimestamp"] = PodRules.Time(now.AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        if (metadata.Number("generation") is { } generation)
            metadata["generation"] = generation + 1;
        if (type.StorageName == BuiltInResources.Namespaces)
            obj.Child("status")["phase"] = "Terminating";
        return true;
    }

    /// <summary>A shorter grace than before is taken, a longer one is not.</summary>
    private static bool Shorten(JsonObject metadata, long grace, DateTimeOffset now)
    {
        if (grace >= (metadata.Number("deletionGracePeriodSeconds") ?? 0))
            return false;
        metadata["deletionGracePeriodSeconds"] = grace;
        metadata["deletionTimestamp"] = PodRules.Time(now.AddSeconds(grace));
        return true;
    }

    private void ApplyPolicy(JsonObject metadata)
    {
        if (Policy is null)
            return;
        var finalizers = (metadata["finalizers"] as JsonArray ?? []).Select(f => f!.ToString()).Where(f => f is not (Foreground or Orphan)).ToList();
        if (Policy == "Foreground")
            finalizers.Add(Foreground);
        else if (Policy == "Orphan")
            finalizers.Add(Orphan);
        if (finalizers.Count == 0)
            metadata.Remove("finalizers");
        else
            metadata["finalizers"] = new JsonArray([.. finalizers.Select(f => (JsonNode)f)]);
    }

    private static bool HoldsNamespace(JsonObject obj) =>
        obj.Text("kind") == "Namespace" && obj.Text("apiVersion") == "v1" && obj["spec"]?["finalizers"] is JsonArray { Count: > 0 };

    private static JsonObject? ReadBody(ApiRequest request)
    {
        if (request.Body.IsEmpty)
            return null;
        if (request.ContentType.StartsWith("application/vnd.kubernetes.protobuf", StringComparison.Ordinal))
            throw ApiErrors.UnsupportedMediaType(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]);
        try
        {
            return BodyReader.ReadYaml(request.Body);
        }
        catch (StatusException)
        {
            throw ApiErrors.BadRequest("the body of the request is no DeleteOptions");
        }
    }

    private static long? QueryNumber(string? text) => long.TryParse(text, out var number) ? number : null;
}
