using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DoltDB.Operator.CrdGenerator;

/// <summary>Writes JSON as block-style YAML: the same value always gives the same text.</summary>
internal static partial class YamlText
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> Words =
        new(["true", "false", "null", "yes", "no", "on", "off", "y", "n"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The text of an object, ending with a line break.</summary>
    public static string Of(JsonObject value)
    {
        var text = new StringBuilder();
        Members(text, value, 0, firstIndented: true);
        return text.ToString();
    }

    private static void Members(StringBuilder text, JsonObject value, int depth, bool firstIndented)
    {
        foreach (var (name, member) in value)
        {
            if (firstIndented)
                text.Append(' ', depth);
            firstIndented = true;
            text.Append(Scalar(name)).Append(':');
            Value(text, member, depth);
        }
    }

    private static void Value(StringBuilder text, JsonNode? value, int depth)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                text.Append('\n');
                Members(text, members, depth + 2, firstIndented: true);
                break;
            case JsonArray { Count: > 0 } items:
                text.Append('\n');
                foreach (var item in items)
                    Item(text, item, depth);
                break;
            default:
                text.Append(' ').Append(Leaf(value)).Append('\n');
                break;
        }
    }

    private static void Item(StringBuilder text, JsonNode? item, int depth)
    {
        text.Append(' ', depth).Append("- ");
        if (item is JsonObject { Count: > 0 } members)
            Members(text, members, depth + 2, firstIndented: false);
        else
            text.Append(Leaf(item)).Append('\n');
    }

    private static string Leaf(JsonNode? value) => value switch
    {
        null => "null",
        JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String => Scalar(scalar.GetValue<string>()),
        _ => value.ToJsonString(Readable),
    };

    private static string Scalar(string text) =>
        PlainText().IsMatch(text) && !Words.Contains(text) ? text : JsonValue.Create(text).ToJsonString(Readable);

    /// <summary>Texts that YAML reads back as the same text without quotes.</summary>
    [GeneratedRegex(@"^[A-Za-z/]([A-Za-z0-9 _./,;()'-]*[A-Za-z0-9_./)'])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlainText();
}
