using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>A strategic merge patch that makes no sense; the API answers 500 with this text and no reason.</summary>
internal sealed class StrategicMergeException(string message) : Exception(message);

/// <summary>Strategic merge patch: like a merge patch, but lists are merged by key and directives steer it.</summary>
internal static class StrategicMerge
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string OrderPrefix = "$setElementOrder/";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";

    /// <summary>The patched object; the arguments stay as they are.</summary>
    /// <exception cref="StrategicMergeException">An unknown directive, or a list item without its key.</exception>
    public static JsonObject Patch(JsonObject live, JsonObject patch, ObjectSchema schema)
    {
        var result = live.DeepClone().AsObject();
        return MergeObject(result, patch.DeepClone().AsObject(), schema.Root) ?? [];
    }

    /// <summary>Merges in place; null when the patch deletes the object.</summary>
    private static JsonObject? MergeObject(JsonObject target, JsonObject patch, SchemaNode? schema)
    {
        switch (patch.Text(Directive))
        {
            case null when !patch.ContainsKey(Directive):
            case "merge":
                patch.Remove(Directive);
                break;
            case "replace":
                patch.Remove(Directive);
                return Cleaned(patch);
            case "delete":
                return null;
            case var unknown:
                throw new StrategicMergeException($"unknown patch type: {unknown ?? JsonFacts.Show(patch[Directive])} in map: {GoText.Of(patch)}");
        }

        Retain(target, patch);
        foreach (var name in patch.Select(entry => entry.Key).ToList())
        {
            if (name.StartsWith('$')) ApplyListDirective(target, patch, name, schema);
            else MergeField(target, patch, name, schema);
        }

        return target;
    }

    private static void Retain(JsonObject target, JsonObject patch)
    {
        if (patch[RetainKeys] is not JsonArray retained) return;
        patch.Remove(RetainKeys);
        var kept = retained.Select(key => JsonFacts.TryString(key, out var name) ? name : "").ToHashSet(StringComparer.Ordinal);
        foreach (var (name, _) in patch)
        {
            if (!name.StartsWith('$') && !kept.Contains(name) && patch[name] is not null)
            {
                throw new StrategicMergeException("the $retainKeys list doesn't contain fields present in patch");
            }
        }

        foreach (var name in target.Select(entry => entry.Key).Where(name => !kept.Contains(name)).ToList()) target.Remove(name);
    }

    private static void ApplyListDirective(JsonObject target, JsonObject patch, string name, SchemaNode? schema)
    {
        if (name.StartsWith(DeletePrefix, StringComparison.Ordinal))
        {
            var field = name[DeletePrefix.Length..];
            if (target[field] is not JsonArray list || patch[name] is not JsonArray removed) return;
            var gone = removed.Select(JsonFacts.Show).ToHashSet(StringComparer.Ordinal);
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (gone.Contains(JsonFacts.Show(list[i]))) list.RemoveAt(i);
            }
        }
        else if (name.StartsWith(OrderPrefix, StringComparison.Ordinal))
        {
            var field = name[OrderPrefix.Length..];
            if (!patch.ContainsKey(field)) StrategicLists.Order(target[field] as JsonArray, patch[name] as JsonArray, schema?.Property(field)?.PatchMergeKey);
        }
    }

    private static void MergeField(JsonObject target, JsonObject patch, string name, SchemaNode? schema)
    {
        var value = patch[name];
        var property = schema?.Property(name);
        patch.Remove(name);
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject fields:
                var merged = MergeObject(target[name] as JsonObject ?? [], fields, property?.Node ?? schema?.AdditionalProperties);
                if (merged is null) target.Remove(name);
                else if (!ReferenceEquals(merged, target[name])) target[name] = merged;
                break;
            case JsonArray items when property is { PatchMerges: true }:
                if (target[name] is not JsonArray list) target[name] = list = [];
                MergeList(list, items, property);
                StrategicLists.Order(list, patch[OrderPrefix + name] as JsonArray, property.PatchMergeKey);
                break;
            default:
                target[name] = value is JsonArray plain ? WithoutDirectives(plain) : value;
                break;
        }
    }

    private static void MergeList(JsonArray list, JsonArray patch, SchemaProperty property)
    {
        if (property.PatchMergeKey is not { } key)
        {
            StrategicLists.MergeValues(list, patch);
            return;
        }

        if (StrategicLists.TakeReplacement(patch))
        {
            list.Clear();
        }

        var added = new List<JsonNode>();
        foreach (var item in patch.ToList())
        {
            patch.Remove(item);
            if (item is not JsonObject fields) throw new StrategicMergeException($"list item of {property.Name} is not a map");
            MergeItem(list, fields, key, property.Node.Items, added);
        }

        // New items stand before the old ones, in the order of the patch.
        for (var i = added.Count - 1; i >= 0; i--) list.Insert(0, added[i]);
    }

    private static void MergeItem(JsonArray list, JsonObject fields, string key, SchemaNode? schema, List<JsonNode> added)
    {
        if (fields[key] is not { } identity)
        {
            throw new StrategicMergeException($"map: {GoText.Of(fields)} does not contain declared merge key: {key}");
        }

        var index = StrategicLists.IndexOf(list, key, identity);
        var existing = index < 0 ? null : list[index]!.AsObject();
        var merged = MergeObject(existing ?? [], fields, schema);
        if (merged is null)
        {
            for (; index >= 0; index = StrategicLists.IndexOf(list, key, identity)) list.RemoveAt(index);
        }
        else if (existing is null)
        {
            added.Add(merged);
        }
        else if (!ReferenceEquals(merged, existing))
        {
            list[index] = merged;
        }
    }

    /// <summary>The object without nulls and directives, as it is stored when there is nothing to merge into.</summary>
    private static JsonObject Cleaned(JsonObject patch)
    {
        var result = new JsonObject();
        foreach (var (name, value) in patch)
        {
            if (value is null || name.StartsWith('$')) continue;
            result[name] = value switch
            {
                JsonObject fields => Cleaned(fields),
                JsonArray items => WithoutDirectives(items),
                _ => value.DeepClone(),
            };
        }

        return result;
    }

    private static JsonArray WithoutDirectives(JsonArray items)
    {
        var result = new JsonArray();
        foreach (var item in items)
        {
            if (item is JsonObject { Count: 1 } only && only.ContainsKey(Directive)) continue;
            result.Add(item is JsonObject fields ? Cleaned(fields) : item?.DeepClone());
        }

        return result;
    }
}
