using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sql.Drivers.MySql;

/// <summary>
/// How MySQL stores a password for <c>caching_sha2_password</c>: <c>$A$005$</c>, a salt of 20 bytes, and the digest of SHA-crypt with
/// 5000 rounds in 43 characters.
/// </summary>
internal static class CachingSha2Hash
{
    public const string Plugin = "caching_sha2_password";

    private const string Alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SaltLength = 20;
    private const int DigestLength = 43;
    private const int PrefixLength = 7;
    private const int RoundsUnit = 1000;
    private const int Rounds = 5;

    /// <summary>Stores a password with a new salt.</summary>
    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetString(Alphabet, SaltLength);
        return $"$A${Rounds:000}${salt}{Digest(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(salt), Rounds * RoundsUnit)}";
    }

    /// <summary>Whether the stored text is that of the password.</summary>
    public static bool Verify(string stored, string password)
    {
        if (stored.Length != PrefixLength + SaltLength + DigestLength || !stored.StartsWith("$A$", StringComparison.Ordinal)
            || !int.TryParse(stored.AsSpan(3, 3), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var rounds))
            return false;
        var salt = Encoding.UTF8.GetBytes(stored[PrefixLength..^DigestLength]);
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(stored[^DigestLength..]), Encoding.UTF8.GetBytes(Digest(Encoding.UTF8.GetBytes(password), salt, rounds * RoundsUnit)));
    }

    // Ulrich Drepper's "Unix crypt using SHA-256", steps 1 to 21, with a salt that is not cut to 16 bytes.
    internal static string Digest(byte[] password, byte[] salt, int rounds)
    {
        var alternate = SHA256.HashData([.. password, .. salt, .. password]);
        var first = new List<byte>([.. password, .. salt, .. Repeat(alternate, password.Length)]);
        for (var bits = password.Length; bits > 0; bits >>= 1)
            first.AddRange((bits & 1) != 0 ? alternate : password);
        var digest = SHA256.HashData(first.ToArray());
        var passwords = Repeat(SHA256.HashData(Repeat(password, password.Length * password.Length)), password.Length);
        var salts = Repeat(SHA256.HashData(Repeat(salt, salt.Length * (16 + digest[0]))), salt.Length);
        for (var round = 0; round < rounds; round++)
        {
            var isOdd = (round & 1) != 0;
            digest = SHA256.HashData(
            [
                .. isOdd ? passwords : digest,
                .. round % 3 != 0 ? salts : [],
                .. round % 7 != 0 ? passwords : [],
                .. isOdd ? digest : passwords,
            ]);
        }

        return Encode(digest);
    }

    private static byte[] Repeat(byte[] bytes, int length)
    {
        var repeated = new byte[length];
        for (var index = 0; index < length; index++)
            repeated[index] = bytes[index % bytes.Length];
        return repeated;
    }

    // The bytes in the order that SHA-crypt prescribes, six bits a character, lowest first.
    private static string Encode(byte[] digest)
    {
        var text = new StringBuilder(DigestLength);
        int a = 0, b = 10, c = 20;
        for (var group = 0; group < 10; group++)
        {
            Append(digest[a], digest[b], digest[c], 4);
            (a, b, c) = (c + 1, a + 1, b + 1);
        }

        Append(0, digest[31], digest[30], 3);
        return text.ToString();

        void Append(byte high, byte middle, byte low, int characters)
        {
            var bits = (high << 16) | (middle << 8) | low;
            for (; characters > 0; characters--, bits >>= 6)
                text.Append(Alphabet[bits & 0x3f]);
        }
    }
}
