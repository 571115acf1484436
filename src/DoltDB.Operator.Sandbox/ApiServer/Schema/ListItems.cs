using System.Text;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Identity of the items of set and map lists.</summary>
internal static class ListItems
{
    /// <summary>
    /// The item's element in a field set: <c>k:{"name":"a"}</c> for a map list, <c>v:"x"</c> for a set; null when a key field is missing
    /// and has no default.
    /// </summary>
    public static string? PathKey(SchemaNode list, JsonNode? item)
    {
        if (list.List == ListKind.Set) return "v:" + JsonFacts.Show(item);
        if (item is not JsonObject fields) return null;
        var key = new StringBuilder("k:{");
        foreach (var name in list.ListKeys)
        {
            var value = fields[name] ?? list.Items?.Property(name)?.Default;
            if (value is null or JsonObject or JsonArray) return null;
            if (key.Length > 3) key.Append(',');
            key.Append(JsonFacts.Quote(name)).Append(':').Append(JsonFacts.Show(value));
        }

        return key.Append('}').ToString();
    }

    /// <summary>Adds a problem for each item of a set or map list that repeats an earlier one.</summary>
    public static void CheckDuplicates(JsonNode? value, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        switch (value)
        {
            case JsonObject fields:
                foreach (var (name, child) in fields)
                {
                    if (child is (JsonObject or JsonArray) && schema.Child(name) is { } node)
                    {
                        CheckDuplicates(child, node, path.Length == 0 ? name : path + "." + name, problems);
                    }
                }

                break;
            case JsonArray array:
                if (schema.List != ListKind.Atomic) CheckList(array, schema, path, problems);
                if (schema.Items is not { } items) break;
                for (var i = 0; i < array.Count; i++) CheckDuplicates(array[i], items, $"{path}[{i}]", problems);
                break;
        }
    }

    private static void CheckList(JsonArray array, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        var seen = new HashSet<string>(array.Count, StringComparer.Ordinal);
        for (var i = 0; i < array.Count; i++)
        {
            if (PathKey(schema, array[i]) is not { } key || seen.Add(key)) continue;
            problems.Add(FieldProblem.Duplicate($"{path}[{i}]", schema.List == ListKind.Set ? array[i] : KeyOf(schema, array[i]!.AsObject())));
        }
    }

    private static JsonObject KeyOf(SchemaNode schema, JsonObject item)
    {
        var key = new JsonObject();
        foreach (var name in schema.ListKeys) key[name] = item[name]?.DeepClone();
        return key;
    }
}
