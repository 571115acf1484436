using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>Reads, writes and maintains <c>metadata.managedFields</c>.</summary>
internal static class ManagedFields
{
    /// <summary>
    /// Records in the updated object who changed what: an Update moves the changed fields to its manager. The entries are those of the
    /// old object unless the update brings its own; <c>[{}]</c> clears them.
    /// </summary>
    /// <param name="old">The stored object; null on create.</param>
    /// <param name="updated">The object about to be stored, complete with defaults; its managedFields are replaced.</param>
    /// <param name="schema">Schema of the kind.</param>
    /// <param name="manager">Name of the field manager.</param>
    /// <param name="subresource">Subresource the write came through; null for the object itself.</param>
    /// <param name="apiVersion">Version in which the write was sent.</param>
    /// <param name="now">Time of the write.</param>
    public static void TrackUpdate(
        JsonObject? old, JsonObject updated, ObjectSchema schema, string manager, string? subresource, string apiVersion, DateTimeOffset now)
    {
        if (IsReset(updated))
        {
            updated["metadata"]!.AsObject().Remove("managedFields");
            return;
        }

        var owners = Read(updated);
        if (owners.Count == 0 && old is not null) owners = Read(old);
        if (owners.Count == 0 && old is not null)
        {
            Write(updated, owners);
            return;
        }

        var delta = FieldDelta.Between(old ?? schema.ZeroValue, updated, schema.Root);
        if (delta.Changed is { } changed)
        {
            FieldScope.Restrict(changed, schema.HasStatusSubresource, subresource);
            TakeFromOthers(owners, changed, manager, subresource, apiVersion);
            Give(owners, changed, new FieldOwner(manager, FieldOwner.Update, apiVersion, subresource, null, new FieldSet()), now);
        }

        if (delta.Removed is { } removed) Drop(owners, removed);
        Write(updated, owners);
    }

    /// <summary>The entries of an object, in their order.</summary>
    public static List<FieldOwner> Read(JsonObject obj)
    {
        var owners = new List<FieldOwner>();
        if ((obj["metadata"] as JsonObject)?["managedFields"] is not JsonArray entries) return owners;
        foreach (var entry in entries)
        {
            if (entry is JsonObject { Count: > 0 } fields) owners.Add(FieldOwner.Read(fields));
        }

        return owners;
    }

    public static void Write(JsonObject obj, List<FieldOwner> owners)
    {
        if (obj["metadata"] is not JsonObject metadata) obj["metadata"] = metadata = [];
        owners.RemoveAll(owner => owner.Fields.IsEmpty);
        if (owners.Count == 0)
        {
            metadata.Remove("managedFields");
            return;
        }

        owners.Sort(FieldOwner.Compare);
        var entries = new JsonArray();
        foreach (var owner in owners) entries.Add((JsonNode)owner.ToJson());
        metadata["managedFields"] = entries;
    }

    /// <summary>Takes fields from all owners but the one at an index.</summary>
    public static void Drop(List<FieldOwner> owners, FieldSet fields, int exceptIndex = -1)
    {
        for (var i = 0; i < owners.Count; i++)
        {
            if (i == exceptIndex || owners[i].Fields.Intersect(fields) is not { } lost) continue;
            owners[i] = owners[i].With(owners[i].Fields.Except(lost), owners[i].Time);
        }
    }

    private static bool IsReset(JsonObject updated) =>
        (updated["metadata"] as JsonObject)?["managedFields"] is JsonArray { Count: 1 } entries && entries[0] is JsonObject { Count: 0 };

    private static void TakeFromOthers(List<FieldOwner> owners, FieldSet changed, string manager, string? subresource, string apiVersion) =>
        Drop(owners, changed, owners.FindIndex(o => o.Is(manager, FieldOwner.Update, subresource) && o.ApiVersion == apiVersion));

    private static void Give(List<FieldOwner> owners, FieldSet changed, FieldOwner newcomer, DateTimeOffset now)
    {
        if (changed.IsEmpty) return;
        var index = owners.FindIndex(o =>
            o.Is(newcomer.Manager, FieldOwner.Update, newcomer.Subresource) && o.ApiVersion == newcomer.ApiVersion);
        if (index < 0) owners.Add(newcomer.With(changed, FieldOwner.Timestamp(now)));
        else if (!owners[index].Fields.Contains(changed)) owners[index] = owners[index].With(owners[index].Fields.Union(changed), FieldOwner.Timestamp(now));
    }
}
