using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>An applied configuration that does not fit its schema. The message is that of the API, which answers 500 without a reason.</summary>
internal sealed class TypedPatchException(string message) : Exception(message);

/// <summary>Why an applied configuration does not fit its schema.</summary>
internal static class TypedCheck
{
    public static bool Fits(JsonNode? value, SchemaNode schema) => value is null || schema.Type switch
    {
        SchemaType.Object => value is JsonObject,
        SchemaType.Array => value is JsonArray,
        SchemaType.String => value.GetValueKind() == JsonValueKind.String,
        SchemaType.Integer or SchemaType.Number => value.GetValueKind() == JsonValueKind.Number,
        SchemaType.Boolean => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        SchemaType.IntOrString or SchemaType.Quantity => value is JsonValue,
        _ => true,
    };

    public static string Message(JsonObject applied, ObjectSchema schema)
    {
        var problems = new List<string>();
        Walk(applied, schema.Root, "", problems);
        var text = problems.Count == 1 ? problems[0] : "errors:\n" + string.Join('\n', problems.Select(p => "  " + p));
        var metadata = applied["metadata"] as JsonObject;
        return $"failed to create typed patch object ({metadata?.Text("namespace")}/{metadata?.Text("name")}; {schema.ApiVersion}, Kind={schema.Kind}): {text}";
    }

    private static void Walk(JsonNode? value, SchemaNode schema, string path, List<string> problems)
    {
        if (!Fits(value, schema))
        {
            problems.Add($"{path}: expected {Expected(schema.Type)}, got {Got(value!, schema.Type)}");
            return;
        }

        switch (value)
        {
            case JsonObject fields when AppliedFields.IsGranular(schema):
                foreach (var (name, child) in fields)
                {
                    var childPath = $"{path}.{name}";
                    if (AppliedFields.Child(schema, name) is { } node) Walk(child, node, childPath, problems);
                    else problems.Add($"{childPath}: field not declared in schema");
                }

                break;
            case JsonArray items when schema.List != ListKind.Atomic:
                Items(items, schema, path, problems);
                break;
        }
    }

    private static void Items(JsonArray items, SchemaNode schema, string path, List<string> problems)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            if (ListItems.PathKey(schema, items[i]) is not { } key)
            {
                problems.Add($"{path}: element {i}: associative list with keys has an element that omits key field {JsonFacts.Quote(MissingKey(schema, items[i]))} (and doesn't have default value)");
                continue;
            }

            var single = new FieldSet();
            single.Add(key, FieldSet.Leaf());
            var segment = single.Paths().First();
            if (!seen.Add(key)) problems.Add($"{path}: duplicate entries for key {segment}");
            else if (schema.List == ListKind.Map && schema.Items is { } item) Walk(items[i], item, path + segment, problems);
        }
    }

    private static string MissingKey(SchemaNode schema, JsonNode? item) =>
        schema.ListKeys.FirstOrDefault(name => (item as JsonObject)?[name] is null) ?? "";

    private static string Expected(SchemaType type) => type switch
    {
        SchemaType.Object => "map",
        SchemaType.Array => "list",
        SchemaType.String => "string",
        SchemaType.Boolean => "boolean",
        SchemaType.Integer or SchemaType.Number => "numeric (int or float)",
        _ => "scalar",
    };

    private static string Got(JsonNode value, SchemaType type) => type is SchemaType.Integer or SchemaType.Number
        ? value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Object => "map[string]interface {}",
            JsonValueKind.Array => "[]interface {}",
            _ => "bool",
        }
        : JsonFacts.Show(value);
}
