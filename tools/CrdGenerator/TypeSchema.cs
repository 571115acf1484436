using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.CrdGenerator;

/// <summary>Structural schemas of the resource types.</summary>
internal sealed class TypeSchema(CoreSchemas core, XmlDocumentation documentation)
{
    /// <summary>The members of a type in alphabetical order of their JSON names.</summary>
    public static IReadOnlyList<(string Name, PropertyInfo Property)> Members(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetCustomAttribute<JsonExtensionDataAttribute>() is null)
            .Select(property => (JsonName(property), property))
            .OrderBy(member => member.Item1, StringComparer.Ordinal)];

    /// <summary>Whether an object must have the member.</summary>
    public static bool IsRequired(PropertyInfo property) =>
        property.GetCustomAttribute<SchemaRequiredAttribute>() is not null
        || property.GetCustomAttribute<RequiredMemberAttribute>() is not null;

    /// <summary>The schema of an object with the type's members.</summary>
    public JsonObject OfObject(Type type)
    {
        var members = Members(type);
        var schema = new JsonObject { ["type"] = "object" };
        var required = members.Where(member => IsRequired(member.Property)).Select(member => JsonValue.Create(member.Name)).ToArray();
        if (required.Length > 0)
            schema["required"] = new JsonArray([.. required]);
        if (type.GetCustomAttribute<AtomicMapAttribute>() is not null)
            schema["x-kubernetes-map-type"] = "atomic";
        if (type.GetCustomAttribute<SchemaSizeAttribute>() is { } size)
            AddSize(schema, size);
        AddRules(schema, type);
        schema["properties"] = OfMembers(type, _ => true);
        return schema;
    }

    /// <summary>The schemas of those members of a type that are chosen by name.</summary>
    public JsonObject OfMembers(Type type, Func<string, bool> chosen) =>
        new(Members(type)
            .Where(member => chosen(member.Name))
            .Select(member => KeyValuePair.Create<string, JsonNode?>(member.Name, Of(member.Property))));

    private static string JsonName(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private JsonObject Of(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var schema = new JsonObject { ["description"] = documentation.Summary(property) };
        foreach (var (keyword, value) in OfValue(type, property.GetCustomAttribute<CoreSchemaAttribute>()).ToList())
            schema[keyword] = value?.DeepClone();
        if (property.GetCustomAttribute<SchemaDefaultAttribute>() is { } preset)
            schema["default"] = JsonNode.Parse(preset.Json);
        if (property.GetCustomAttribute<SchemaRangeAttribute>() is { } range)
            AddRange(schema, range);
        if (property.GetCustomAttribute<SchemaSizeAttribute>() is { } size)
            AddSize(schema, size);
        if (property.GetCustomAttribute<SchemaPatternAttribute>() is { } pattern)
            schema["pattern"] = pattern.Pattern;
        if (property.GetCustomAttribute<SchemaEnumAttribute>() is { } allowed)
            schema["enum"] = new JsonArray([.. allowed.Values.Select(value => JsonValue.Create(value))]);
        if (property.GetCustomAttribute<ListMapAttribute>() is { } list)
        {
            schema["x-kubernetes-list-type"] = "map";
            schema["x-kubernetes-list-map-keys"] = new JsonArray([.. list.Keys.Select(key => JsonValue.Create(key))]);
        }

        AddRules(schema, property);
        return schema;
    }

    private JsonObject OfValue(Type type, CoreSchemaAttribute? coreSchema)
    {
        if (Element(type) is { } element)
            return new JsonObject { ["type"] = "array", ["items"] = OfValue(element, coreSchema) };
        if (coreSchema is not null)
            return core.Structural(coreSchema.Name);
        if (type == typeof(Dictionary<string, string>))
            return new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "string" } };
        if (type == typeof(Quantity))
            return CoreSchemas.Quantity();
        if (type == typeof(IntOrString))
            return CoreSchemas.IntOrString();
        return OfScalar(type) ?? OfObject(type);
    }

    private static JsonObject? OfScalar(Type type) => type switch
    {
        _ when type == typeof(string) => new JsonObject { ["type"] = "string" },
        _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
        _ when type == typeof(int) => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
        _ when type == typeof(long) => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
        _ when type == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        _ when typeof(JsonShape).IsAssignableFrom(type) => null,
        _ => throw new InvalidOperationException($"no schema for members of type {type}"),
    };

    /// <summary>The type of a list's elements; null when the type is no list.</summary>
    public static Type? Element(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    private static void AddRange(JsonObject schema, SchemaRangeAttribute range)
    {
        if (!double.IsNaN(range.Minimum))
            schema["minimum"] = range.Minimum;
        if (!double.IsNaN(range.Maximum))
            schema["maximum"] = range.Maximum;
    }

    private static void AddSize(JsonObject schema, SchemaSizeAttribute size)
    {
        Add(schema, "minLength", size.MinLength);
        Add(schema, "maxLength", size.MaxLength);
        Add(schema, "minItems", size.MinItems);
        Add(schema, "maxItems", size.MaxItems);
        Add(schema, "minProperties", size.MinProperties);
        Add(schema, "maxProperties", size.MaxProperties);
        if (schema["items"] is JsonObject items)
            Add(items, "maxLength", size.ItemMaxLength);
    }

    private static void Add(JsonObject schema, string keyword, int bound)
    {
        if (bound >= 0)
            schema[keyword] = bound;
    }

    private static void AddRules(JsonObject schema, MemberInfo member)
    {
        var rules = member.GetCustomAttributes<CelRuleAttribute>(inherit: true).Select(Rule).ToArray();
        if (rules.Length == 0)
            return;
        var all = schema["x-kubernetes-validations"] as JsonArray ?? [];
        foreach (var rule in rules)
            all.Add(rule);
        schema["x-kubernetes-validations"] = all;
    }

    private static JsonObject Rule(CelRuleAttribute rule)
    {
        var result = new JsonObject { ["rule"] = rule.Rule, ["message"] = rule.Message };
        if (rule.FieldPath is { } path)
            result["fieldPath"] = path;
        return result;
    }
}
