using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>A request body: the object and the field names that it gave twice.</summary>
internal sealed record RequestBody(JsonObject Object, IReadOnlyList<string> Duplicates);

/// <summary>Reads objects from request bodies, in JSON or YAML.</summary>
internal static class BodyReader
{
    private static readonly string[] Accepted = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads an object that is to be stored as the given type.</summary>
    public static RequestBody Read(ApiRequest request, ResourceType type)
    {
        var mediaType = request.ContentType.Split(';')[0].Trim();
        var json = mediaType switch
        {
            "" or "application/json" => request.Body,
            "application/yaml" => FromYaml(request.Body, type.Kind),
            _ => throw ApiErrors.UnsupportedMediaType(Accepted),
        };
        var body = Parse(json, type.Kind);
        CheckType(body.Object, type);
        return body;
    }

    /// <summary>Reads an object in JSON or YAML, whatever it is.</summary>
    public static JsonObject ReadYaml(ReadOnlyMemory<byte> body)
    {
        try
        {
            var isJson = body.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8);
            var node = isJson ? JsonNode.Parse(body.Span) : YamlJson.Parse(Encoding.UTF8.GetString(body.Span));
            return node as JsonObject ?? throw new FormatException("not an object");
        }
        catch (Exception problem) when (problem is FormatException or JsonException)
        {
            throw ApiErrors.BadRequest($"error decoding YAML: {problem.Message}");
        }
    }

    private static ReadOnlyMemory<byte> FromYaml(ReadOnlyMemory<byte> body, string kind)
    {
        try
        {
            return Encoding.UTF8.GetBytes(YamlJson.Parse(Encoding.UTF8.GetString(body.Span))?.ToJsonString() ?? "null");
        }
        catch (FormatException problem)
        {
            throw Unrecognized(kind, $"couldn't get version/kind; yaml parse error: {problem.Message}");
        }
    }

    private static RequestBody Parse(ReadOnlyMemory<byte> json, string kind)
    {
        try
        {
            if (JsonNode.Parse(json.Span, documentOptions: Strict) is JsonObject obj)
                return new RequestBody(obj, []);
        }
        catch (JsonException)
        {
            return ParseWithDuplicates(json, kind);
        }

        throw Unrecognized(kind, "couldn't get version/kind; json parse error: json: cannot unmarshal into Go value of type struct");
    }

    private static RequestBody ParseWithDuplicates(ReadOnlyMemory<byte> json, string kind)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var duplicates = new List<string>();
            var node = Deduplicate(document.RootElement, "", duplicates);
            return new RequestBody((JsonObject)node!, duplicates);
        }
        catch (JsonException problem)
        {
            throw Unrecognized(kind, $"couldn't get version/kind; json parse error: {problem.Message}");
        }
    }

    private static JsonNode? Deduplicate(JsonElement element, string path, List<string> duplicates)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var obj = new JsonObject();
                foreach (var member in element.EnumerateObject())
                {
                    var at = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    if (obj.ContainsKey(member.Name))
                        duplicates.Add(at);
                    obj[member.Name] = Deduplicate(member.Value, at, duplicates);
                }

                return obj;
            case JsonValueKind.Array:
                var index = 0;
                return new JsonArray([.. element.EnumerateArray().Select(item => Deduplicate(item, $"{path}[{index++}]", duplicates)).ToList()]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    private static void CheckType(JsonObject obj, ResourceType type)
    {
        var (kind, apiVersion) = (obj.Text("kind"), obj.Text("apiVersion"));
        if (type.IsCustom && string.IsNullOrEmpty(kind))
            throw Unrecognized(type.Kind, $"Object 'Kind' is missing in '{obj.ToJsonString()}' ({obj.ToJsonString()})");
        if (!string.IsNullOrEmpty(kind) && kind != type.Kind)
        {
            throw ApiErrors.BadRequest(
                $"{kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: converting ({type.Version}.{kind}) to ({(type.Group.Length == 0 ? "core" : type.Group)}.{type.Kind}): unknown conversion");
        }

        if ((type.IsCustom || !string.IsNullOrEmpty(apiVersion)) && apiVersion != type.ApiVersion)
        {
            throw ApiErrors.BadRequest(
                $"the API version in the data ({apiVersion}) does not match the expected API version ({type.ApiVersion})");
        }

        obj["kind"] = type.Kind;
        obj["apiVersion"] = type.ApiVersion;
    }

    private static StatusException Unrecognized(string kind, string why) =>
        ApiErrors.BadRequest($"the object provided is unrecognized (must be of type {kind}): {why}");
}
