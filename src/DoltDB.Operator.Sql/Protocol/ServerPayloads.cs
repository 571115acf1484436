using System.Runtime.InteropServices;
using System.Text;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>First bytes of the packets that a server sends.</summary>
internal static class Marker
{
    public const byte Ok = 0x00;
    public const byte MoreData = 0x01;
    public const byte LocalFile = 0xFB;
    public const byte EndOrSwitch = 0xFE;
    public const byte Error = 0xFF;

    /// <summary>The marker of a payload, which is never empty.</summary>
    public static byte Of(ReadOnlyMemory<byte> payload) =>
        payload.IsEmpty ? throw ProtocolError.Create("an empty packet") : payload.Span[0];
}

/// <summary>A statement succeeded without rows.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OkPayload(long AffectedRows, ServerStatus Status, int Warnings)
{
    public static OkPayload Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        reader.ReadByte();
        var affected = (long)reader.ReadLengthEncodedInteger();
        reader.ReadLengthEncodedInteger(); // last insert id
        return new(affected, (ServerStatus)reader.ReadUInt16(), reader.ReadUInt16());
    }
}

/// <summary>The end of a list of columns or rows.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EndPayload(ServerStatus Status, int Warnings)
{
    /// <summary>A row may begin with the same byte, but only when it is longer.</summary>
    public static bool Is(ReadOnlySpan<byte> payload) => payload is [Marker.EndOrSwitch, ..] && payload.Length < 9;

    public static EndPayload Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        reader.ReadByte();
        int warnings = reader.ReadUInt16();
        return new((ServerStatus)reader.ReadUInt16(), warnings);
    }
}

/// <summary>An error; before the handshake it comes without an SQL state.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ErrorPayload(int Code, string Message)
{
    private const int SqlStateLength = 5;

    public static ErrorPayload Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        reader.ReadByte();
        int code = reader.ReadUInt16();
        var rest = reader.ReadToEnd();
        return new(code, Encoding.UTF8.GetString(rest is [(byte)'#', ..] && rest.Length > SqlStateLength ? rest[(SqlStateLength + 1)..] : rest));
    }

    /// <summary>The exception, its message freed of what the statement may have held.</summary>
    public DoltException ToException(string statement) => new(Code, ErrorText.Scrub(Code, Message, statement));
}

/// <summary>The server wants another login method than the one it announced.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AuthSwitchPayload(string Plugin, byte[] Challenge)
{
    public static AuthSwitchPayload Parse(ReadOnlySpan<byte> payload)
    {
        if (payload.Length == 1)
            throw new DoltException(ClientErrors.UnknownPlugin, "the server asks for the authentication method of MySQL before 4.1");
        var reader = new PayloadReader(payload);
        reader.ReadByte();
        var plugin = Encoding.UTF8.GetString(reader.ReadNullTerminated());
        var challenge = reader.ReadToEnd();
        return new(plugin, (challenge is [.., 0] ? challenge[..^1] : challenge).ToArray());
    }
}

/// <summary>Status flags that come with every end of a result.</summary>
[Flags]
internal enum ServerStatus : ushort
{
    None = 0,
    MoreResults = 0x8,
}
