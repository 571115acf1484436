namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Bytes that no MySQL server sends: the connection cannot be trusted any more.</summary>
internal static class ProtocolError
{
    public static IOException Create(string reason) => new($"malformed answer from the server: {reason}");
}
