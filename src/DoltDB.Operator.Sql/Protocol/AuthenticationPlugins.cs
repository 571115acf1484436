using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>The login methods: how a password answers a server's challenge.</summary>
internal static class AuthenticationPlugins
{
    public const string Native = "mysql_native_password";
    public const string CachingSha2 = "caching_sha2_password";

    /// <summary>The answer to <paramref name="challenge"/>; empty for an empty password.</summary>
    /// <exception cref="DoltException">2059: the method is none of ours.</exception>
    public static byte[] Respond(string plugin, string password, ReadOnlySpan<byte> challenge) => plugin switch
    {
        Native => password.Length == 0 ? [] : RespondNative(Encoding.UTF8.GetBytes(password), challenge),
        CachingSha2 => password.Length == 0 ? [] : RespondCachingSha2(Encoding.UTF8.GetBytes(password), challenge),
        _ => throw new DoltException(
            ClientErrors.UnknownPlugin, $"the server asks for the authentication method {plugin}; known are {Native} and {CachingSha2}"),
    };

    // SHA1(password) xor SHA1(challenge + SHA1(SHA1(password)))
    [SuppressMessage("Security", "CA5350", Justification = "The protocol prescribes SHA-1.")]
    private static byte[] RespondNative(byte[] password, ReadOnlySpan<byte> challenge)
    {
        var once = SHA1.HashData(password);
        return Xor(once, SHA1.HashData([.. challenge, .. SHA1.HashData(once)]));
    }

    // SHA256(password) xor SHA256(SHA256(SHA256(password)) + challenge)
    private static byte[] RespondCachingSha2(byte[] password, ReadOnlySpan<byte> challenge)
    {
        var once = SHA256.HashData(password);
        return Xor(once, SHA256.HashData([.. SHA256.HashData(once), .. challenge]));
    }

    private static byte[] Xor(byte[] left, byte[] right)
    {
        for (var index = 0; index < left.Length; index++)
            left[index] ^= right[index];
        return left;
    }
}
