using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>Merges an applied configuration into an object, in place, and takes out what is no longer applied.</summary>
internal static class AppliedMerge
{
    public static void Merge(JsonObject target, JsonObject applied, SchemaNode schema)
    {
        foreach (var (name, value) in applied)
        {
            var current = target[name];
            var merged = Value(current, value, AppliedFields.Child(schema, name) ?? SchemaNode.Permissive);
            if (!ReferenceEquals(current, merged) || merged is null) target[name] = merged;
        }
    }

    /// <summary>Removes the fields of <paramref name="last"/> that are neither applied now nor anybody else's.</summary>
    public static void RemoveAbandoned(JsonNode? target, SchemaNode schema, FieldSet last, FieldSet? now, FieldSet? others, bool isRoot = true)
    {
        foreach (var (key, field) in last.Children)
        {
            var nowField = now?.Find(key);
            var othersField = others?.Find(key);
            if (Place.Find(target, schema, key) is not { } place) continue;
            if (nowField is null && othersField is null && !(isRoot && key == "f:metadata")) place.Remove();
            else if (place.Value is JsonObject or JsonArray) RemoveAbandoned(place.Value, place.Schema, field, nowField, othersField, isRoot: false);
        }
    }

    private static JsonNode? Value(JsonNode? current, JsonNode? applied, SchemaNode schema)
    {
        switch (applied)
        {
            case JsonObject fields when current is JsonObject existing && AppliedFields.IsGranular(schema):
                Merge(existing, fields, schema);
                return existing;
            case JsonArray items when current is JsonArray list && schema.List != ListKind.Atomic:
                MergeList(list, items, schema);
                return list;
            default:
                return applied?.DeepClone();
        }
    }

    /// <summary>Items keep their place; where the two orders disagree, the applied one counts.</summary>
    private static void MergeList(JsonArray list, JsonArray applied, SchemaNode schema)
    {
        var old = Keyed(list, schema);
        var given = Keyed(applied, schema);
        var oldByKey = old.DistinctBy(i => i.Key).ToDictionary(i => i.Key, i => i.Item, StringComparer.Ordinal);
        var givenKeys = given.Select(i => i.Key).ToHashSet(StringComparer.Ordinal);
        list.Clear();
        var left = 0;
        foreach (var (key, item) in given)
        {
            // Items of others that stand before the place of this one stay before it.
            while (oldByKey.ContainsKey(key) && left < old.Count && old[left].Key != key)
            {
                if (!givenKeys.Contains(old[left].Key)) list.Add(old[left].Item);
                left++;
            }

            if (left < old.Count && old[left].Key == key) left++;
            list.Add(Merged(oldByKey.GetValueOrDefault(key), item, schema));
        }

        for (; left < old.Count; left++)
        {
            if (!givenKeys.Contains(old[left].Key)) list.Add(old[left].Item);
        }
    }

    private static JsonNode? Merged(JsonNode? current, JsonNode? applied, SchemaNode list)
    {
        if (current is not JsonObject existing || applied is not JsonObject fields || list.Items is not { AtomicMap: false } schema)
        {
            return applied?.DeepClone();
        }

        Merge(existing, fields, schema);
        return existing;
    }

    private static List<(string Key, JsonNode? Item)> Keyed(JsonArray list, SchemaNode schema)
    {
        var keyed = new List<(string, JsonNode?)>(list.Count);
        foreach (var item in list) keyed.Add((ListItems.PathKey(schema, item) ?? "", item));
        return keyed;
    }

    /// <summary>Where an element of a field set is in an object.</summary>
    private readonly record struct Place(JsonNode Container, string Name, int Index, JsonNode? Value, SchemaNode Schema)
    {
        public static Place? Find(JsonNode? container, SchemaNode schema, string key)
        {
            if (container is JsonObject fields)
            {
                var name = key[2..];
                return fields.TryGetPropertyValue(name, out var value)
                    ? new Place(fields, name, 0, value, AppliedFields.Child(schema, name) ?? SchemaNode.Permissive)
                    : null;
            }

            if (container is not JsonArray items) return null;
            for (var i = 0; i < items.Count; i++)
            {
                if (ListItems.PathKey(schema, items[i]) == key) return new Place(items, "", i, items[i], schema.Items ?? SchemaNode.Permissive);
            }

            return null;
        }

        public void Remove()
        {
            if (Container is JsonObject fields) fields.Remove(Name);
            else Container.AsArray().RemoveAt(Index);
        }
    }
}
