using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Refuses schemas of custom resources that an API server would not accept as structural.</summary>
internal static class StructuralCheck
{
    /// <exception cref="SchemaException">The first place that is not structural.</exception>
    public static void Check(JsonObject schema, string path)
    {
        CheckNode(schema, path);
        CheckLists(schema, path);
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (name, child) in properties) Check(Schema(child, $"{path}.properties[{name}]"), $"{path}.properties[{name}]");
        }

        if (schema["items"] is { } items) Check(Schema(items, path + ".items"), path + ".items");
        if (schema["additionalProperties"] is JsonObject additional) Check(additional, path + ".additionalProperties");
    }

    private static void CheckNode(JsonObject schema, string path)
    {
        if (schema.ContainsKey("$ref")) throw new SchemaException(path + ".$ref", "Forbidden: $ref is not supported");
        var open = schema.Flag("x-kubernetes-preserve-unknown-fields") || schema.Flag("x-kubernetes-int-or-string");
        var type = schema.Text("type") ?? "";
        if (type.Length == 0 && !open)
        {
            throw new SchemaException(path + ".type", "Required value: must not be empty for specified object fields");
        }

        if (schema.Flag("x-kubernetes-int-or-string") && type.Length > 0)
        {
            throw new SchemaException(path + ".type", $"Invalid value: {JsonFacts.Quote(type)}: must be empty if x-kubernetes-int-or-string is true");
        }

        if (type == "array" && schema["items"] is not JsonObject) throw new SchemaException(path + ".items", "Required value: must be specified");
        if (schema.ContainsKey("properties") && schema.ContainsKey("additionalProperties"))
        {
            throw new SchemaException(path + ".additionalProperties", "Forbidden: additionalProperties and properties are mutual exclusive");
        }

        if (schema.Flag("uniqueItems"))
        {
            throw new SchemaException(path + ".uniqueItems", "Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }
    }

    private static void CheckLists(JsonObject schema, string path)
    {
        var list = schema.Text("x-kubernetes-list-type");
        var keys = schema["x-kubernetes-list-map-keys"] as JsonArray;
        if (list is not (null or "atomic" or "set" or "map"))
        {
            throw new SchemaException(path + ".x-kubernetes-list-type",
                $"Unsupported value: {JsonFacts.Quote(list)}: supported values: \"atomic\", \"map\", \"set\"");
        }

        if (list == "map" && keys is not { Count: > 0 })
        {
            throw new SchemaException(path + ".x-kubernetes-list-map-keys",
                "Required value: must not be empty if x-kubernetes-list-type is map");
        }

        if (keys is null) return;
        if (list != "map")
        {
            throw new SchemaException(path + ".x-kubernetes-list-type", "Required value: must be map if x-kubernetes-list-map-keys is non-empty");
        }

        CheckKeys(schema, keys, path);
    }

    private static void CheckKeys(JsonObject schema, JsonArray keys, string path)
    {
        var items = schema["items"] as JsonObject;
        var required = (items?["required"] as JsonArray)?.Select(JsonFacts.Show).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var key in keys)
        {
            if (!JsonFacts.TryString(key, out var name) || (items?["properties"] as JsonObject)?[name] is not JsonObject property)
            {
                throw new SchemaException(path + ".x-kubernetes-list-map-keys",
                    $"Invalid value: {JsonFacts.Show(key)}: entries must all be names of item properties");
            }

            if (!property.ContainsKey("default") && !required.Contains(JsonFacts.Show(key)))
            {
                throw new SchemaException($"{path}.items.properties[{name}].default",
                    $"Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            }
        }
    }

    private static JsonObject Schema(JsonNode? node, string path) =>
        node as JsonObject ?? throw new SchemaException(path, "Invalid value: must be an object");
}
