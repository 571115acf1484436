using System.Globalization;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>SQL values: null, <see cref="long"/>, <see cref="double"/>, <see cref="decimal"/>, <see cref="string"/>, <see cref="DateTime"/>.</summary>
internal static class SqlValue
{
    private static readonly string[] TimeFormats =
        ["yyyy-M-d H:m:s.FFFFFF", "yyyy-M-d H:m:s", "yyyy-M-d H:m", "yyyy-M-d", "yyyy-MM-ddTHH:mm:ss.FFFFFFK", "yyyy-MM-ddTHH:mm:ssK"];

    /// <summary>The text that the wire carries; null for NULL.</summary>
    public static string? Format(object? value) => value switch
    {
        null => null,
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        DateTime time => time.ToString(time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{value.GetType()} is no SQL value"),
    };

    /// <summary>Total order in which NULL comes first; numbers compare as numbers also against text.</summary>
    public static int Compare(object? left, object? right)
    {
        if (left is null || right is null) return (left is null ? 0 : 1) - (right is null ? 0 : 1);
        if (left is long a && right is long b) return a.CompareTo(b);
        if (left is string x && right is string y) return string.CompareOrdinal(x, y);
        if (left is DateTime || right is DateTime)
        {
            if (ToTime(left) is { } leftTime && ToTime(right) is { } rightTime) return leftTime.CompareTo(rightTime);
            return string.CompareOrdinal(Format(left), Format(right));
        }

        if (left is double || right is double || left is string || right is string) return ToDouble(left).CompareTo(ToDouble(right));
        return ToDecimal(left).CompareTo(ToDecimal(right));
    }

    public static bool IsTrue(object? value) => value is not null && (value is DateTime || ToDouble(value) != 0);

    /// <summary>The number in front of a text counts, as in MySQL; none counts as 0.</summary>
    public static double ToDouble(object? value) => value switch
    {
        long number => number,
        double number => number,
        decimal number => (double)number,
        string text => LeadingNumber(text),
        DateTime time => double.Parse(time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        _ => 0,
    };

    public static decimal ToDecimal(object? value) => value switch
    {
        long number => number,
        decimal number => number,
        _ => ToDouble(value) is var number && Math.Abs(number) < (double)decimal.MaxValue ? (decimal)number : throw new SqlError(1690, "value out of range"),
    };

    public static long ToLong(object? value) => value switch
    {
        long number => number,
        null => 0,
        decimal number => (long)Math.Round(number, MidpointRounding.AwayFromZero),
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => (long)Math.Round(ToDouble(value), MidpointRounding.AwayFromZero),
    };

    public static DateTime? ToTime(object? value) => value switch
    {
        DateTime time => time,
        string text when DateTime.TryParseExact(
            text.Trim(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => null,
    };

    /// <summary>Converts a value to what a column of that type stores.</summary>
    /// <exception cref="SqlError">1366 and kin: the value does not fit.</exception>
    public static object? Convert(object? value, Column column)
    {
        if (value is null) return null;
        var type = column.Type;
        if (type.IsInteger) return ToInteger(value, column);
        return type.Kind switch
        {
            ColumnKind.Float or ColumnKind.Double => value is string text && !IsNumber(text) ? throw Incorrect("double", text, column) : ToDouble(value),
            ColumnKind.Decimal => value is string text && !IsNumber(text)
                ? throw Incorrect("decimal", text, column)
                : WithScale(ToDecimal(value), type.Scale),
            ColumnKind.Date => ToTime(value)?.Date ?? throw Incorrect("date", Format(value)!, column),
            ColumnKind.DateTime or ColumnKind.Timestamp => Truncate(ToTime(value) ?? throw Incorrect("datetime", Format(value)!, column), type.Length),
            ColumnKind.VarChar or ColumnKind.Char when Format(value)!.Length > (type.Length == 0 ? 1 : type.Length) =>
                throw new SqlError(1406, $"string '{Format(value)}' is too large for column '{column.Name}'"),
            _ => Format(value),
        };
    }

    private static long ToInteger(object value, Column column)
    {
        if (value is string text && !IsNumber(text)) throw Incorrect("int", text, column);
        var number = ToLong(value);
        var (low, high) = column.Type.Kind switch
        {
            ColumnKind.TinyInt or ColumnKind.Boolean => (sbyte.MinValue, sbyte.MaxValue),
            ColumnKind.SmallInt => (short.MinValue, short.MaxValue),
            ColumnKind.Int => (int.MinValue, (long)int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        if (column.Type.Unsigned) (low, high) = (0, high > long.MaxValue / 2 ? high : (high * 2) + 1);
        return number >= low && number <= high ? number : throw new SqlError(1264, $"Out of range value for column '{column.Name}' at row 1");
    }

    /// <summary>Rounded, with all digits of the scale kept in the text form.</summary>
    private static decimal WithScale(decimal value, int scale) =>
        Math.Round(value, scale, MidpointRounding.AwayFromZero) + new decimal(0, 0, 0, isNegative: false, (byte)scale);

    private static bool IsNumber(string text) => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static DateTime Truncate(DateTime time, int digits)
    {
        var unit = (long)(TimeSpan.TicksPerSecond / Math.Pow(10, Math.Min(digits, 6)));
        return new DateTime(time.Ticks - (time.Ticks % unit), DateTimeKind.Utc);
    }

    private static SqlError Incorrect(string type, string text, Column column) => new(1366, $"Incorrect {type} value: '{text}' for column '{column.Name}' at row 1");

    private static double LeadingNumber(string text)
    {
        var end = 0;
        text = text.TrimStart();
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || (text[end] is '.' or 'e' or 'E' && end > 0) || (end == 0 && text[end] is '-' or '+'))) end++;
        for (; end > 0; end--)
            if (double.TryParse(text.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        return 0;
    }
}
