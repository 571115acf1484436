using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>The limits a schema puts on one value, and the messages that report a breach.</summary>
internal sealed class ValueLimits
{
    private JsonArray? allowed;
    private string allowedText = "";
    private Regex? pattern;
    private string patternText = "";
    private string? format;
    private double? minimum;
    private double? maximum;
    private double? multipleOf;
    private bool minimumExcluded;
    private bool maximumExcluded;
    private int? minLength;
    private int? maxLength;
    private int? minItems;
    private int? maxItems;
    private int? minProperties;
    private int? maxProperties;

    /// <summary>Reads the limits of a schema; null when it has none.</summary>
    /// <exception cref="SchemaException">The pattern is not a regular expression.</exception>
    public static ValueLimits? Read(JsonObject schema, string path)
    {
        var limits = new ValueLimits
        {
            allowed = schema["enum"] as JsonArray,
            minimum = Real(schema, "minimum"),
            maximum = Real(schema, "maximum"),
            multipleOf = Real(schema, "multipleOf"),
            minimumExcluded = schema.Flag("exclusiveMinimum"),
            maximumExcluded = schema.Flag("exclusiveMaximum"),
            minLength = Count(schema, "minLength"),
            maxLength = Count(schema, "maxLength"),
            minItems = Count(schema, "minItems"),
            maxItems = Count(schema, "maxItems"),
            minProperties = Count(schema, "minProperties"),
            maxProperties = Count(schema, "maxProperties"),
            format = CheckedFormat(schema.Text("format")),
        };
        if (limits.allowed is { } values) limits.allowedText = string.Join(", ", values.Select(JsonFacts.Show));
        if (schema.Text("pattern") is { } text) limits.SetPattern(text, path);
        return limits.IsEmpty ? null : limits;
    }

    /// <summary>Adds a problem for each limit the value breaks. Null values are the type check's matter.</summary>
    public void Check(JsonNode value, string path, List<FieldProblem> problems)
    {
        switch (value)
        {
            case JsonArray array:
                CheckItems(array, path, problems);
                break;
            case JsonObject fields:
                CheckProperties(fields, path, problems);
                break;
            default:
                if (JsonFacts.TryString(value, out var text)) CheckText(text, value, path, problems);
                else if (JsonFacts.TryNumber(value, out var number)) CheckNumber(number, value, path, problems);
                break;
        }

        if (allowed is not null && !Allows(value)) problems.Add(FieldProblem.NotSupported(path, value, allowedText));
    }

    private bool IsEmpty => allowed is null && pattern is null && format is null && minimum is null && maximum is null
        && multipleOf is null && minLength is null && maxLength is null && minItems is null && maxItems is null
        && minProperties is null && maxProperties is null;

    private bool Allows(JsonNode value)
    {
        foreach (var choice in allowed!)
        {
            if (JsonNode.DeepEquals(choice, value)) return true;
        }

        return false;
    }

    private void CheckText(string text, JsonNode value, string path, List<FieldProblem> problems)
    {
        var length = minLength is null && maxLength is null ? 0 : text.EnumerateRunes().Count();
        if (length > maxLength) problems.Add(FieldProblem.TooLong(path, maxLength.Value));
        if (length < minLength) problems.Add(Breach(path, value, $"should be at least {minLength} chars long"));
        if (pattern?.IsMatch(text) == false) problems.Add(Breach(path, value, $"should match '{patternText}'"));
        if (format is not null && !Formats.IsValid(format, text))
        {
            problems.Add(FieldProblem.TypeInvalid(path, value, $"{path} in body must be of type {format}: {JsonFacts.Show(value)}"));
        }
    }

    private void CheckNumber(double number, JsonNode value, string path, List<FieldProblem> problems)
    {
        if (number < minimum || (minimumExcluded && number == minimum))
        {
            problems.Add(Breach(path, value, $"should be greater than {(minimumExcluded ? "" : "or equal to ")}{Number(minimum)}"));
        }

        if (number > maximum || (maximumExcluded && number == maximum))
        {
            problems.Add(Breach(path, value, $"should be less than {(maximumExcluded ? "" : "or equal to ")}{Number(maximum)}"));
        }

        if (multipleOf is { } factor && Math.Abs(Math.IEEERemainder(number, factor)) > 1e-9)
        {
            problems.Add(Breach(path, value, $"should be a multiple of {Number(factor)}"));
        }
    }

    private void CheckItems(JsonArray array, string path, List<FieldProblem> problems)
    {
        if (array.Count > maxItems) problems.Add(FieldProblem.TooMany(path, array.Count, maxItems.Value));
        if (array.Count < minItems) problems.Add(Breach(path, array.Count, $"should have at least {minItems} items"));
    }

    private void CheckProperties(JsonObject fields, string path, List<FieldProblem> problems)
    {
        if (fields.Count > maxProperties) problems.Add(FieldProblem.TooMany(path, fields.Count, maxProperties.Value));
        if (fields.Count < minProperties) problems.Add(Breach(path, fields.Count, $"should have at least {minProperties} properties"));
    }

    private static FieldProblem Breach(string path, JsonNode value, string rule) =>
        FieldProblem.Invalid(path, value, $"{path} in body {rule}");

    private void SetPattern(string text, string path)
    {
        try
        {
            // Like the engine of a real API server: time linear in the text, neither lookaround nor backreferences.
            pattern = new Regex(text, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);
            patternText = text;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new SchemaException(path + ".pattern",
                $"Invalid value: {JsonFacts.Quote(text)}: must be a valid regular expression, but isn't: {error.Message}");
        }
    }

    private static string? CheckedFormat(string? name) => name is not null && Formats.Knows(name) ? name : null;

    private static string Number(double? value) => value!.Value.ToString("R", CultureInfo.InvariantCulture);

    private static double? Real(JsonObject schema, string name) => JsonFacts.TryNumber(schema[name], out var value) ? value : null;

    private static int? Count(JsonObject schema, string name) =>
        JsonFacts.TryInteger(schema[name], out var value) ? (int)Math.Min(value, int.MaxValue) : null;
}
