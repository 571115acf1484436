using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>What strategic merge patches do to lists.</summary>
internal static class StrategicLists
{
    /// <summary>Position of the item with a key; -1 when there is none.</summary>
    public static int IndexOf(JsonArray list, string key, JsonNode identity)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is JsonObject item && JsonNode.DeepEquals(item[key], identity)) return i;
        }

        return -1;
    }

    /// <summary>Whether the patch holds <c>{"$patch":"replace"}</c>, which is taken out.</summary>
    /// <exception cref="StrategicMergeException">An item names an unknown directive.</exception>
    public static bool TakeReplacement(JsonArray patch)
    {
        for (var i = 0; i < patch.Count; i++)
        {
            if (patch[i] is not JsonObject { Count: 1 } item || item.Text("$patch") != "replace") continue;
            patch.RemoveAt(i);
            return true;
        }

        return false;
    }

    /// <summary>Adds the values that the list lacks, before those it has.</summary>
    public static void MergeValues(JsonArray list, JsonArray patch)
    {
        var known = list.Select(JsonFacts.Show).ToHashSet(StringComparer.Ordinal);
        var at = 0;
        foreach (var value in patch)
        {
            if (known.Add(JsonFacts.Show(value))) list.Insert(at++, value?.DeepClone());
        }
    }

    /// <summary>Sorts the list as a <c>$setElementOrder</c> says; items it does not name keep their place among the others.</summary>
    public static void Order(JsonArray? list, JsonArray? order, string? key)
    {
        if (list is null || order is null) return;
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in order) ranks.TryAdd(Identity(entry, key), ranks.Count);
        var named = new Queue<JsonNode?>(list.Where(item => ranks.ContainsKey(Identity(item, key))).OrderBy(item => ranks[Identity(item, key)]));
        var sorted = list.Select(item => ranks.ContainsKey(Identity(item, key)) ? named.Dequeue() : item).ToList();
        list.Clear();
        foreach (var item in sorted) list.Add(item);
    }

    private static string Identity(JsonNode? item, string? key) => JsonFacts.Show(key is not null && item is JsonObject fields ? fields[key] : item);
}
