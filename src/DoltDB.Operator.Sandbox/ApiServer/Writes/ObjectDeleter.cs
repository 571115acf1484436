using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>The outcome of a deletion: the object as it is, and whether it is gone.</summary>
internal sealed record DeleteResult(StoredObject Object, bool IsGone);

/// <summary>Deletes objects: at once, or marked until finalizers and grace periods are over.</summary>
internal sealed class ObjectDeleter(ObjectCommit commit, TimeProvider time)
{
    private readonly ObjectStore store = commit.Store;

    /// <exception cref="StatusException">404 when there is none; 409 when a precondition does not hold.</exception>
    public DeleteResult Delete(ResourceType type, ObjectKey key, Deletion deletion)
    {
        while (true)
        {
            var stored = store.Get(key) ?? throw ApiErrors.NotFound(type, key.Name);
            CheckPreconditions(type, stored, deletion);
            if (TryDelete(type, stored, deletion) is { } result)
                return result;
        }
    }

    private DeleteResult? TryDelete(ResourceType type, StoredObject stored, Deletion deletion)
    {
        var key = stored.Key;
        var marked = ObjectCommit.Show(type, stored);
        if (type.StorageName == BuiltInResources.Definitions)
            HoldForInstances(marked);
        var isChanged = deletion.Mark(marked, type, time.GetUtcNow());
        var isGone = Deletion.IsComplete(marked);
        if (deletion.IsDryRun)
            return new DeleteResult(ObjectCommit.Unsaved(type, key, marked, stored.Revision), isGone);
        if (!isGone)
        {
            if (!isChanged)
                return new DeleteResult(stored, false);
            return commit.TryCommit(type, key, stored, marked, out var terminating) ? new DeleteResult(terminating, false) : null;
        }

        // A pod that was stopping is seen with its grace set to 0 before it is gone.
        if (isChanged && stored.IsTerminating && type.Rules.DeletesGracefully)
        {
            if (!commit.TryCommit(type, key, stored, marked, out var stopping))
                return null;
            stored = stopping;
        }

        return commit.TryCommit(type, key, stored, null, out var gone)
            ? new DeleteResult(type.Rules.AnswersDeleteWithObject ? ObjectCommit.Unsaved(type, key, marked, stored.Revision) : gone, true)
            : null;
    }

    private static void HoldForInstances(JsonObject definition)
    {
        var metadata = definition.Child("metadata");
        if (metadata["deletionTimestamp"] is not null)
            return;
        metadata.SetDefault("finalizers", () => new JsonArray());
        var finalizers = metadata["finalizers"]!.AsArray();
        if (!finalizers.Any(f => f?.ToString() == Admission.DefinitionRules.Finalizer))
            finalizers.Add((JsonNode)Admission.DefinitionRules.Finalizer);
    }

    private static void CheckPreconditions(ResourceType type, StoredObject stored, Deletion deletion)
    {
        if (deletion.Uid is { } uid && uid != stored.Uid)
        {
            throw ApiErrors.Precondition(
                type,
                stored.Key.Name,
                $"the UID in the precondition ({uid}) does not match the UID in record ({stored.Uid}). The object might have been deleted and then recreated");
        }

        if (deletion.ResourceVersion is { Length: > 0 } version && version != stored.Metadata.GetProperty("resourceVersion").GetString())
        {
            throw ApiErrors.Precondition(
                type,
                stored.Key.Name,
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({stored.Revision}). The object might have been modified");
        }
    }
}
