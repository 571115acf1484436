using System.Buffers.Binary;
using System.Text;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Reads the fields of one packet in order; a field that does not fit is an <see cref="IOException"/>.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private const byte NullMarker = 0xFB;
    private ReadOnlySpan<byte> _rest = payload;

    public readonly int Remaining => _rest.Length;

    public byte ReadByte() => ReadBytes(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > _rest.Length)
            throw ProtocolError.Create($"a packet ends {count - _rest.Length} bytes too early");
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public ReadOnlySpan<byte> ReadToEnd() => ReadBytes(_rest.Length);

    public ReadOnlySpan<byte> ReadNullTerminated()
    {
        var end = _rest.IndexOf((byte)0);
        if (end < 0)
            throw ProtocolError.Create("an unterminated string");
        var bytes = ReadBytes(end);
        ReadBytes(1);
        return bytes;
    }

    public ulong ReadLengthEncodedInteger() => ReadByte() switch
    {
        < NullMarker and var small => small,
        0xFC => ReadUInt16(),
        0xFD => ReadUInt16() | ((ulong)ReadByte() << 16),
        0xFE => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8)),
        var marker => throw ProtocolError.Create($"0x{marker:X2} begins no length"),
    };

    /// <summary>A length-encoded string, or null for SQL NULL.</summary>
    public string? ReadText()
    {
        if (_rest is [NullMarker, ..])
        {
            ReadByte();
            return null;
        }

        return Encoding.UTF8.GetString(ReadLengthEncodedBytes());
    }

    public ReadOnlySpan<byte> ReadLengthEncodedBytes()
    {
        var length = ReadLengthEncodedInteger();
        return length > int.MaxValue ? throw ProtocolError.Create("a string of more than 2 GiB") : ReadBytes((int)length);
    }
}
