using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DoltDB.Operator.Api.Meta;

/// <summary>A number or a text such as a percentage or a port name (util/intstr IntOrString).</summary>
[JsonConverter(typeof(IntOrStringConverter))]
public readonly record struct IntOrString
{
    private readonly string? text;
    private readonly int number;

    /// <summary>A number.</summary>
    public IntOrString(int number) => this.number = number;

    /// <summary>A text.</summary>
    public IntOrString(string text) => this.text = text;

    /// <summary>The number, or null when this is a text.</summary>
    public int? Number => text is null ? number : null;

    /// <summary>The text, or null when this is a number.</summary>
    public string? Text => text;

    /// <summary>A number.</summary>
    public static implicit operator IntOrString(int number) => new(number);

    /// <summary>A text.</summary>
    public static implicit operator IntOrString(string text) => new(text);

    /// <inheritdoc/>
    public override string ToString() => text ?? number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Reads and writes <see cref="IntOrString"/> as a JSON number or string.</summary>
public sealed class IntOrStringConverter : JsonConverter<IntOrString>
{
    /// <summary>A number beyond 32 bits, which schemas allow, stays a text: who uses the value says what is wrong with it.</summary>
    public override IntOrString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var number) => new IntOrString(number),
        JsonTokenType.Number => new IntOrString(reader.NumberText()),
        JsonTokenType.String => new IntOrString(reader.GetString() ?? ""),
        _ => throw new JsonException($"expected a number or a text, found {reader.TokenType}"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (value.Number is { } number)
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(value.Text);
    }
}
