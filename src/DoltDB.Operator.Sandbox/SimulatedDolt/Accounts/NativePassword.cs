using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;

/// <summary>The arithmetic of <c>mysql_native_password</c>. MySQL's protocol fixes SHA-1 here.</summary>
internal static class NativePassword
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef");

    /// <summary><c>*HEX(SHA1(SHA1(password)))</c>, or empty for an empty password.</summary>
    public static string Hash(string password) => password.Length == 0 ? "" : "*" + Convert.ToHexString(Sha1(Sha1(Encoding.UTF8.GetBytes(password))));

    public static bool IsHash(string text) => text.Length == 41 && text[0] == '*' && text.AsSpan(1).IndexOfAnyExcept(HexDigits) < 0;

    /// <summary>Whether the client's answer to the scramble proves knowledge of the password behind the stored hash.</summary>
    public static bool Verify(string storedHash, ReadOnlySpan<byte> scramble, ReadOnlySpan<byte> answer)
    {
        if (storedHash.Length == 0) return answer.Length == 0;
        if (answer.Length != SHA1.HashSizeInBytes || !IsHash(storedHash)) return false;
        var stored = Convert.FromHexString(storedHash.AsSpan(1));
        var mask = Sha1([.. scramble, .. stored]);
        for (var i = 0; i < mask.Length; i++) mask[i] ^= answer[i];
        return CryptographicOperations.FixedTimeEquals(Sha1(mask), stored);
    }

#pragma warning disable CA5350 // The wire protocol of mysql_native_password is defined over SHA-1.
    private static byte[] Sha1(ReadOnlySpan<byte> data) => SHA1.HashData(data);
#pragma warning restore CA5350
}
