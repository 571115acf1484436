using System.Globalization;
using System.Text.RegularExpressions;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>Durations (<c>1h30m</c>) and timestamps in rules.</summary>
internal static partial class CelTime
{
    public static object Duration(string text)
    {
        if (!Formats.IsValid("duration", text)) return new CelError($"invalid duration: {text}");
        var total = TimeSpan.Zero;
        foreach (Match part in Part().Matches(text))
        {
            var amount = double.Parse(part.Groups["amount"].ValueSpan, CultureInfo.InvariantCulture);
            total += part.Groups["unit"].Value switch
            {
                "h" => TimeSpan.FromHours(amount),
                "m" => TimeSpan.FromMinutes(amount),
                "s" => TimeSpan.FromSeconds(amount),
                "ms" => TimeSpan.FromMilliseconds(amount),
                "us" or "µs" => TimeSpan.FromMicroseconds(amount),
                _ => TimeSpan.FromTicks((long)(amount / 100)),
            };
        }

        return text.StartsWith('-') ? -total : total;
    }

    public static object Timestamp(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : new CelError($"invalid timestamp: {text}");

    public static object Part(string name, object? value) => (name, value) switch
    {
        ("getHours", TimeSpan span) => (long)span.TotalHours,
        ("getMinutes", TimeSpan span) => (long)span.TotalMinutes,
        ("getSeconds", TimeSpan span) => (long)span.TotalSeconds,
        ("getMilliseconds", TimeSpan span) => (long)span.Milliseconds,
        ("getHours", DateTimeOffset time) => (long)time.UtcDateTime.Hour,
        ("getMinutes", DateTimeOffset time) => (long)time.UtcDateTime.Minute,
        ("getSeconds", DateTimeOffset time) => (long)time.UtcDateTime.Second,
        ("getMilliseconds", DateTimeOffset time) => (long)time.UtcDateTime.Millisecond,
        _ => CelError.NoOverload(name),
    };

    [GeneratedRegex(@"(?<amount>\d+\.?\d*|\.\d+)(?<unit>ns|us|µs|ms|s|m|h)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Part();
}
