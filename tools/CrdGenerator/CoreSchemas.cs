using System.Text.Json.Nodes;

namespace DoltDB.Operator.CrdGenerator;

/// <summary>
/// Schemas of Kubernetes' own types, made structural: references are replaced by what they refer to. Lists of allowed values are left
/// out, because they grow with the versions of Kubernetes; the API server checks the values in the objects that are made from them.
/// Defaults are left out because the same server fills them in there.
/// </summary>
internal sealed class CoreSchemas
{
    private const string Prefix = "#/components/schemas/";
    private const string QuantityName = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    private const string IntOrStringName = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    private const string QuantityPattern =
        @"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

    private static readonly string[] Kept =
        ["type", "format", "required", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"];

    private readonly JsonObject definitions;

    private CoreSchemas(JsonObject definitions) => this.definitions = definitions;

    /// <summary>The schemas that are embedded in this assembly.</summary>
    public static CoreSchemas Load()
    {
        using var stream = typeof(CoreSchemas).Assembly.GetManifestResourceStream("core-schemas.json")!;
        return new CoreSchemas(JsonNode.Parse(stream)!.AsObject());
    }

    /// <summary>A number of things, or a share of them.</summary>
    public static JsonObject IntOrString() => new()
    {
        ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" }),
        ["x-kubernetes-int-or-string"] = true,
    };

    /// <summary>An amount with a unit.</summary>
    public static JsonObject Quantity()
    {
        var schema = IntOrString();
        schema["pattern"] = QuantityPattern;
        return schema;
    }

    /// <summary>The structural schema of a named type.</summary>
    public JsonObject Structural(string name) => name switch
    {
        QuantityName => Quantity(),
        IntOrStringName => IntOrString(),
        _ => Structural(definitions[name] as JsonObject ?? throw new InvalidOperationException($"core-schemas.json lacks {name}")),
    };

    private JsonObject Structural(JsonObject schema)
    {
        if (Reference(schema) is { } name)
            return Structural(name);
        var result = new JsonObject();
        foreach (var keyword in Kept)
        {
            if (schema[keyword] is { } value)
                result[keyword] = value.DeepClone();
        }

        if (schema["properties"] is JsonObject properties)
        {
            result["properties"] = new JsonObject(properties.Select(property =>
                KeyValuePair.Create<string, JsonNode?>(property.Key, Structural(property.Value!.AsObject()))));
        }

        if (schema["items"] is JsonObject items)
            result["items"] = Structural(items);
        if (schema["additionalProperties"] is JsonObject values)
            result["additionalProperties"] = Structural(values);
        return result;
    }

    private static string? Reference(JsonObject schema)
    {
        var reference = schema["$ref"] ?? (schema["allOf"] as JsonArray)?[0]?["$ref"];
        return reference?.GetValue<string>()[Prefix.Length..];
    }
}
