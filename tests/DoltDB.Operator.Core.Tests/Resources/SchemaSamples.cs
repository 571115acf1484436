using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DoltDB.Operator.Core.Tests.Resources;

/// <summary>Values that a schema lets through and that nobody in his senses writes.</summary>
internal static class SchemaSamples
{
    private static readonly string[] Texts =
    [
        "1Gi", "", " ", "ä\u0000\n\"'`$(X)${Y}{{z}}", "a", "aaa", "AaA", "/a", "1e3", "1e999", "99999999999999999999Gi", "-1", "0.0000000001", "1h", "1000000h", new('x', 300),
        "2024-01-01T00:00:00Z", "2016-12-31t23:59:60z", "2024-01-01T00:00:00.12345678901234567890+23:59",
    ];

    /// <summary>First an ordinary value: the object with nothing that can be left out, and one for each odd value of each of its members, however deep.</summary>
    public static IEnumerable<JsonNode> Of(JsonObject schema) => schema switch
    {
        _ when schema["enum"] is JsonArray values => values.Select(value => value!.DeepClone()),
        _ when schema["x-kubernetes-int-or-string"] is not null => Numbers(schema, long.MinValue, long.MaxValue).Concat(OfText(schema)).OrderBy(value => value.GetValueKind() == System.Text.Json.JsonValueKind.Number),
        _ => schema["type"]!.GetValue<string>() switch
        {
            "object" when schema["additionalProperties"] is JsonObject values => OfMap(values),
            "object" => OfObject(schema),
            "array" => OfList(schema),
            "boolean" => [JsonValue.Create(true), JsonValue.Create(false)],
            "integer" when schema["format"]?.GetValue<string>() == "int32" => Numbers(schema, int.MinValue, int.MaxValue),
            "integer" => Numbers(schema, long.MinValue, long.MaxValue),
            "string" => OfText(schema),
            var type => throw new InvalidOperationException($"no samples of type {type}"),
        },
    };

    private static IEnumerable<JsonNode> OfObject(JsonObject schema)
    {
        var properties = schema["properties"] as JsonObject ?? [];
        var least = new JsonObject();
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()))
            least[name] = Of(properties[name]!.AsObject()).First().DeepClone();
        yield return least.DeepClone();
        foreach (var (name, child) in properties)
        {
            foreach (var value in Of(child!.AsObject()))
            {
                var sample = least.DeepClone().AsObject();
                sample[name] = value.DeepClone();
                yield return sample;
            }
        }
    }

    private static IEnumerable<JsonNode> OfMap(JsonObject values)
    {
        yield return new JsonObject();
        foreach (var value in Of(values))
            yield return new JsonObject { [""] = value.DeepClone(), ["$x/ä"] = value.DeepClone() };
    }

    private static IEnumerable<JsonNode> OfList(JsonObject schema)
    {
        if (schema["minItems"] is null)
            yield return new JsonArray();
        foreach (var value in Of(schema["items"]!.AsObject()))
        {
            yield return new JsonArray(value.DeepClone());
            if (schema["x-kubernetes-list-type"]?.GetValue<string>() is not ("map" or "set"))
                yield return new JsonArray(value.DeepClone(), value.DeepClone());
        }
    }

    private static IEnumerable<JsonNode> Numbers(JsonObject schema, long least, long most)
    {
        var from = schema["minimum"] is { } minimum ? (long)Number(minimum) : least;
        var to = schema["maximum"] is { } maximum ? (long)Number(maximum) : most;
        return new[] { from, to, -1, 0, 1, 65536, 3_000_000_000 }.Where(number => number >= from && number <= to).Distinct().Select(number => (JsonNode)JsonValue.Create(number));
    }

    private static double Number(JsonNode node) => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    private static IEnumerable<JsonNode> OfText(JsonObject schema)
    {
        var isTime = schema["format"]?.GetValue<string>() == "date-time";
        var fitting = Texts
            .Where(text => text.StartsWith("20", StringComparison.Ordinal) || !isTime)
            .Where(text => schema["pattern"] is not { } pattern || Regex.IsMatch(text, pattern.GetValue<string>(), RegexOptions.None, TimeSpan.FromSeconds(1)))
            .Where(text => schema["minLength"] is not { } shortest || text.Length >= Number(shortest))
            .Where(text => schema["maxLength"] is not { } longest || text.Length <= Number(longest))
            .ToList();
        return fitting.Count > 0 ? fitting.Select(text => (JsonNode)JsonValue.Create(text)) : throw new InvalidOperationException($"no sample text fits {schema.ToJsonString()}");
    }
}
