using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DoltDB.Operator.Api.Meta;

/// <summary>
/// A resource quantity (api/resource Quantity): <c>10Gi</c>, <c>500m</c>, <c>1e3</c>. Keeps the text as given; compares by value.
/// Read from a JSON string or number, written as a string.
/// </summary>
[JsonConverter(typeof(QuantityConverter))]
public sealed record Quantity(string Text) : IComparable<Quantity>
{
    /// <summary>The value in units (bytes, cores), or null when the text is no quantity.</summary>
    public decimal? Value => TryParse(Text, out var value) ? value : null;

    /// <inheritdoc/>
    public bool Equals(Quantity? other) =>
        other is not null && (Text == other.Text || (Value is { } value && other.Value is { } otherValue && value == otherValue));

    /// <inheritdoc/>
    public override int GetHashCode() => Value is { } value ? value.GetHashCode() : StringComparer.Ordinal.GetHashCode(Text);

    /// <inheritdoc/>
    public int CompareTo(Quantity? other) => Nullable.Compare(Value, other?.Value);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Parses the text by the grammar of Kubernetes quantities; false when it is none or does not fit a decimal.</summary>
    public static bool TryParse(string text, out decimal value)
    {
        var digits = text.Length;
        while (digits > 0 && !char.IsAsciiDigit(text[digits - 1]) && text[digits - 1] != '.')
            digits--;
        var exponent = text.AsSpan(0, digits).IndexOfAny('e', 'E');
        var isExponent = exponent > 0 && digits == text.Length;
        var number = text.AsSpan(0, isExponent ? exponent : digits);
        value = 0;
        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var mantissa))
            return false;
        var factor = isExponent ? PowerOfTen(text.AsSpan(exponent + 1)) : Factor(text.AsSpan(digits));
        if (factor is not { } by)
            return false;
        try
        {
            value = mantissa * by;
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    /// <summary>Less than, by value; false when either is no quantity.</summary>
    public static bool operator <(Quantity left, Quantity right) => left.Value < right.Value;

    /// <summary>Greater than, by value; false when either is no quantity.</summary>
    public static bool operator >(Quantity left, Quantity right) => left.Value > right.Value;

    /// <summary>At most, by value; false when either is no quantity.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left.Value <= right.Value;

    /// <summary>At least, by value; false when either is no quantity.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left.Value >= right.Value;

    private static decimal? Factor(ReadOnlySpan<char> suffix) => suffix switch
    {
        "" => 1m,
        "n" => 0.000000001m,
        "u" => 0.000001m,
        "m" => 0.001m,
        "k" => 1_000m,
        "M" => 1_000_000m,
        "G" => 1_000_000_000m,
        "T" => 1_000_000_000_000m,
        "P" => 1_000_000_000_000_000m,
        "E" => 1_000_000_000_000_000_000m,
        "Ki" => 1L << 10,
        "Mi" => 1L << 20,
        "Gi" => 1L << 30,
        "Ti" => 1L << 40,
        "Pi" => 1L << 50,
        "Ei" => 1L << 60,
        _ => null,
    };

    private static decimal? PowerOfTen(ReadOnlySpan<char> exponent)
    {
        if (!int.TryParse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) || Math.Abs(power) > 27)
            return null;
        var result = 1m;
        for (var i = 0; i < Math.Abs(power); i++)
            result = power > 0 ? result * 10 : result / 10;
        return result;
    }
}

/// <summary>Reads and writes <see cref="Quantity"/>.</summary>
public sealed class QuantityConverter : JsonConverter<Quantity>
{
    /// <inheritdoc/>
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => new Quantity(reader.NumberText()),
        JsonTokenType.String => new Quantity(reader.GetString() ?? ""),
        _ => throw new JsonException($"expected a number or a text, found {reader.TokenType}"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
}
