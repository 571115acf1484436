using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Fills in defaults, recursively and only where the parent exists.</summary>
internal static class Defaulter
{
    public static void Apply(JsonNode? value, SchemaNode schema)
    {
        switch (value)
        {
            case JsonObject fields:
                DropNulls(fields, schema);
                FillIn(fields, schema);
                if (schema.IsStruct || schema.AdditionalProperties is not null)
                {
                    foreach (var (name, child) in fields)
                    {
                        if (child is (JsonObject or JsonArray) && schema.Child(name) is { } node) Apply(child, node);
                    }
                }

                break;
            case JsonArray array when schema.Items is { } items:
                foreach (var item in array) Apply(item, items);
                break;
        }
    }

    /// <summary>An object with nothing but the zero values that the server's own types write.</summary>
    public static JsonObject ZeroValue(SchemaNode root)
    {
        var zero = new JsonObject();
        foreach (var property in root.PropertiesWithDefault)
        {
            if (!property.DefaultIsZeroValue) continue;
            zero[property.Name] = property.Default is JsonObject ? ZeroValue(property.Node) : property.Default!.DeepClone();
        }

        return zero;
    }

    private static void FillIn(JsonObject fields, SchemaNode schema)
    {
        foreach (var property in schema.PropertiesWithDefault)
        {
            if (!fields.ContainsKey(property.Name)) fields[property.Name] = property.Default!.DeepClone();
        }

        schema.ComputedDefaults?.Invoke(fields);
    }

    private static void DropNulls(JsonObject fields, SchemaNode schema)
    {
        List<string>? absent = null;
        foreach (var (name, value) in fields)
        {
            if (value is null && MustNotBeNull(schema, name)) (absent ??= []).Add(name);
        }

        if (absent is null) return;
        foreach (var name in absent) fields.Remove(name);
    }

    private static bool MustNotBeNull(SchemaNode schema, string name) => schema.Property(name) is { } property
        ? !property.Nullable && !property.Node.Nullable
        : schema.AdditionalProperties is { Nullable: false };
}
