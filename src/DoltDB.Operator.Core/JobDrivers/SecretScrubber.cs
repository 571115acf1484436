using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DoltDB.Operator.Core.JobDrivers;

/// <summary>Removes credential values, and the forms in which programs print them, from a driver's words. Pure.</summary>
internal sealed class SecretScrubber
{
    private const string Mask = "***";
    private const int LongestMessage = 1024;

    /// <summary>Lines of a key that are worth hiding each: its first and last line are the same in every key.</summary>
    private const int ShortestSecretLine = 24;

    private readonly IReadOnlyList<string> forms;

    /// <summary>Scrubs these values; empty ones are ignored.</summary>
    public SecretScrubber(IEnumerable<string> secrets) => forms =
    [
        .. secrets.Where(static secret => secret.Length > 0).SelectMany(Forms).Distinct(StringComparer.Ordinal).OrderByDescending(static form => form.Length),
    ];

    /// <summary>The text without secrets, on one line, no longer than a condition should be; null stays null.</summary>
    public string? Scrub(string? text)
    {
        if (text is null)
            return null;
        foreach (var form in forms)
            text = text.Replace(form, Mask, StringComparison.Ordinal);
        var line = string.Join(' ', text.Split(Breaks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= LongestMessage ? line : line[..LongestMessage] + "...";
    }

    private static readonly char[] Breaks = [.. Enumerable.Range(0, 32).Append(127).Select(static code => (char)code)];

    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return JsonEncodedText.Encode(secret).ToString();
        yield return JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        yield return Uri.EscapeDataString(secret);
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        foreach (var line in secret.Split('\n', StringSplitOptions.TrimEntries).Where(static line => line.Length >= ShortestSecretLine && !line.StartsWith("-----", StringComparison.Ordinal)))
            yield return line;
    }
}
