using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>The fields in which two objects differ. Null stands for the empty set.</summary>
/// <param name="Changed">Fields that were added or have another value.</param>
/// <param name="Removed">Fields that are gone.</param>
internal readonly record struct FieldDelta(FieldSet? Changed, FieldSet? Removed)
{
    public static FieldDelta Between(JsonNode? old, JsonNode? updated, SchemaNode schema)
    {
        if (old is null && updated is null) return default;
        if (IsObject(old) && IsObject(updated) && AppliedFields.IsGranular(schema))
        {
            return OfObjects(old as JsonObject, updated as JsonObject, schema);
        }

        if (schema.List != ListKind.Atomic && IsArray(old) && IsArray(updated)) return OfLists(old as JsonArray, updated as JsonArray, schema);
        return OfLeaf(old, updated);
    }

    private static bool IsObject(JsonNode? node) => node is null or JsonObject;

    private static bool IsArray(JsonNode? node) => node is null or JsonArray;

    private static FieldDelta OfLeaf(JsonNode? old, JsonNode? updated)
    {
        if (updated is null) return new FieldDelta(null, FieldSet.Leaf());
        return old is not null && JsonNode.DeepEquals(old, updated) ? default : new FieldDelta(FieldSet.Leaf(), null);
    }

    private static FieldDelta OfObjects(JsonObject? old, JsonObject? updated, SchemaNode schema)
    {
        if ((old?.Count ?? 0) == 0 && (updated?.Count ?? 0) == 0) return OfLeaf(old, updated);
        FieldSet? changed = null;
        FieldSet? removed = null;
        if (updated is not null)
        {
            foreach (var (name, value) in updated) AddField(name, old?[name], value, schema, ref changed, ref removed);
        }

        if (old is not null)
        {
            foreach (var (name, value) in old)
            {
                if (updated?.ContainsKey(name) != true) AddField(name, value, null, schema, ref changed, ref removed);
            }
        }

        return Ends(old is null, updated is null, changed, removed);
    }

    private static void AddField(
        string name, JsonNode? old, JsonNode? updated, SchemaNode schema, ref FieldSet? changed, ref FieldSet? removed)
    {
        var property = schema.Property(name);
        var delta = Between(old, updated, property?.Node ?? AppliedFields.Child(schema, name) ?? SchemaNode.Permissive);
        if (delta.Changed is null && delta.Removed is null) return;
        var key = property?.PathKey ?? "f:" + name;
        if (delta.Changed is not null) (changed ??= new FieldSet()).Add(key, delta.Changed);
        if (delta.Removed is not null) (removed ??= new FieldSet()).Add(key, delta.Removed);
    }

    private static FieldDelta OfLists(JsonArray? old, JsonArray? updated, SchemaNode schema)
    {
        if ((old?.Count ?? 0) == 0 && (updated?.Count ?? 0) == 0) return OfLeaf(old, updated);
        var before = Index(old, schema);
        FieldSet? changed = null;
        FieldSet? removed = null;
        var items = schema.Items ?? SchemaNode.Permissive;
        for (var i = 0; i < updated?.Count; i++)
        {
            if (ListItems.PathKey(schema, updated[i]) is not { } key) continue;
            before.Remove(key, out var counterpart);
            var delta = Between(counterpart, updated[i], items);
            if (delta.Changed is not null) (changed ??= new FieldSet()).Add(key, delta.Changed);
            if (delta.Removed is not null) (removed ??= new FieldSet()).Add(key, delta.Removed);
        }

        foreach (var (key, item) in before) (removed ??= new FieldSet()).Add(key, Between(item, null, items).Removed);
        return Ends(old is null, updated is null, changed, removed);
    }

    private static Dictionary<string, JsonNode?> Index(JsonArray? list, SchemaNode schema)
    {
        var index = new Dictionary<string, JsonNode?>(list?.Count ?? 0, StringComparer.Ordinal);
        if (list is null) return index;
        foreach (var item in list)
        {
            if (ListItems.PathKey(schema, item) is { } key) index.TryAdd(key, item);
        }

        return index;
    }

    /// <summary>A container that came or went is itself among the fields.</summary>
    private static FieldDelta Ends(bool isNew, bool isGone, FieldSet? changed, FieldSet? removed)
    {
        if (isNew) (changed ??= new FieldSet()).IsMember = true;
        if (isGone) (removed ??= new FieldSet()).IsMember = true;
        return new FieldDelta(changed, removed);
    }
}
