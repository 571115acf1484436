using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

/// <summary>Content addresses: 20 bytes in Dolt's base-32 alphabet, 32 characters.</summary>
internal static class DoltHash
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";

    public static string Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return Encode(hash.GetHashAndReset());
    }

    public static bool IsHash(string text) => text.Length == 32 && text.All(c => Alphabet.Contains(c, StringComparison.Ordinal));

    private static string Encode(ReadOnlySpan<byte> digest)
    {
        Span<char> text = stackalloc char[32];
        for (var i = 0; i < 32; i++)
        {
            var bit = i * 5;
            var window = (digest[bit / 8] << 8) | digest[(bit / 8) + 1];
            text[i] = Alphabet[(window >> (11 - (bit % 8))) & 31];
        }

        return new string(text);
    }
}
