using System.Buffers.Binary;
using System.Text;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>Reads the fields of one packet.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count > _rest.Length) throw new InvalidDataException("malformed packet");
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public byte ReadByte() => ReadBytes(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    public string ReadNullTerminated()
    {
        var end = _rest.IndexOf((byte)0);
        if (end < 0) end = _rest.Length;
        var text = Encoding.UTF8.GetString(_rest[..end]);
        _rest = _rest[Math.Min(end + 1, _rest.Length)..];
        return text;
    }

    public ReadOnlySpan<byte> ReadLengthEncoded()
    {
        var first = ReadByte();
        var length = first switch
        {
            0xfc => BinaryPrimitives.ReadUInt16LittleEndian(ReadBytes(2)),
            0xfd => ReadByte() | (ReadByte() << 8) | (ReadByte() << 16),
            0xfe => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8))),
            _ => first,
        };
        return ReadBytes(length);
    }
}
