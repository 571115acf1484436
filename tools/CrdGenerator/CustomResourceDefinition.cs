using System.Reflection;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.CrdGenerator;

/// <summary>Definitions of the custom resources.</summary>
internal static class CustomResourceDefinition
{
    /// <summary>The resource types by their plural names.</summary>
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(DoltDb).Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<CustomResourceAttribute>() is not null)
            .OrderBy(type => Names(type).Plural, StringComparer.Ordinal)];

    /// <summary>What a type says about its kind.</summary>
    public static CustomResourceAttribute Names(Type type) => type.GetCustomAttribute<CustomResourceAttribute>()!;

    /// <summary>The short names of a kind.</summary>
    public static IReadOnlyList<string> ShortNames(CustomResourceAttribute names) =>
        names.ShortNames.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The definition of a type's kind.</summary>
    public static JsonObject Of(Type type, TypeSchema schemas, XmlDocumentation documentation)
    {
        var names = Names(type);
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject
            {
                // Helm must not delete the definitions with a release: every resource would go with them.
                ["annotations"] = new JsonObject { ["helm.sh/resource-policy"] = "keep" },
                ["name"] = $"{names.Plural}.{CustomResourceAttribute.Group}",
            },
            ["spec"] = new JsonObject
            {
                ["group"] = CustomResourceAttribute.Group,
                ["names"] = NamesOf(names),
                ["scope"] = "Namespaced",
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = CustomResourceAttribute.Version,
                    ["served"] = true,
                    ["storage"] = true,
                    ["additionalPrinterColumns"] = Columns(type),
                    ["subresources"] = Subresources(type, names),
                    ["schema"] = new JsonObject { ["openAPIV3Schema"] = Root(type, schemas, documentation) },
                }),
            },
        };
    }

    private static JsonObject NamesOf(CustomResourceAttribute names) => new()
    {
        ["categories"] = new JsonArray("dolthub"),
        ["kind"] = names.Kind,
        ["listKind"] = names.Kind + "List",
        ["plural"] = names.Plural,
        ["shortNames"] = new JsonArray([.. ShortNames(names).Select(name => JsonValue.Create(name))]),
        ["singular"] = names.Kind.ToLowerInvariant(),
    };

    private static JsonArray Columns(Type type) => new([.. type.GetCustomAttributes<PrinterColumnAttribute>().Select(Column)]);

    private static JsonObject Column(PrinterColumnAttribute column)
    {
        var result = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.JsonPath };
        if (column.Priority > 0)
            result["priority"] = column.Priority;
        return result;
    }

    /// <summary>What is only read, such as a driver's description, has no status.</summary>
    public static bool HasStatus(Type type) => TypeSchema.Members(type).Any(static member => member.Name == "status");

    private static JsonObject Subresources(Type type, CustomResourceAttribute names)
    {
        var result = new JsonObject();
        if (HasStatus(type))
            result["status"] = new JsonObject();
        if (names.Scalable)
        {
            result["scale"] = new JsonObject
            {
                ["specReplicasPath"] = ".spec.replicas",
                ["statusReplicasPath"] = ".status.replicas",
                ["labelSelectorPath"] = ".status.selector",
            };
        }

        return result;
    }

    private static JsonObject Root(Type type, TypeSchema schemas, XmlDocumentation documentation)
    {
        var body = schemas.OfMembers(type, name => name is "spec" or "status");
        var properties = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["type"] = "string" },
            ["kind"] = new JsonObject { ["type"] = "string" },
            ["metadata"] = new JsonObject { ["type"] = "object" },
        };
        foreach (var (name, schema) in body)
            properties[name] = schema?.DeepClone();
        return new JsonObject { ["description"] = documentation.Summary(type), ["type"] = "object", ["properties"] = properties };
    }
}
