using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>The one way into the store: compare-and-swap, then what must follow before the request is answered.</summary>
internal sealed class ObjectCommit(ObjectStore store)
{
    private readonly List<Action<StoreEvent>> followers = [];

    public ObjectStore Store { get; } = store;

    /// <summary>Calls back after each change of a kind. Only while the server is put together.</summary>
    public void Follow(string resource, Action<StoreEvent> follower) => followers.Add(change =>
    {
        if (change.Object.Key.Resource == resource)
            follower(change);
    });

    /// <summary>Stores <paramref name="next"/> (null deletes) unless another writer was faster.</summary>
    public bool TryCommit(ResourceType type, ObjectKey key, StoredObject? expected, JsonObject? next, [NotNullWhen(true)] out StoredObject? result)
    {
        var state = next is not null && type.View is { } view ? view.ToStorage(next) : next;
        if (!Store.TryReplace(key, expected, state, type.IsCustom, out result))
            return false;
        if (ReferenceEquals(result, expected))
            return true;
        var change = new StoreEvent(result, expected, IsDelete: next is null);
        foreach (var follower in followers)
            follower(change);
        return true;
    }

    /// <summary>What would be stored, for dry runs and final answers.</summary>
    public static StoredObject Unsaved(ResourceType type, ObjectKey key, JsonObject state, long revision) =>
        new(key, revision, CanonicalJson.Serialize(type.View is { } view ? view.ToStorage(state) : state, type.IsCustom));

    /// <summary>A writer's copy of a stored object in the version of the type.</summary>
    public static JsonObject Show(ResourceType type, StoredObject stored) =>
        type.View is { } view ? view.FromStorage(stored.Copy()) : stored.Copy();
}
