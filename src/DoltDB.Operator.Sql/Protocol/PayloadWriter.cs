using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Writes the fields of one packet in order.</summary>
internal sealed class PayloadWriter(int capacity = 128)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(capacity);

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public PayloadWriter Byte(byte value) => Bytes([value]);

    public PayloadWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    public PayloadWriter Zeros(int count)
    {
        _buffer.GetSpan(count)[..count].Clear();
        _buffer.Advance(count);
        return this;
    }

    public PayloadWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    public PayloadWriter Text(string text)
    {
        Encoding.UTF8.GetBytes(text, _buffer);
        return this;
    }

    /// <summary>A string that ends with NUL, which it therefore must not contain.</summary>
    public PayloadWriter NullTerminated(string text) =>
        text.Contains('\0') ? throw new ArgumentException("the text contains a NUL character", nameof(text)) : Text(text).Byte(0);
}
