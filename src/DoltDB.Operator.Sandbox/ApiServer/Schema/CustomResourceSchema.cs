using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Reads the schema of one version of a custom resource definition.</summary>
internal static class CustomResourceSchema
{
    public static ObjectSchema Compile(JsonObject crd, string version, SchemaNode objectMeta)
    {
        var spec = crd["spec"] as JsonObject ?? throw new SchemaException("spec", "Required value");
        var (declared, path) = FindVersion(spec, version);
        var schemaPath = path + ".schema.openAPIV3Schema";
        var schema = (declared["schema"] as JsonObject)?["openAPIV3Schema"] as JsonObject
            ?? throw new SchemaException(schemaPath, "Required value: schemas are required");
        if (schema.Text("type") != "object")
        {
            throw new SchemaException(schemaPath + ".type",
                $"Invalid value: {JsonFacts.Quote(schema.Text("type") ?? "")}: must be object at the root");
        }

        StructuralCheck.Check(schema, schemaPath);
        var compiler = new SchemaCompiler(_ => null, builtIn: false, objectMeta);
        var subresources = declared["subresources"] as JsonObject;
        return new ObjectSchema
        {
            Group = spec.Text("group") ?? "",
            Version = version,
            Kind = (spec["names"] as JsonObject)?.Text("kind") ?? "",
            Root = CompileRoot(compiler, schema, schemaPath),
            HasStatusSubresource = subresources?["status"] is not null,
            ScaleReplicasPath = ((subresources?["scale"] as JsonObject)?.Text("specReplicasPath") ?? "")
                .Split('.', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    /// <summary>A custom resource has the same type and object metadata as every other, whatever its schema says about them.</summary>
    private static SchemaNode CompileRoot(SchemaCompiler compiler, JsonObject schema, string path)
    {
        var root = schema.DeepClone().AsObject();
        if (root["properties"] is not JsonObject properties) root["properties"] = properties = [];
        properties["apiVersion"] = new JsonObject { ["type"] = "string" };
        properties["kind"] = new JsonObject { ["type"] = "string" };
        properties["metadata"] ??= new JsonObject { ["type"] = "object" };
        return compiler.CompileResource(root, path);
    }

    private static (JsonObject Version, string Path) FindVersion(JsonObject spec, string version)
    {
        if (spec["versions"] is JsonArray versions)
        {
            for (var i = 0; i < versions.Count; i++)
            {
                if (versions[i] is JsonObject candidate && candidate.Text("name") == version) return (candidate, $"spec.versions[{i}]");
            }
        }

        throw new SchemaException("spec.versions", $"Invalid value: {JsonFacts.Quote(version)}: no such version");
    }
}
