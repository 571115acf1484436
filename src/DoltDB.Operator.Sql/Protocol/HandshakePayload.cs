using System.Text;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>What a server says first (protocol version 10).</summary>
internal sealed record HandshakePayload(string ServerVersion, Capabilities Capabilities, byte[] Challenge, string Plugin)
{
    private const byte ProtocolVersion = 10;
    private const int ChallengeStart = 8;
    private const int ChallengeLength = 20;

    public static HandshakePayload Parse(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload);
        if (reader.ReadByte() is var version && version != ProtocolVersion)
            throw ProtocolError.Create($"handshake version {version}; is this a MySQL port?");
        var serverVersion = Encoding.UTF8.GetString(reader.ReadNullTerminated());
        reader.ReadUInt32(); // connection id
        var challenge = new byte[ChallengeLength];
        reader.ReadBytes(ChallengeStart).CopyTo(challenge);
        reader.ReadByte(); // filler
        uint capabilities = reader.ReadUInt16();
        reader.ReadBytes(3); // character set, status
        capabilities |= (uint)reader.ReadUInt16() << 16;
        var challengeLength = reader.ReadByte();
        reader.ReadBytes(10); // reserved
        var rest = reader.ReadBytes(Math.Max(ChallengeLength + 1, (int)challengeLength) - ChallengeStart);
        rest[..(ChallengeLength - ChallengeStart)].CopyTo(challenge.AsSpan(ChallengeStart));
        var plugin = reader.Remaining > 0 ? ReadPlugin(ref reader) : AuthenticationPlugins.Native;
        return new(serverVersion, (Capabilities)capabilities, challenge, plugin);
    }

    // Some servers leave out the final NUL.
    private static string ReadPlugin(ref PayloadReader reader) => Encoding.UTF8.GetString(reader.ReadToEnd().TrimEnd((byte)0));
}
