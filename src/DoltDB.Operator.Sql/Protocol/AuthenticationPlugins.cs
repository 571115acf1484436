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

    /// <summary>The password as it goes through an encrypted connection.</summary>
    public static byte[] PlainPassword(string password) => [.. Encoding.UTF8.GetBytes(password), 0];

    /// <summary>The password for a connection that is not encrypted: hidden by the challenge, then encrypted for the owner of the key.</summary>
    /// <exception cref="IOException">The challenge is empty, or the key is no RSA key or too short for the password.</exception>
    public static byte[] EncryptPassword(string password, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> publicKeyPem)
    {
        if (challenge.IsEmpty)
            throw ProtocolError.Create("an empty challenge");
        var hidden = PlainPassword(password);
        for (var index = 0; index < hidden.Length; index++)
            hidden[index] ^= challenge[index % challenge.Length];
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(Encoding.ASCII.GetString(publicKeyPem));
            return key.Encrypt(hidden, RSAEncryptionPadding.OaepSHA1);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw ProtocolError.Create("a public key that cannot encrypt the password");
        }
    }

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
