using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Resources;

/// <summary>Reads and writes fields by simple dotted paths such as <c>.spec.replicas</c>.</summary>
internal static class JsonPaths
{
    public static JsonElement? Read(JsonElement root, string path)
    {
        var current = root;
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (current.ValueKind != JsonValueKind.Object || !current.TryGetProperty(name, out current))
                return null;
        }

        return current;
    }

    public static JsonNode? Read(JsonNode? root, string path)
    {
        var current = root;
        foreach (var name in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            if (current is not JsonObject obj)
                return null;
            current = obj[name];
        }

        return current;
    }

    /// <summary>Sets the field and creates the objects on the way to it.</summary>
    public static void Write(JsonObject root, string path, JsonNode? value)
    {
        var names = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        var current = root;
        foreach (var name in names[..^1])
            current = current.Child(name);
        current[names[^1]] = value;
    }

    /// <summary>The object member of the given name, created when it is missing.</summary>
    public static JsonObject Child(this JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
            return child;
        child = [];
        parent[name] = child;
        return child;
    }

    /// <summary>The member as number, or null when it is missing or no whole number.</summary>
    public static long? Number(this JsonObject? obj, string name) => JsonFacts.TryInteger(obj?[name], out var number) ? number : null;

    /// <summary>Gives the member a value unless it has one.</summary>
    public static void SetDefault(this JsonObject obj, string name, Func<JsonNode> value)
    {
        if (obj[name] is null)
            obj[name] = value();
    }

    /// <summary>The objects of an array member; none when it is missing.</summary>
    public static IEnumerable<JsonObject> Objects(this JsonObject? obj, string name) => (obj?[name] as JsonArray)?.OfType<JsonObject>() ?? [];
}
