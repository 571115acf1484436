using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>JSON as the API server's language prints it in some of its messages: <c>map[a:1 b:[x y]]</c>.</summary>
internal static class GoText
{
    public static string Of(JsonNode? node) => node switch
    {
        null => "<nil>",
        JsonObject fields => $"map[{string.Join(' ', fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}:{Of(f.Value)}"))}]",
        JsonArray items => $"[{string.Join(' ', items.Select(Of))}]",
        _ => JsonFacts.TryString(node, out var text) ? text : JsonFacts.Show(node),
    };
}
