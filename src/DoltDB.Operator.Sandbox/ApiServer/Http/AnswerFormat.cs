using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Reads;
using DoltDB.Operator.Sandbox.ApiServer.Writes;

namespace DoltDB.Operator.Sandbox.ApiServer.Http;

/// <summary>The spelling of a whole answer: JSON, indented JSON for people, or YAML.</summary>
internal static class AnswerFormat
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, TypeInfoResolver = AnswerJson.Default };

    /// <summary>Body and content type as the client wants them.</summary>
    public static (ReadOnlyMemory<byte> Body, string ContentType) Of(ApiRequest request, ApiAnswer.Content content)
    {
        if (content.ContentType != "application/json" || content.Body.Length == 0)
            return (content.Body, content.ContentType);
        if (OutputFormat.Negotiate(request.Accept) is { IsYaml: true })
            return (Encoding.UTF8.GetBytes(YamlJson.Write(JsonNode.Parse(content.Body.Span))), "application/yaml");
        return request.IsPretty && JsonNode.Parse(content.Body.Span) is { } node
            ? (Encoding.UTF8.GetBytes(node.ToJsonString(Indented) + "\n"), content.ContentType)
            : (content.Body, content.ContentType);
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
internal sealed partial class AnswerJson : System.Text.Json.Serialization.JsonSerializerContext;
