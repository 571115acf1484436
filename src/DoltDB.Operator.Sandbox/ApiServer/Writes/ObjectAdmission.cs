using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>Turns what a client sent into what is stored: server-owned metadata, subresource separation, defaults, validation.</summary>
internal static class ObjectAdmission
{
    private static readonly string[] ServerOwned =
        ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "selfLink"];

    private static readonly string[] OmittedWhenEmpty = ["labels", "annotations", "finalizers", "ownerReferences", "generateName"];

    /// <summary>Drops unknown fields, or refuses them, as the client asked.</summary>
    public static void Prune(JsonObject obj, IReadOnlyList<string> duplicates, ResourceType type, FieldValidation validation, List<string> warnings)
    {
        var unknown = type.Schema.Prune(obj);
        var problems = duplicates.Select(path => $"duplicate field \"{path}\"").Concat(unknown.Select(path => $"unknown field \"{path}\"")).ToList();
        if (problems.Count == 0 || validation == FieldValidation.Ignore)
            return;
        if (validation == FieldValidation.Strict)
        {
            throw ApiErrors.BadRequest(
                $"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: strict decoding error: {string.Join(", ", problems)}");
        }

        warnings.AddRange(problems);
    }

    /// <summary>Completes a new object whose name is set.</summary>
    public static void PrepareForCreate(JsonObject obj, ResourceType type, AdmissionScope scope)
    {
        var metadata = obj.Child("metadata");
        foreach (var name in ServerOwned)
            metadata.Remove(name);
        Tidy(metadata, type, scope.Namespace);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = PodRules.Time(scope.Now);
        if (type.Rules.HasGeneration)
            metadata["generation"] = 1;
        if (type.HasStatus)
            obj.Remove("status");
        type.Schema.ApplyDefaults(obj);
        type.Rules.PrepareForCreate?.Invoke(obj, scope);
        type.Schema.ApplyDefaults(obj);
    }

    /// <summary>Completes a changed object: what the client may not change comes from the old one.</summary>
    public static void PrepareForUpdate(JsonObject obj, JsonObject old, ResourceType type, string? subresource, AdmissionScope scope)
    {
        var (metadata, before) = (obj.Child("metadata"), old.Child("metadata"));
        if (subresource == "status")
            KeepAllButStatus(obj, old, type);
        else if (type.HasStatus)
            Keep(obj, old, "status");
        metadata = obj.Child("metadata");
        foreach (var name in ServerOwned)
            Keep(metadata, before, name);
        Keep(metadata, before, "generateName");
        Tidy(metadata, type, scope.Namespace);
        type.Schema.ApplyDefaults(obj);
        if (subresource != "status")
            type.Rules.PrepareForUpdate?.Invoke(obj, old, scope);
        if (type.Rules.HasGeneration && IsDesiredStateChanged(obj, old, type))
            metadata["generation"] = (before.Number("generation") ?? 0) + 1;
    }

    /// <summary>Refuses an object that breaks its schema or its kind's rules.</summary>
    public static void Validate(JsonObject obj, JsonObject? old, ResourceType type, string? subresource, AdmissionScope scope)
    {
        var problems = MetadataRules.Validate(obj.Child("metadata"), type.Rules.Names, old?.Child("metadata"));
        problems.AddRange(type.Schema.Validate(obj, old));
        if (subresource != "status")
            problems.AddRange(type.Rules.Validate?.Invoke(obj, old, scope) ?? []);
        if (problems.Count > 0)
            throw ApiErrors.Invalid(type, obj.Child("metadata").Text("name") ?? "", problems);
    }

    /// <summary>Warnings about accepted, but unwise objects.</summary>
    public static IEnumerable<string> Advice(JsonObject obj) =>
        (obj["metadata"]?["finalizers"] as JsonArray ?? [])
            .Select(finalizer => finalizer?.ToString() ?? "")
            .Where(finalizer => !finalizer.Contains('/') && finalizer is not ("foregroundDeletion" or "orphan" or "kubernetes"))
            .Select(finalizer => $"metadata.finalizers: \"{finalizer}\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers");

    private static bool IsDesiredStateChanged(JsonObject obj, JsonObject old, ResourceType type)
    {
        foreach (var (name, value) in obj)
        {
            if (IsDesired(name, type) && !JsonNode.DeepEquals(value, old[name]))
                return true;
        }

        return old.Any(member => IsDesired(member.Key, type) && !obj.ContainsKey(member.Key));
    }

    private static bool IsDesired(string member, ResourceType type) =>
        member is not ("metadata" or "apiVersion" or "kind") && (member != "status" || !type.HasStatus);

    private static void KeepAllButStatus(JsonObject obj, JsonObject old, ResourceType type)
    {
        var (metadata, status) = (obj.Child("metadata"), obj["status"]?.DeepClone());
        var kept = old.Child("metadata").DeepClone().AsObject();
        if (type.Rules.StatusKeepsMetadata)
        {
            foreach (var name in new[] { "labels", "annotations", "finalizers" })
            {
                if (metadata[name] is { } given)
                    kept[name] = given.DeepClone();
            }
        }

        Keep(kept, metadata, "managedFields");
        obj.Clear();
        foreach (var (name, value) in old)
            obj[name] = name == "metadata" ? kept : value?.DeepClone();
        if (status is null)
            obj.Remove("status");
        else
            obj["status"] = status;
    }

    private static void Keep(JsonObject obj, JsonObject old, string name)
    {
        if (old[name] is { } value)
            obj[name] = value.DeepClone();
        else
            obj.Remove(name);
    }

    private static void Tidy(JsonObject metadata, ResourceType type, string ns)
    {
        if (type.Namespaced)
            metadata["namespace"] = ns;
        else
            metadata.Remove("namespace");
        foreach (var name in OmittedWhenEmpty)
        {
            if (metadata[name] is null or JsonObject { Count: 0 } or JsonArray { Count: 0 } || metadata.Text(name) == "")
                metadata.Remove(name);
        }
    }

    /// <summary>The version that the client's object was read at; null when it names none.</summary>
    public static long? VersionOf(JsonObject obj) =>
        obj["metadata"]?["resourceVersion"]?.ToString() is { Length: > 0 } text
            ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : throw ApiErrors.Internal($"metadata.resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax")
            : null;
}
