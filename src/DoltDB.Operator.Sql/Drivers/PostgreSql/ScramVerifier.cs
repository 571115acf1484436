using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>How PostgreSQL stores a password for SCRAM-SHA-256: <c>SCRAM-SHA-256$ITERATIONS:SALT$STORED-KEY:SERVER-KEY</c> (RFC 5803).</summary>
internal static class ScramVerifier
{
    private const string Method = "SCRAM-SHA-256";
    private const int Iterations = 4096;
    private const int SaltLength = 16;

    /// <summary>
    /// Whether the text is a password's verifier for every client. Of passwords beyond ASCII the server stores a normal form, which only it computes.
    /// </summary>
    public static bool CanCompute(string password) => Ascii.IsValid(password);

    /// <summary>Stores a password with a new salt.</summary>
    public static string Create(string password) => Create(password, RandomNumberGenerator.GetBytes(SaltLength), Iterations);

    /// <summary>Whether the stored text is a verifier of this method.</summary>
    public static bool Is(string stored) => stored.StartsWith(Method + "$", StringComparison.Ordinal);

    /// <summary>Whether the stored text is that of the password.</summary>
    public static bool Verify(string stored, string password)
    {
        if (stored.Split('$') is not [Method, var cost, _] || cost.Split(':') is not [var count, var saltText]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations == 0)
            return false;
        var salt = new byte[saltText.Length];
        if (!Convert.TryFromBase64String(saltText, salt, out var length))
            return false;
        var expected = Create(password, salt[..length], iterations);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(stored), Encoding.UTF8.GetBytes(expected));
    }

    private static string Create(string password, byte[] salt, int iterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Method}${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");
    }
}
