using System.Globalization;

namespace DoltDB.Kubectl.Text;

/// <summary>Ages in one or two units, as kubectl prints them: <c>42s</c>, <c>3m10s</c>, <c>5h</c>, <c>12d</c>.</summary>
internal static class Ages
{
    /// <summary>How long ago the time was; <c>-</c> when it is unknown.</summary>
    public static string Since(DateTimeOffset? time, DateTimeOffset now) => time is { } known ? Text(now - known) : "-";

    /// <summary>The duration in words short enough for a column.</summary>
    public static string Text(TimeSpan age)
    {
        if (age < TimeSpan.Zero)
            age = TimeSpan.Zero;
        return age.TotalSeconds switch
        {
            < 120 => Format($"{(int)age.TotalSeconds}s"),
            < 600 => Pair((int)age.TotalMinutes, "m", age.Seconds, "s"),
            < 3 * 3600 => Format($"{(int)age.TotalMinutes}m"),
            < 8 * 3600 => Pair((int)age.TotalHours, "h", age.Minutes, "m"),
            < 48 * 3600 => Format($"{(int)age.TotalHours}h"),
            < 8 * 86400 => Pair((int)age.TotalDays, "d", age.Hours, "h"),
            _ => Format($"{(int)age.TotalDays}d"),
        };
    }

    private static string Pair(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? Format($"{large}{largeUnit}") : Format($"{large}{largeUnit}{small}{smallUnit}");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
