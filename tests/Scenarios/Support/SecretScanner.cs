using System.Text;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>Where a secret was found.</summary>
internal sealed record Leak(string Secret, string Form, string Place, string Text);

/// <summary>
/// Looks for secrets in what anybody may read: as they are, in base64 wherever they begin in it, URL-encoded, escaped as in JSON, in hexadecimal.
/// </summary>
internal sealed class SecretScanner
{
    private const int ShortestSecret = 10;

    private readonly List<(string Secret, string Form, string Text)> forms = [];

    /// <summary>Looks for these; names are for messages.</summary>
    /// <exception cref="ArgumentException">A secret is so short that it would be found everywhere.</exception>
    public SecretScanner(IEnumerable<KeyValuePair<string, string>> secrets)
    {
        foreach (var (name, secret) in secrets)
        {
            if (secret.Length < ShortestSecret)
                throw new ArgumentException($"{name} is too short to look for", nameof(secrets));
            forms.AddRange(Forms(secret).Distinct().Select(form => (name, form.Form, form.Text)));
        }
    }

    /// <summary>All that is found in the text.</summary>
    public IEnumerable<Leak> Find(string place, string text) =>
        forms.Where(form => text.Contains(form.Text, StringComparison.OrdinalIgnoreCase)).Select(form => new Leak(form.Secret, form.Form, place, text));

    private static IEnumerable<(string Form, string Text)> Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return ("plain", secret);
        yield return ("URL", Uri.EscapeDataString(secret));
        yield return ("form", System.Net.WebUtility.UrlEncode(secret));
        yield return ("JSON", System.Text.Json.JsonEncodedText.Encode(secret).Value);
        yield return ("relaxed JSON", System.Text.Json.JsonEncodedText.Encode(secret, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value);
        yield return ("hexadecimal", Convert.ToHexString(bytes));
        for (var shift = 0; shift < 3; shift++)
        {
            var text = Base64(bytes, shift);
            yield return ("base64", text);
            yield return ("base64 for URLs", text.Replace('+', '-').Replace('/', '_'));
        }
    }

    /// <summary>The characters that the secret alone decides when so many bytes are before it and any are behind.</summary>
    private static string Base64(byte[] secret, int shift)
    {
        const int BitsOfByte = 8, BitsOfCharacter = 6;
        var text = Convert.ToBase64String([.. new byte[shift], .. secret]);
        var first = ((shift * BitsOfByte) + BitsOfCharacter - 1) / BitsOfCharacter;
        return text[first..((shift + secret.Length) * BitsOfByte / BitsOfCharacter)];
    }
}
