using System.Buffers;
using System.Globalization;

namespace DoltDB.Operator.Api.Meta;

/// <summary>Durations as Kubernetes APIs write them: <c>30s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>250ms</c>.</summary>
public static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Seconds)[] Units =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Parses the text; false when it is no duration.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (string.IsNullOrEmpty(text))
            return false;
        var negative = text[0] == '-';
        var rest = text.AsSpan(text[0] is '-' or '+' ? 1 : 0);
        if (rest is "0")
            return true;
        var seconds = 0.0;
        if (rest.IsEmpty)
            return false;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[digits..];
            var letters = rest.IndexOfAny(NumberCharacters);
            var unit = letters < 0 ? rest : rest[..letters];
            if (UnitSeconds(unit) is not { } factor)
                return false;
            seconds += number * factor;
            rest = rest[unit.Length..];
        }

        if (seconds > TimeSpan.MaxValue.TotalSeconds)
            return false;
        duration = TimeSpan.FromSeconds(negative ? -seconds : seconds);
        return true;
    }

    private static double? UnitSeconds(ReadOnlySpan<char> unit)
    {
        foreach (var (name, seconds) in Units)
        {
            if (unit.SequenceEqual(name))
                return seconds;
        }

        return null;
    }
}
