using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Checks types, required fields and limits, with the API server's messages.</summary>
internal static class Validator
{
    public static void Check(JsonNode? value, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        if (value is null)
        {
            if (!schema.Nullable && schema.Type != SchemaType.Any) problems.Add(WrongType(value, schema, path));
            return;
        }

        if (!HasType(value, schema.Type))
        {
            problems.Add(WrongType(value, schema, path));
            return;
        }

        schema.Limits?.Check(value, path, problems);
        switch (value)
        {
            case JsonObject fields:
                CheckFields(fields, schema, path, problems);
                break;
            case JsonArray array when schema.Items is { } items:
                for (var i = 0; i < array.Count; i++) Check(array[i], items, $"{path}[{i}]", problems);
                break;
        }

        CheckCombinations(value, schema, path, problems);
    }

    private static void CheckFields(JsonObject fields, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        foreach (var name in schema.Required)
        {
            if (!fields.ContainsKey(name)) problems.Add(FieldProblem.Required(Join(path, name)));
        }

        if (!schema.IsStruct && schema.AdditionalProperties is null) return;
        foreach (var (name, child) in fields)
        {
            if (schema.Property(name) is { } property)
            {
                if (child is null && property.Nullable) continue;
                Check(child, property.Node, Join(path, name), problems);
            }
            else if (schema.AdditionalProperties is { } entry)
            {
                Check(child, entry, Join(path, name), problems);
            }
        }
    }

    private static void CheckCombinations(JsonNode value, SchemaNode schema, string path, List<FieldProblem> problems)
    {
        foreach (var part in schema.AllOf) Check(value, part, path, problems);
        if (schema.AnyOf.Count > 0 && Matches(value, schema.AnyOf) == 0)
        {
            problems.Add(FieldProblem.Invalid(path, Shown(value), $"{path} in body must validate at least one schema (anyOf)"));
        }

        if (schema.OneOf.Count > 0 && Matches(value, schema.OneOf) is var matches && matches != 1)
        {
            problems.Add(FieldProblem.Invalid(path, Shown(value), $"{path} in body must validate one and only one schema (oneOf). "
                + (matches == 0 ? "Found none valid" : $"Found {matches} valid alternatives")));
        }

        if (schema.Not is { } excluded && Matches(value, [excluded]) == 1)
        {
            problems.Add(FieldProblem.Invalid(path, Shown(value), $"{path} in body must not validate the schema (not)"));
        }
    }

    private static int Matches(JsonNode value, IReadOnlyList<SchemaNode> schemas)
    {
        var matches = 0;
        foreach (var schema in schemas)
        {
            var problems = new List<FieldProblem>();
            Check(value, schema, "", problems);
            if (problems.Count == 0) matches++;
        }

        return matches;
    }

    private static JsonNode Shown(JsonNode value) => value is JsonValue ? value : JsonFacts.TypeName(value);

    private static bool HasType(JsonNode value, SchemaType type) => type switch
    {
        SchemaType.Any => true,
        SchemaType.Object => value is JsonObject,
        SchemaType.Array => value is JsonArray,
        SchemaType.String => value.GetValueKind() == JsonValueKind.String,
        SchemaType.Integer => JsonFacts.TryInteger(value, out _),
        SchemaType.Number => value.GetValueKind() == JsonValueKind.Number,
        SchemaType.Boolean => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        SchemaType.IntOrString => value.GetValueKind() == JsonValueKind.String || JsonFacts.TryInteger(value, out _),
        _ => value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number,
    };

    private static FieldProblem WrongType(JsonNode? value, SchemaNode schema, string path)
    {
        var found = JsonFacts.TypeName(value);
        var expected = schema.Type is SchemaType.IntOrString ? "integer,string" : TypeText(schema.Type);
        return FieldProblem.TypeInvalid(path.Length == 0 ? "<nil>" : path, found, $"{path} in body must be of type {expected}: {JsonFacts.Quote(found)}");
    }

    private static string TypeText(SchemaType type) => type switch
    {
        SchemaType.Object => "object",
        SchemaType.Array => "array",
        SchemaType.Integer => "integer",
        SchemaType.Number => "number",
        SchemaType.Boolean => "boolean",
        _ => "string",
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
}
