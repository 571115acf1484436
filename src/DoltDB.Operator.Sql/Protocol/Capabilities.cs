namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Capability flags of the MySQL handshake that this client knows.</summary>
[Flags]
internal enum Capabilities : uint
{
    None = 0,
    LongPassword = 0x1,
    LongFlag = 0x4,
    ConnectWithDatabase = 0x8,
    Protocol41 = 0x200,
    Tls = 0x800,
    Transactions = 0x2000,
    SecureConnection = 0x8000,
    MultiResults = 0x2_0000,
    PluginAuthentication = 0x8_0000,

    /// <summary>What every session asks for. Multiple statements a query are left out on purpose: a quoting error must not start a second one.</summary>
    Session = LongPassword | LongFlag | Protocol41 | Transactions | SecureConnection | MultiResults | PluginAuthentication,
}
