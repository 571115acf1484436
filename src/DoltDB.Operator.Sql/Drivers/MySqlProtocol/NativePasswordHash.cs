using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>How servers store a password for <c>mysql_native_password</c>.</summary>
internal static class NativePasswordHash
{
    public const string Plugin = "mysql_native_password";

    /// <summary><c>*HEX(SHA1(SHA1(password)))</c>.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "The protocol prescribes SHA-1.")]
    public static string Of(string password) => "*" + Convert.ToHexString(SHA1.HashData(SHA1.HashData(Encoding.UTF8.GetBytes(password))));
}
