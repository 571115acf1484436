using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Status;

/// <summary>DoltDBs as JSON, as <c>kubectl get -o json</c> prints them.</summary>
internal static class StatusJson
{
    /// <summary>One object.</summary>
    public static string Render(DoltDb cluster) => Text(Node(cluster));

    /// <summary>A List of objects.</summary>
    public static string Render(IEnumerable<DoltDb> clusters) => Text(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "List",
        ["items"] = new JsonArray([.. clusters.Select(Node)]),
    });

    /// <summary>The object with its type, which the items of typed lists lack.</summary>
    private static JsonNode Node(DoltDb cluster) =>
        JsonSerializer.SerializeToNode(cluster with { ApiVersion = DoltKinds.DoltDb.ApiVersion, Kind = DoltKinds.DoltDb.Kind }, ApiJson.Default.DoltDb)!;

    private static string Text(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            node.WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
