namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Codes that MySQL's own client library uses for errors that the client finds.</summary>
internal static class ClientErrors
{
    /// <summary>TLS cannot be had as asked for.</summary>
    public const int Tls = 2026;

    /// <summary>The server asks for an authentication method that the client does not have.</summary>
    public const int UnknownPlugin = 2059;

    /// <summary>The authentication method cannot be used on this connection.</summary>
    public const int PluginRefused = 2061;
}
