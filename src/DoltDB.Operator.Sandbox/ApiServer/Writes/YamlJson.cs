using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DoltDB.Operator.Sandbox.ApiServer.Writes;

/// <summary>Reads YAML into JSON by the JSON-compatible core schema, as API servers do.</summary>
internal static class YamlJson
{
    /// <exception cref="FormatException">The text is no YAML.</exception>
    public static JsonNode? Parse(string yaml)
    {
        try
        {
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
                return null;
            return Read(parser, []);
        }
        catch (YamlException problem)
        {
            throw new FormatException($"line {problem.Start.Line}: {problem.Message}", problem);
        }
    }

    /// <summary>All documents of a file; empty ones are left out.</summary>
    /// <exception cref="FormatException">The text is no YAML.</exception>
    public static IReadOnlyList<JsonNode> ParseAll(string yaml)
    {
        try
        {
            var documents = new List<JsonNode>();
            var parser = new Parser(new StringReader(yaml));
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                if (Read(parser, []) is { } document)
                    documents.Add(document);
                parser.Consume<DocumentEnd>();
            }

            return documents;
        }
        catch (YamlException problem)
        {
            throw new FormatException($"line {problem.Start.Line}: {problem.Message}", problem);
        }
    }

    /// <summary>The value as YAML.</summary>
    public static string Write(JsonNode? node)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Write(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject obj:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, obj.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in obj)
                {
                    Write(emitter, name);
                    Write(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, array.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in array)
                    Write(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.String:
                Write(emitter, value.GetValue<string>());
                break;
            default:
                emitter.Emit(new Scalar(node?.ToJsonString() ?? "null"));
                break;
        }
    }

    /// <summary>A text, quoted where it would be read as something else.</summary>
    private static void Write(Emitter emitter, string text)
    {
        var isPlain = FromScalar(new Scalar(text)) is JsonValue read && read.GetValueKind() == System.Text.Json.JsonValueKind.String && text.Length > 0;
        var style = text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : isPlain ? ScalarStyle.Any : ScalarStyle.DoubleQuoted;
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true));
    }

    private static JsonNode? Read(Parser parser, Dictionary<string, JsonNode?> anchors)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias))
            return anchors.GetValueOrDefault(alias.Value.Value)?.DeepClone();
        var anchor = (parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        var node = ReadValue(parser, anchors);
        if (!anchor.IsEmpty)
            anchors[anchor.Value] = node?.DeepClone();
        return node;
    }

    private static JsonNode? ReadValue(Parser parser, Dictionary<string, JsonNode?> anchors)
    {
        if (parser.TryConsume<MappingStart>(out _))
        {
            var obj = new JsonObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var name = parser.Consume<Scalar>().Value;
                obj[name] = Read(parser, anchors);
            }

            return obj;
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var array = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
                array.Add(Read(parser, anchors));
            return array;
        }

        return FromScalar(parser.Consume<Scalar>());
    }

    private static JsonNode? FromScalar(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain || scalar.Tag == "tag:yaml.org,2002:str")
            return scalar.Value;
        return scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            var text when IsReal(text) => double.Parse(text, CultureInfo.InvariantCulture),
            var text => text,
        };
    }

    private static bool IsReal(string text) =>
        (char.IsAsciiDigit(text[0]) || text[0] is '-' or '+' or '.')
        && text.Any(char.IsAsciiDigit)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
