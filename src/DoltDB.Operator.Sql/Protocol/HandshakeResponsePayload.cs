namespace DoltDB.Operator.Sql.Protocol;

/// <summary>The client's answers to the handshake: a request for TLS, then the login.</summary>
internal static class HandshakeResponsePayload
{
    // utf8mb4_general_ci: the one utf8mb4 collation that every MySQL-compatible server knows by number.
    private const byte Utf8Mb4 = 45;

    public static ReadOnlyMemory<byte> CreateTlsRequest(Capabilities capabilities) => Head(capabilities).Written;

    public static ReadOnlyMemory<byte> Create(Capabilities capabilities, string user, ReadOnlySpan<byte> response, string? database, string plugin)
    {
        var writer = Head(capabilities).NullTerminated(user).Byte((byte)response.Length).Bytes(response);
        if (capabilities.HasFlag(Capabilities.ConnectWithDatabase))
            writer.NullTerminated(database ?? "");
        return writer.NullTerminated(plugin).Written;
    }

    private static PayloadWriter Head(Capabilities capabilities) =>
        new PayloadWriter().UInt32((uint)capabilities).UInt32(PacketStream.MaximumPayload).Byte(Utf8Mb4).Zeros(23);
}
