using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Patches;

/// <summary>RFC 6902 patches.</summary>
internal static class JsonPatch
{
    /// <summary>The patched object; any operation that fails refuses the whole patch.</summary>
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        JsonNode root = target;
        foreach (var operation in operations)
            root = Apply(root, operation as JsonObject ?? throw ApiErrors.InvalidPatch());
        return root as JsonObject ?? throw ApiErrors.InvalidPatch();
    }

    private static JsonNode Apply(JsonNode root, JsonObject operation)
    {
        var path = Pointer(operation.Text("path"));
        switch (operation.Text("op"))
        {
            case "add":
                return Add(root, path, Value(operation));
            case "remove":
                Remove(root, path);
                return root;
            case "replace":
                return Replace(root, path, Value(operation));
            case "move":
                var moved = Remove(root, Pointer(operation.Text("from")));
                return Add(root, path, moved?.DeepClone());
            case "copy":
                return Add(root, path, Find(root, Pointer(operation.Text("from")))?.DeepClone());
            case "test":
                return JsonNode.DeepEquals(Find(root, path), Value(operation)) ? root : throw ApiErrors.InvalidPatch();
            default:
                throw ApiErrors.InvalidPatch();
        }
    }

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw ApiErrors.InvalidPatch();

    private static string[] Pointer(string? text)
    {
        if (text is null || (text.Length > 0 && text[0] != '/'))
            throw ApiErrors.InvalidPatch();
        return text.Length == 0 ? [] : [.. text[1..].Split('/').Select(part => part.Replace("~1", "/").Replace("~0", "~"))];
    }

    private static JsonNode Add(JsonNode root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
            return value ?? throw ApiErrors.InvalidPatch();
        switch (Find(root, path[..^1]))
        {
            case JsonObject obj:
                obj[path[^1]] = value;
                break;
            case JsonArray array:
                array.Insert(path[^1] == "-" ? array.Count : Index(path[^1], array.Count), value);
                break;
            default:
                throw ApiErrors.InvalidPatch();
        }

        return root;
    }

    private static JsonNode Replace(JsonNode root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
            return value ?? throw ApiErrors.InvalidPatch();
        switch (Find(root, path[..^1]))
        {
            case JsonObject obj when obj.ContainsKey(path[^1]):
                obj[path[^1]] = value;
                break;
            case JsonArray array:
                array[Index(path[^1], array.Count - 1)] = value;
                break;
            default:
                throw ApiErrors.InvalidPatch();
        }

        return root;
    }

    private static JsonNode? Remove(JsonNode root, string[] path)
    {
        if (path.Length == 0)
            throw ApiErrors.InvalidPatch();
        switch (Find(root, path[..^1]))
        {
            case JsonObject obj when obj.TryGetPropertyValue(path[^1], out var removed):
                obj.Remove(path[^1]);
                return removed;
            case JsonArray array:
                var index = Index(path[^1], array.Count - 1);
                var item = array[index];
                array.RemoveAt(index);
                return item;
            default:
                throw ApiErrors.InvalidPatch();
        }
    }

    private static JsonNode? Find(JsonNode root, string[] path)
    {
        JsonNode? current = root;
        foreach (var part in path)
        {
            current = current switch
            {
                JsonObject obj when obj.TryGetPropertyValue(part, out var member) => member,
                JsonArray array => array[Index(part, array.Count - 1)],
                _ => throw ApiErrors.InvalidPatch(),
            };
        }

        return current;
    }

    private static int Index(string text, int last) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= last ? index : throw ApiErrors.InvalidPatch();
}
