using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Schema;
using DoltDB.Operator.CrdGenerator;

namespace DoltDB.Operator.Api.Tests.Contract;

/// <summary>The fields of the generated definitions, described in the words of the contract.</summary>
internal static class SchemaFields
{
    private static readonly string[] NumericLimits =
        ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

    private static readonly CoreSchemas Core = CoreSchemas.Load();

    /// <summary>Every field by kind and path.</summary>
    public static IReadOnlyList<ContractField> All()
    {
        var documentation = XmlDocumentation.Of(typeof(DoltDb).Assembly);
        var schemas = new TypeSchema(Core, documentation);
        var fields = new List<ContractField>();
        foreach (var type in CustomResourceDefinition.Types)
        {
            var definition = CustomResourceDefinition.Of(type, schemas, documentation);
            var root = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();
            foreach (var (name, schema) in root["properties"]!.AsObject().Where(static property => property.Key is "spec" or "status"))
                Add(fields, CustomResourceDefinition.Names(type).Kind, name, schema!.AsObject(), required: false);
        }

        return fields;
    }

    /// <summary>Whether the schema is that of the named core type, whatever its own default and description say.</summary>
    public static bool IsCore(JsonObject schema, string name)
    {
        var own = schema.DeepClone().AsObject();
        own.Remove("description");
        own.Remove("default");
        return JsonNode.DeepEquals(own, Core.Structural(name));
    }

    private static void Add(List<ContractField> fields, string kind, string path, JsonObject schema, bool required)
    {
        var type = TypeOf(schema);
        fields.Add(new ContractField(kind, path, type, required, schema["default"]?.ToJsonString() ?? "", Limits(schema)));
        if (type != "object" || schema["properties"] is not JsonObject properties)
            return;
        var names = (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()).ToHashSet();
        foreach (var (name, child) in properties)
            Add(fields, kind, $"{path}.{name}", child!.AsObject(), names.Contains(name));
    }

    private static string TypeOf(JsonObject schema)
    {
        if (schema["x-kubernetes-int-or-string"] is not null)
            return "int-or-string";
        var type = schema["type"]!.GetValue<string>();
        return type switch
        {
            "array" when schema["items"]!["properties"]?["lastTransitionTime"] is not null => "list meta/v1 Condition",
            "array" => CoreName(schema["items"]!.AsObject()) is { } name ? "list " + name : "array of " + schema["items"]!["type"],
            "object" when schema["additionalProperties"] is { } values => "map of " + values["type"],
            "object" => CoreName(schema) ?? "object",
            _ => schema["format"] is { } format ? $"{type}:{format}" : type,
        };
    }

    private static string? CoreName(JsonObject schema)
    {
        var used = typeof(DoltDb).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties())
            .SelectMany(property => property.GetCustomAttributes(typeof(CoreSchemaAttribute), inherit: true))
            .Select(attribute => ((CoreSchemaAttribute)attribute).Name)
            .Distinct();
        return used.FirstOrDefault(name => IsCore(schema, name))?.Replace("io.k8s.api.", "").Replace(".v1.", "/v1 ");
    }

    private static IReadOnlyList<string> Limits(JsonObject schema)
    {
        var limits = NumericLimits.Where(schema.ContainsKey).Select(name => $"{name}={schema[name]!.ToJsonString()}").ToList();
        limits.AddRange(new[] { "pattern", "enum" }.Where(schema.ContainsKey).Select(name => $"{name}={schema[name]!.ToJsonString()}"));
        if (schema["items"]?["maxLength"] is { } most)
            limits.Add($"items.maxLength={most.ToJsonString()}");
        foreach (var rule in schema["x-kubernetes-validations"] as JsonArray ?? [])
            limits.Add($"cel={rule!["rule"]!.ToJsonString()}");
        return [.. limits.Order(StringComparer.Ordinal)];
    }
}
