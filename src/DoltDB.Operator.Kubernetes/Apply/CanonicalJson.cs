using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace DoltDB.Operator.Kubernetes.Apply;

/// <summary>JSON in one form only: members sorted by name, no white space, so that equal content has an equal hash.</summary>
public static class CanonicalJson
{
    private const int HashLength = 16;

    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the element without the members that <paramref name="skip"/> names by path.</summary>
    public static string Hash(JsonElement element, params ReadOnlySpan<string> skip)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, element, "", skip);
        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan))[..HashLength];
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, string path, ReadOnlySpan<string> skip)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    var below = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    if (skip.Contains(below))
                        continue;
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, below, skip);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item, path + "[]", skip);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
