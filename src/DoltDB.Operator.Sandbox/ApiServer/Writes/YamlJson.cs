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
