using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>Writes the few shapes of YAML that a server configuration has.</summary>
internal sealed class YamlText
{
    /// <summary>Words that YAML 1.1 reads as something else than text.</summary>
    private static readonly FrozenSet<string> Words = FrozenSet.ToFrozenSet(["true", "false", "yes", "no", "on", "off", "y", "n", "null"], StringComparer.OrdinalIgnoreCase);

    private readonly StringBuilder text = new();

    public YamlText Section(int depth, string key) => Raw(depth, key + ":");

    public YamlText Line(int depth, string key, string value) => Raw(depth, $"{key}: {Scalar(value)}");

    public YamlText Line(int depth, string key, int value) => Raw(depth, string.Create(CultureInfo.InvariantCulture, $"{key}: {value}"));

    public YamlText Line(int depth, string key, bool value) => Raw(depth, $"{key}: {(value ? "true" : "false")}");

    public YamlText Item(int depth, string key, string value) => Raw(depth, $"- {key}: {Scalar(value)}");

    public YamlText Empty(int depth, string key) => Raw(depth, key + ": {}");

    public override string ToString() => text.ToString();

    /// <summary>The text as a scalar: plain, as the Go operator writes it, where it can be read as nothing but this text, and double-quoted elsewhere.</summary>
    public static string Scalar(string value) => IsPlain(value) ? value : Quote(value);

    /// <summary>Names, addresses and URLs; of what begins with a digit only what has two dots, which no number and no date has.</summary>
    private static bool IsPlain(string value) => value.Length > 0 && value[^1] != ':' && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '{' or '}')
        && (char.IsAsciiLetter(value[0]) ? !Words.Contains(value) : char.IsAsciiDigit(value[0]) && !value.Contains(':', StringComparison.Ordinal) && value.Count(static c => c == '.') >= 2);

    private static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c))
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    private YamlText Raw(int depth, string line)
    {
        text.Append(' ', depth * 2).Append(line).Append('\n');
        return this;
    }
}
