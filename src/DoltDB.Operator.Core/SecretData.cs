using System.Text;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core;

/// <summary>Texts in the data of Secrets, where they are base64.</summary>
internal static class SecretData
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text as a Secret holds it.</summary>
    public static string Encode(string text) => Convert.ToBase64String(Strict.GetBytes(text));

    /// <summary>The texts as a Secret holds them.</summary>
    public static Dictionary<string, string> Encode(IEnumerable<KeyValuePair<string, string>> texts) =>
        texts.ToDictionary(static text => text.Key, static text => Encode(text.Value), StringComparer.Ordinal);

    /// <summary>The text under the key; null when there is none, or no UTF-8 text.</summary>
    public static string? Text(this Secret? secret, string key) => secret?.Data?.GetValueOrDefault(key) is { } encoded ? Decode(encoded) : null;

    private static string? Decode(string encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return null;
        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
