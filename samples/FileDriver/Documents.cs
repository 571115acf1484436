using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace FileDriver;

/// <summary>server.json.</summary>
internal sealed record ServerMetadata(string? Version, AccountMetadata? Administrator);

/// <summary>An account.</summary>
internal sealed record AccountMetadata(string User, PasswordHash Password);

/// <summary>A database.</summary>
internal sealed record DatabaseMetadata(string Name, string? Owner, string? Charset, string? Collation);

/// <summary>A password as it is kept: PBKDF2 with a salt, both hexadecimal.</summary>
internal sealed record PasswordHash(string Salt, string Hash)
{
    private const int Bytes = 32;
    private const int Rounds = 100_000;

    /// <summary>The hash of a password, with a new salt.</summary>
    public static PasswordHash Of(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(Bytes);
        return new PasswordHash(Convert.ToHexStringLower(salt), Convert.ToHexStringLower(Derive(password, salt)));
    }

    /// <summary>Whether this is the hash of that password.</summary>
    public bool Fits(string password) => CryptographicOperations.FixedTimeEquals(Convert.FromHexString(Hash), Derive(password, Convert.FromHexString(Salt)));

    private static byte[] Derive(string password, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA256, Bytes);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(AccountMetadata))]
[JsonSerializable(typeof(DatabaseMetadata))]
internal sealed partial class ServerJson : JsonSerializerContext;
