namespace DoltDB.Operator.Sandbox.ApiServer.Store;

/// <summary>One change of the store.</summary>
/// <param name="Object">The new version; of a deletion, the last state with the revision of the delete.</param>
/// <param name="Previous">The version before, null when the object is new.</param>
/// <param name="IsDelete">Whether the object is gone.</param>
public sealed record StoreEvent(StoredObject Object, StoredObject? Previous, bool IsDelete)
{
    /// <summary>Store revision of the change.</summary>
    public long Revision => Object.Revision;
}

/// <summary>Objects of a kind at one revision, in key order.</summary>
public sealed record StoreList(IReadOnlyList<StoredObject> Items, long Revision);

/// <summary>The asked revision is older than what the store remembers.</summary>
public sealed class RevisionExpiredException(long requested, long oldest)
    : Exception($"too old resource version: {requested} ({oldest})");
