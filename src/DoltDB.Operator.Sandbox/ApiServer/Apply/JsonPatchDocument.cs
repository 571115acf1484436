using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>An operation that cannot be carried out; the API answers 422 with a fixed text.</summary>
internal sealed class JsonPatchException(string message) : Exception(message);

/// <summary>JSON patch (RFC 6902).</summary>
internal static class JsonPatchDocument
{
    /// <summary>The patched document; the arguments stay as they are.</summary>
    /// <exception cref="JsonPatchException">An operation is malformed, misses its target, or a test fails.</exception>
    public static JsonNode? Apply(JsonNode? document, JsonArray operations)
    {
        var result = document?.DeepClone();
        foreach (var operation in operations)
        {
            if (operation is not JsonObject step) throw new JsonPatchException("an operation is not an object");
            Run(ref result, step);
        }

        return result;
    }

    private static void Run(ref JsonNode? document, JsonObject step)
    {
        var path = Pointer(step, "path");
        switch (step.Text("op"))
        {
            case "add":
                Add(ref document, path, Value(step));
                break;
            case "remove":
                Remove(ref document, path);
                break;
            case "replace":
                Get(document, path);
                Replace(ref document, path, Value(step));
                break;
            case "move":
                var from = Pointer(step, "from");
                var moved = Get(document, from)?.DeepClone();
                Remove(ref document, from);
                Add(ref document, path, moved);
                break;
            case "copy":
                Add(ref document, path, Get(document, Pointer(step, "from"))?.DeepClone());
                break;
            case "test":
                if (!JsonNode.DeepEquals(Get(document, path), step["value"])) throw new JsonPatchException($"testing path {step.Text("path")} failed");
                break;
            default:
                throw new JsonPatchException($"unexpected kind: {step.Text("op")}");
        }
    }

    private static JsonNode? Value(JsonObject step) =>
        step.ContainsKey("value") ? step["value"]?.DeepClone() : throw new JsonPatchException("an operation lacks its value");

    private static string[] Pointer(JsonObject step, string name)
    {
        var text = step.Text(name) ?? throw new JsonPatchException($"an operation lacks its {name}");
        if (text.Length == 0) return [];
        if (text[0] != '/') throw new JsonPatchException($"{name} {text} does not start with a slash");
        return [.. text[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode? Get(JsonNode? document, ReadOnlySpan<string> path)
    {
        foreach (var part in path)
        {
            document = document switch
            {
                JsonObject fields when fields.TryGetPropertyValue(part, out var value) => value,
                JsonArray items when Index(part, items.Count) is var index && index < items.Count => items[index],
                _ => throw Missing(part),
            };
        }

        return document;
    }

    private static void Add(ref JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            document = value;
            return;
        }

        switch (Get(document, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject fields:
                fields[path[^1]] = value;
                break;
            case JsonArray items:
                items.Insert(path[^1] == "-" ? items.Count : Index(path[^1], items.Count), value);
                break;
            default:
                throw Missing(path[^1]);
        }
    }

    private static void Replace(ref JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length > 0 && Get(document, path.AsSpan(0, path.Length - 1)) is JsonArray items) items[Index(path[^1], items.Count - 1)] = value;
        else Add(ref document, path, value);
    }

    private static void Remove(ref JsonNode? document, string[] path)
    {
        Get(document, path);
        if (path.Length == 0) document = null;
        else if (Get(document, path.AsSpan(0, path.Length - 1)) is JsonObject fields) fields.Remove(path[^1]);
        else if (Get(document, path.AsSpan(0, path.Length - 1)) is JsonArray items) items.RemoveAt(Index(path[^1], items.Count - 1));
    }

    private static int Index(string part, int last)
    {
        if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index > last) throw Missing(part);
        return index;
    }

    private static JsonPatchException Missing(string part) => new($"nonexistent path: {part}");
}
