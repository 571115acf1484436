using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;

namespace DoltDB.Operator.Sandbox.ApiServer.Tables;

/// <summary>One column of a server-side table.</summary>
/// <param name="Name">Heading.</param>
/// <param name="Type">OpenAPI type: string, integer, boolean, date.</param>
/// <param name="Priority">0 is always shown, others with <c>-o wide</c>.</param>
/// <param name="Cell">The cell of an object, at a time.</param>
internal sealed record TableColumn(string Name, string Type, int Priority, Func<JsonElement, DateTimeOffset, JsonNode?> Cell)
{
    public string Format { get; init; } = "";

    /// <summary>A column that shows the value at a path.</summary>
    public static TableColumn At(string name, string path, string type = "string", int priority = 0) =>
        new(name, type, priority, (root, _) => Value(JsonPaths.Read(root, path)));

    /// <summary>The column of names.</summary>
    public static readonly TableColumn ObjectName = At("Name", ".metadata.name") with { Format = "name" };

    /// <summary>The column of ages.</summary>
    public static readonly TableColumn Age = new("Age", "string", 0, static (root, now) => AgeOf(JsonPaths.Read(root, ".metadata.creationTimestamp"), now));

    /// <summary>A JSON value as a cell.</summary>
    public static JsonNode? Value(JsonElement? value) => value is not { } element
        ? null
        : element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.TryGetInt64(out var number) ? number : element.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null => null,
            _ => element.GetRawText(),
        };

    /// <summary>How long ago a time was, as kubectl words it.</summary>
    public static string AgeOf(JsonElement? time, DateTimeOffset now)
    {
        if (time is not { ValueKind: JsonValueKind.String } text || !DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, out var since))
            return "<unknown>";
        var age = now - since;
        return age switch
        {
            { TotalSeconds: < 0 } => "0s",
            { TotalSeconds: < 120 } => Unit(age.TotalSeconds, "s"),
            { TotalMinutes: < 10 } => Unit(age.TotalMinutes, "m") + (age.Seconds == 0 ? "" : Unit(age.Seconds, "s")),
            { TotalMinutes: < 180 } => Unit(age.TotalMinutes, "m"),
            { TotalHours: < 8 } => Unit(age.TotalHours, "h") + (age.Minutes == 0 ? "" : Unit(age.Minutes, "m")),
            { TotalHours: < 48 } => Unit(age.TotalHours, "h"),
            { TotalDays: < 8 } => Unit(age.TotalDays, "d") + (age.Hours == 0 ? "" : Unit(age.Hours, "h")),
            { TotalDays: < 730 } => Unit(age.TotalDays, "d"),
            _ => Unit(age.TotalDays / 365, "y"),
        };
    }

    private static string Unit(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{(long)value}{unit}");
}
