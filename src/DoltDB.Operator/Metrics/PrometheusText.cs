using System.Globalization;
using System.Text;

namespace DoltDB.Operator.Metrics;

/// <summary>The Prometheus text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Renders the instruments, histograms with cumulative buckets.</summary>
    public static string Render(IReadOnlyList<InstrumentSeries> instruments)
    {
        var text = new StringBuilder();
        foreach (var instrument in instruments)
        {
            var values = instrument.Snapshot();
            if (values.Count == 0)
                continue;
            if (instrument.Description.Length > 0)
                text.Append("# HELP ").Append(instrument.Name).Append(' ').Append(instrument.Description.ReplaceLineEndings(" ")).Append('\n');
            text.Append("# TYPE ").Append(instrument.Name).Append(' ').Append(TypeName(instrument.Type)).Append('\n');
            foreach (var value in values)
                AppendSeries(text, instrument, value);
        }

        return text.ToString();
    }

    /// <summary>An instrument name with only the characters that Prometheus allows.</summary>
    public static string Name(string name)
    {
        var cleaned = string.Create(name.Length, name, static (chars, source) =>
        {
            for (var i = 0; i < chars.Length; i++)
                chars[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or ':' ? source[i] : '_';
        });
        return cleaned.Length > 0 && char.IsAsciiDigit(cleaned[0]) ? "_" + cleaned : cleaned;
    }

    /// <summary>Labels in Prometheus syntax without braces, ordered by name.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
            return "";
        var sorted = tags.ToArray();
        Array.Sort(sorted, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        var text = new StringBuilder();
        foreach (var (name, value) in sorted)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(Name(name)).Append("=\"").Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        }

        return text.ToString();
    }

    private static void AppendSeries(StringBuilder text, InstrumentSeries instrument, SeriesValue value)
    {
        if (instrument.Type != SeriesType.Histogram)
        {
            AppendLine(text, instrument.Name, value.Labels, value.Sum);
            return;
        }

        var separator = value.Labels.Length > 0 ? "," : "";
        for (var i = 0; i < instrument.Buckets.Count; i++)
            AppendLine(text, instrument.Name + "_bucket", $"{value.Labels}{separator}le=\"{Number(instrument.Buckets[i])}\"", value.BucketCounts[i]);
        AppendLine(text, instrument.Name + "_bucket", $"{value.Labels}{separator}le=\"+Inf\"", value.Count);
        AppendLine(text, instrument.Name + "_sum", value.Labels, value.Sum);
        AppendLine(text, instrument.Name + "_count", value.Labels, value.Count);
    }

    private static void AppendLine(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string value) => value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    private static string TypeName(SeriesType type) => type switch
    {
        SeriesType.Counter => "counter",
        SeriesType.Gauge => "gauge",
        _ => "histogram",
    };
}
