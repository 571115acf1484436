using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Apply;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>What a write is about.</summary>
internal sealed record WriteTarget(ResourceType Type, string Namespace, string? Name, string? Subresource)
{
    public ObjectKey Key => Type.Key(Namespace, Name ?? "");
}

/// <summary>The outcome of a write.</summary>
internal sealed record WriteResult(int Code, StoredObject Object, IReadOnlyList<string> Warnings);

/// <summary>Creates and changes objects.</summary>
internal sealed class ObjectWriter(ObjectCommit commit, ServiceAddresses addresses, TimeProvider time)
{
    private const int MaxAttempts = 16;
    private const int LongestGeneratedBase = 58;
    private const string NameCharacters = "bcdfghjklmnpqrstvwxz2456789";

    private readonly ObjectStore store = commit.Store;

    /// <summary>Changes an object given as it is stored; returns the wanted state.</summary>
    public delegate JsonObject Change(JsonObject current);

    /// <summary>Creates an object; with <paramref name="isApplied"/> its managedFields are final.</summary>
    public WriteResult Create(WriteTarget target, RequestBody body, WriteOptions options, bool isApplied = false)
    {
        var (type, obj) = (target.Type, body.Object);
        var metadata = obj.Child("metadata");
        if (ObjectAdmission.VersionOf(obj) is not (null or 0))
            throw ApiErrors.Internal("resourceVersion should not be set on objects to be created");
        CheckNamespace(metadata, target);
        CheckName(metadata, target);
        var warnings = new List<string>();
        ObjectAdmission.Prune(obj, body.Duplicates, type, options.FieldValidation, warnings);
        var name = NameOf(metadata);
        CheckOpen(type, target.Namespace, name);
        var scope = Scope(target, options);
        ObjectAdmission.PrepareForCreate(obj, type, scope);
        ObjectAdmission.Validate(obj, null, type, null, scope);
        if (!isApplied)
        {
            metadata.Remove("managedFields");
            ManagedFields.TrackUpdate(null, obj, type.Schema, options.FieldManager, null, type.ApiVersion, scope.Now);
        }

        warnings.AddRange(ObjectAdmission.Advice(obj));
        var key = type.Key(target.Namespace, name);
        if (store.Get(key) is { } existing)
            throw ApiErrors.AlreadyExists(type, name, existing.IsTerminating);
        if (options.IsDryRun)
            return new WriteResult(201, ObjectCommit.Unsaved(type, key, obj, 0), warnings);
        return commit.TryCommit(type, key, null, obj, out var stored)
            ? new WriteResult(201, stored, warnings)
            : throw ApiErrors.AlreadyExists(type, name, isTerminating: false);
    }

    /// <summary>Replaces an object by the body of a PUT; kinds that allow it are created.</summary>
    public WriteResult Replace(WriteTarget target, RequestBody body, WriteOptions options)
    {
        var (type, obj) = (target.Type, body.Object);
        var metadata = obj.Child("metadata");
        CheckNamespace(metadata, target);
        CheckName(metadata, target);
        if (type.Rules.CreatesOnUpdate && target.Subresource is null && store.Get(target.Key) is null)
        {
            metadata.Remove("resourceVersion");
            return Create(target, body, options);
        }

        if (type.Rules.RequiresResourceVersion && ObjectAdmission.VersionOf(obj) is null && store.Get(target.Key) is not null)
        {
            var problem = FieldProblem.Invalid("metadata.resourceVersion", 0, "must be specified for an update");
            throw ApiErrors.Invalid(type.Plural, type.Group, target.Name!, [problem]);
        }

        return Update(target, options, _ => obj.DeepClone().AsObject(), body.Duplicates);
    }

