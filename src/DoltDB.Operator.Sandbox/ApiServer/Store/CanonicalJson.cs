using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Store;

/// <summary>
/// One spelling for equal objects, so that a write that changes nothing is found by comparing bytes: keys sorted, and
/// <c>kind</c>, <c>apiVersion</c>, <c>metadata</c> first for built-in kinds as an API server writes them.
/// </summary>
internal static class CanonicalJson
{
    private static readonly string[] Leading = ["kind", "apiVersion", "metadata"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The object as UTF-8; <paramref name="sortTop"/> for custom resources, whose top-level keys are sorted too.</summary>
    public static byte[] Serialize(JsonObject obj, bool sortTop)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            if (sortTop)
                WriteSorted(writer, obj);
            else
                WriteTyped(writer, obj);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Any node as UTF-8, keys in the order in which they are.</summary>
    public static byte[] Serialize(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTyped(Utf8JsonWriter writer, JsonObject obj)
    {
        writer.WriteStartObject();
        foreach (var name in Leading)
        {
            if (obj.TryGetPropertyValue(name, out var value))
                WriteMember(writer, name, value);
        }

        foreach (var (name, value) in Sorted(obj))
        {
            if (!Leading.Contains(name))
                WriteMember(writer, name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonObject obj)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in Sorted(obj))
            WriteMember(writer, name, value);
        writer.WriteEndObject();
    }

    private static KeyValuePair<string, JsonNode?>[] Sorted(JsonObject obj)
    {
        var members = new KeyValuePair<string, JsonNode?>[obj.Count];
        var count = 0;
        foreach (var member in obj)
            members[count++] = member;
        Array.Sort(members, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return members;
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, JsonNode? value)
    {
        writer.WritePropertyName(name);
        WriteNode(writer, value);
    }

    private static void WriteNode(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject obj:
                WriteSorted(writer, obj);
                break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (var item in array)
                    WriteNode(writer, item);
                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
