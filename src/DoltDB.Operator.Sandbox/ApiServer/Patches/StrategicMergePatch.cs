using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Patches;

/// <summary>
/// Strategic merge patches: like a merge patch, but lists whose schema says so merge by key (or as sets), with the
/// directives <c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder</c> and <c>$deleteFromPrimitiveList</c>.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string OrderPrefix = "$setElementOrder/";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";

    public static JsonObject Apply(JsonObject target, JsonObject patch, ObjectSchema schema) => Merge(target, patch, schema.Root);

    private static JsonObject Merge(JsonObject target, JsonObject patch, SchemaNode? schema)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                return Clean(patch);
            case "delete":
                return [];
            case null or "merge":
                break;
            case var other:
                throw ApiErrors.Internal($"unknown patch type: {other} in map: {GoMap(patch)}");
        }

        RetainOnly(target, patch[RetainKeys] as JsonArray);
        foreach (var (name, value) in patch)
        {
            if (!name.StartsWith('$'))
                MergeMember(target, name, value, schema);
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeletePrefix, StringComparison.Ordinal) && target[name[DeletePrefix.Length..]] is JsonArray primitives)
                RemoveValues(primitives, (JsonArray)value!);
            else if (name.StartsWith(OrderPrefix, StringComparison.Ordinal) && target[name[OrderPrefix.Length..]] is JsonArray list)
                Reorder(list, (JsonArray)value!, schema?.Property(name[OrderPrefix.Length..])?.PatchMergeKey);
        }

        return target;
    }

    private static void MergeMember(JsonObject target, string name, JsonNode? value, SchemaNode? schema)
    {
        var property = schema?.Property(name);
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject inner:
                var child = target[name] as JsonObject;
                if (child is not null)
                    target.Remove(name);
                if (inner.Text(Directive) == "delete")
                    break;
                target[name] = Merge(child ?? [], inner, property?.Node ?? schema?.AdditionalProperties);
                break;
            case JsonArray list when property is { PatchMerges: true }:
                target[name] = MergeList(target[name] as JsonArray ?? [], list, property);
                break;
            default:
                target[name] = value.DeepClone();
                break;
        }
    }

    private static JsonArray MergeList(JsonArray current, JsonArray patch, SchemaProperty property)
    {
        if (patch.OfType<JsonObject>().Any(static item => item.Text(Directive) == "replace" && item.Count == 1))
            return [.. patch.Where(static item => item is not JsonObject { Count: 1 } obj || obj.Text(Directive) is null).Select(Copy)];
        return property.PatchMergeKey is { } key ? MergeByKey(current, patch, key, property.Node.Items) : MergeAsSet(current, patch);
    }

    private static JsonArray MergeAsSet(JsonArray current, JsonArray patch)
    {
        var added = patch.Where(item => !current.Any(known => JsonNode.DeepEquals(known, item))).Select(Copy);
        return [.. added.Concat(current.Select(Copy))];
    }

    private static JsonArray MergeByKey(JsonArray current, JsonArray patch, string key, SchemaNode? items)
    {
        var kept = current.Select(Copy).OfType<JsonObject>().ToList();
        var added = new List<JsonObject>();
        foreach (var item in patch.OfType<JsonObject>())
        {
            if (item[key] is not { } id)
                throw ApiErrors.Internal($"map: {GoMap(item)} does not contain declared merge key: {key}");
            var at = kept.FindIndex(known => known[key]?.ToString() == id.ToString());
            if (item.Text(Directive) == "delete")
                kept.RemoveAll(known => known[key]?.ToString() == id.ToString());
            else if (at >= 0)
                kept[at] = Merge(kept[at], item, items);
            else
                added.Add(Merge([], item, items));
        }

        return [.. added, .. kept];
    }

    private static JsonNode? Copy(JsonNode? node) => node?.DeepClone();

    private static void RetainOnly(JsonObject target, JsonArray? names)
    {
        if (names is null)
            return;
        var retained = names.Select(name => name?.ToString()).ToHashSet();
        foreach (var name in target.Select(member => member.Key).Where(name => !retained.Contains(name)).ToList())
            target.Remove(name);
    }

    private static void RemoveValues(JsonArray list, JsonArray values)
    {
        foreach (var value in values)
        {
            if (list.FirstOrDefault(item => JsonNode.DeepEquals(item, value)) is { } found)
                list.Remove(found);
        }
    }

    /// <summary>Puts the named elements into the given order; the others keep their places behind them.</summary>
    private static void Reorder(JsonArray list, JsonArray order, string? key)
    {
        string Id(JsonNode? item) => (key is not null && item is JsonObject obj ? obj[key] : item)?.ToString() ?? "";
        var rank = order.Select(Id).Distinct(StringComparer.Ordinal).Select((id, at) => (id, at)).ToDictionary(pair => pair.id, pair => pair.at);
        var sorted = list.Select(Copy).OrderBy(item => rank.GetValueOrDefault(Id(item), int.MaxValue)).ToList();
        list.Clear();
        foreach (var item in sorted)
            list.Add(item);
    }

    private static JsonObject Clean(JsonObject patch)
    {
        var result = new JsonObject();
        foreach (var (name, value) in patch)
        {
            if (!name.StartsWith('$'))
                result[name] = value?.DeepClone();
        }

        return result;
    }

    private static string GoMap(JsonObject obj) =>
        $"map[{string.Join(" ", obj.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{m.Value?.ToString() ?? "<nil>"}"))}]";
}
