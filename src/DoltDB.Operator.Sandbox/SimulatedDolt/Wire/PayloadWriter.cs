using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>Builds one packet.</summary>
internal sealed class PayloadWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(64);

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public PayloadWriter Byte(byte value)
    {
        _buffer.Write([value]);
        return this;
    }

    public PayloadWriter UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.GetSpan(2), (ushort)value);
        _buffer.Advance(2);
        return this;
    }

    public PayloadWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public PayloadWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    public PayloadWriter Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public PayloadWriter NullTerminated(string text) => Text(text).Byte(0);

    public PayloadWriter LengthEncoded(long value)
    {
        switch (value)
        {
            case < 0xfb:
                return Byte((byte)value);
            case <= 0xffff:
                return Byte(0xfc).UInt16((int)value);
            case <= 0xffffff:
                return Byte(0xfd).UInt16((int)(value & 0xffff)).Byte((byte)(value >> 16));
            default:
                return Byte(0xfe).UInt32((uint)value).UInt32((uint)(value >> 32));
        }
    }

    public PayloadWriter LengthEncoded(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return LengthEncoded(bytes.LongLength).Bytes(bytes);
    }
}
