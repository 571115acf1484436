using System.Globalization;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>A resource quantity such as <c>10Gi</c> or <c>250m</c>, by value.</summary>
internal sealed record CelQuantity(decimal Value)
{
    private static readonly string[] BinarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private const string DecimalSuffixes = "num kMGTPE";

    public static CelQuantity? Parse(string text)
    {
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]) && text[end - 1] != '.') end--;
        if (!decimal.TryParse(text.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        var suffix = text[end..];
        if (suffix.Length == 0) return new CelQuantity(number);
        var binary = Array.IndexOf(BinarySuffixes, suffix);
        if (binary >= 0) return new CelQuantity(number * Power(1024, binary + 1));
        var exponent = suffix.Length == 1 ? DecimalSuffixes.IndexOf(suffix[0]) : -1;
        if (exponent < 0 || suffix == " ") return null;
        return new CelQuantity(exponent < 3 ? number / Power(1000, 3 - exponent) : number * Power(1000, exponent - 3));
    }

    private static decimal Power(decimal factor, int exponent)
    {
        var power = 1m;
        for (var i = 0; i < exponent; i++) power *= factor;
        return power;
    }
}
