using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>What a JSON node is and how error messages show it, whether it was parsed or built from .NET values.</summary>
internal static class JsonFacts
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The integer in the node; a fraction of zero (1.0) counts as one.</summary>
    public static bool TryInteger(JsonNode? node, out long value)
    {
        value = 0;
        if (node is not JsonValue number) return false;
        if (number.TryGetValue(out value)) return true;
        if (number.TryGetValue(out int small))
        {
            value = small;
            return true;
        }

        if (!TryNumber(node, out var real) || Math.Floor(real) != real || Math.Abs(real) > 9e15) return false;
        value = (long)real;
        return true;
    }

    public static bool TryNumber(JsonNode? node, out double value)
    {
        value = 0;
        if (node is not JsonValue number || number.GetValueKind() != JsonValueKind.Number) return false;
        if (number.TryGetValue(out value)) return true;
        return double.TryParse(number.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    public static bool TryString(JsonNode? node, out string text)
    {
        if (node is JsonValue value && value.TryGetValue(out string? found))
        {
            text = found;
            return true;
        }

        text = "";
        return false;
    }

    /// <summary>The string at a property of an object; null when there is none.</summary>
    public static string? Text(this JsonObject parent, string name) => TryString(parent[name], out var text) ? text : null;

    public static bool Flag(this JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <summary>The JSON Schema name of the node's type.</summary>
    public static string TypeName(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => TryInteger(node, out _) ? "integer" : "number",
        _ => "boolean",
    };

    /// <summary>The node as compact JSON without needless escapes; null as "null".</summary>
    public static string Show(JsonNode? node) => node is null ? "null" : node.ToJsonString(Compact);

    /// <summary>A string as a quoted JSON string, as messages show it.</summary>
    public static string Quote(string text) => "\"" + JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}
