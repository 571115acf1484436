namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>Capability flags of the protocol that this server offers or reads.</summary>
[Flags]
internal enum Capabilities : uint
{
    None = 0,
    LongPassword = 1,
    FoundRows = 1 << 1,
    LongFlag = 1 << 2,
    ConnectWithDatabase = 1 << 3,
    Protocol41 = 1 << 9,
    Ssl = 1 << 11,
    Transactions = 1 << 13,
    SecureConnection = 1 << 15,
    MultiStatements = 1 << 16,
    MultiResults = 1 << 17,
    PluginAuthentication = 1 << 19,
    ConnectAttributes = 1 << 20,
    LengthEncodedAuthentication = 1 << 21,
    DeprecateEof = 1 << 24,

    Offered = LongPassword | FoundRows | LongFlag | ConnectWithDatabase | Protocol41 | Transactions | SecureConnection | MultiStatements | MultiResults
        | PluginAuthentication | ConnectAttributes | LengthEncodedAuthentication | DeprecateEof,
}