    /// <summary>Changes a stored object, again and again while other writers are faster.</summary>
    public WriteResult Update(
        WriteTarget target, WriteOptions options, Change change, IReadOnlyList<string>? duplicates = null, bool isApplied = false)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var stored = store.Get(target.Key) ?? throw ApiErrors.NotFound(target.Type, target.Name!);
            if (TryUpdate(target, options, stored, change, duplicates ?? [], isApplied) is { } result)
                return result;
        }

        throw ApiErrors.Modified(target.Type, target.Name!);
    }

    private WriteResult? TryUpdate(
        WriteTarget target, WriteOptions options, StoredObject stored, Change change, IReadOnlyList<string> duplicates, bool isApplied)
    {
        var type = target.Type;
        var old = ObjectCommit.Show(type, stored);
        var next = change(ObjectCommit.Show(type, stored));
        if (ObjectAdmission.VersionOf(next) is { } version && version != 0 && version != stored.Revision)
            throw ApiErrors.Modified(type, target.Name!);
        CheckUid(next, stored, target);
        var warnings = new List<string>();
        ObjectAdmission.Prune(next, duplicates, type, options.FieldValidation, warnings);
        var scope = Scope(target, options);
        KeepManagedFields(next, old);
        ObjectAdmission.PrepareForUpdate(next, old, type, target.Subresource, scope);
        ObjectAdmission.Validate(next, old, type, target.Subresource, scope);
        if (!isApplied)
            ManagedFields.TrackUpdate(old, next, type.Schema, options.FieldManager, target.Subresource, type.ApiVersion, scope.Now);
        warnings.AddRange(ObjectAdmission.Advice(next));
        if (options.IsDryRun)
            return new WriteResult(200, ObjectCommit.Unsaved(type, target.Key, next, stored.Revision), warnings);
        if (Deletion.IsComplete(next))
        {
            var final = ObjectCommit.Unsaved(type, target.Key, next.DeepClone().AsObject(), stored.Revision);
            return commit.TryCommit(type, target.Key, stored, null, out _) ? new WriteResult(200, final, warnings) : null;
        }

        return commit.TryCommit(type, target.Key, stored, next, out var result) ? new WriteResult(200, result, warnings) : null;
    }

    private AdmissionScope Scope(WriteTarget target, WriteOptions options) =>
        new(store, addresses, time.GetUtcNow(), target.Type.Namespaced ? target.Namespace : "", options.IsDryRun);

    /// <summary>A client that sends none keeps what is stored; <c>[{}]</c> resets them.</summary>
    private static void KeepManagedFields(JsonObject next, JsonObject old)
    {
        var metadata = next.Child("metadata");
        if (metadata["managedFields"] is JsonArray { Count: 1 } reset && reset[0] is JsonObject { Count: 0 })
            metadata.Remove("managedFields");
        else if (metadata["managedFields"] is null && old["metadata"]?["managedFields"] is { } known)
            metadata["managedFields"] = known.DeepClone();
    }

    private static void CheckNamespace(JsonObject metadata, WriteTarget target)
    {
        if (target.Type.Namespaced && metadata.Text("namespace") is { Length: > 0 } given && given != target.Namespace)
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
    }

    private static void CheckName(JsonObject metadata, WriteTarget target)
    {
        if (target.Name is null)
            return;
        if (string.IsNullOrEmpty(metadata.Text("name")))
            metadata["name"] = target.Name;
        else if (metadata.Text("name") != target.Name)
            throw ApiErrors.BadRequest($"the name of the object ({metadata.Text("name")}) does not match the name on the URL ({target.Name})");
    }

    private static void CheckUid(JsonObject next, StoredObject stored, WriteTarget target)
    {
        if (next["metadata"]?["uid"]?.ToString() is not { Length: > 0 } uid || uid == stored.Uid)
            return;
        throw ApiErrors.Conflict(
            target.Type,
            target.Name!,
            $"StorageError: invalid object, Code: 4, Key: /registry/{target.Key.Resource}/{target.Key.Namespace}/{target.Name}, ResourceVersion: 0, "
            + $"AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: {stored.Uid}");
    }

    private static string NameOf(JsonObject metadata)
    {
        if (metadata.Text("name") is { Length: > 0 } name)
            return name;
        if (metadata.Text("generateName") is not { Length: > 0 } prefix)
            return "";
        var generated = prefix[..Math.Min(prefix.Length, LongestGeneratedBase)] + RandomNumberGenerator.GetString(NameCharacters, 5);
        metadata["name"] = generated;
        return generated;
    }

    private void CheckOpen(ResourceType type, string ns, string name)
    {
        if (type.Definition?["metadata"]?["name"]?.ToString() is { } definition
            && store.Get(new ObjectKey(BuiltInResources.Definitions, "", definition)) is { IsTerminating: true })
        {
            throw ApiErrors.Forbidden(type, name, "create not allowed while custom resource definition is terminating");
        }

        if (!type.Namespaced)
            return;
        var container = store.Get(new ObjectKey(BuiltInResources.Namespaces, "", ns)) ?? throw ApiErrors.NamespaceNotFound(ns);
        if (container.IsTerminating)
            throw ApiErrors.NamespaceTerminating(type, name, ns);
    }
}
