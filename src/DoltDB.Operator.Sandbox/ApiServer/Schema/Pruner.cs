using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Drops the fields a schema does not declare.</summary>
internal static class Pruner
{
    public static IReadOnlyList<string> Prune(JsonObject obj, SchemaNode root)
    {
        List<string>? dropped = null;
        Walk(obj, root, "", isResource: true, ref dropped);
        if (dropped is null) return [];
        dropped.Sort(StringComparer.Ordinal);
        return dropped;
    }

    private static void Walk(JsonNode? value, SchemaNode schema, string path, bool isResource, ref List<string>? dropped)
    {
        switch (value)
        {
            case JsonObject fields:
                Fields(fields, schema, path, isResource || schema.EmbeddedResource, ref dropped);
                break;
            case JsonArray array when schema.Items is { } items && CanContainFields(items):
                for (var i = 0; i < array.Count; i++) Walk(array[i], items, $"{path}[{i}]", isResource: false, ref dropped);
                break;
        }
    }

    private static void Fields(JsonObject fields, SchemaNode schema, string path, bool isResource, ref List<string>? dropped)
    {
        List<string>? unknown = null;
        foreach (var (name, value) in fields)
        {
            if (schema.Child(name) is { } child)
            {
                if (value is JsonObject or JsonArray) Walk(value, child, Join(path, name), isResource: false, ref dropped);
            }
            else if (!schema.PreservesUnknown && !(isResource && name is "apiVersion" or "kind" or "metadata"))
            {
                (unknown ??= []).Add(name);
            }
        }

        if (unknown is null) return;
        dropped ??= [];
        foreach (var name in unknown)
        {
            fields.Remove(name);
            dropped.Add(Join(path, name));
        }
    }

    private static bool CanContainFields(SchemaNode items) => items.Type is SchemaType.Object or SchemaType.Array or SchemaType.Any;

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
}
