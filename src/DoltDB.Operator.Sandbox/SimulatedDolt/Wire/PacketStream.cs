using System.Buffers.Binary;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>Packets of the MySQL protocol over a stream: three bytes of length, one of sequence.</summary>
internal sealed class PacketStream(Stream stream)
{
    private const int HeaderBytes = 4;
    private const int LargestPayload = 0xffffff;

    private readonly byte[] _header = new byte[HeaderBytes];
    private readonly MemoryStream _outgoing = new();
    private byte _sequence;

    /// <summary>The same conversation over another stream: TLS begins.</summary>
    public PacketStream Over(Stream secured) => new(secured) { _sequence = _sequence };

    /// <summary>A new command begins.</summary>
    public void ResetSequence() => _sequence = 0;

    /// <summary>The next packet, or null when the peer has closed.</summary>
    public async Task<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] whole = [];
        while (true)
        {
            if (await stream.ReadAtLeastAsync(_header, HeaderBytes, throwOnEndOfStream: false, cancellationToken) < HeaderBytes) return null;
            var length = _header[0] | (_header[1] << 8) | (_header[2] << 16);
            _sequence = (byte)(_header[3] + 1);
            var payload = new byte[length];
            if (await stream.ReadAtLeastAsync(payload, length, throwOnEndOfStream: false, cancellationToken) < length) return null;
            whole = whole.Length == 0 ? payload : [.. whole, .. payload];
            if (length < LargestPayload) return whole;
        }
    }

    /// <summary>Puts a packet into the answer.</summary>
    public void Write(ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        while (true)
        {
            var part = payload[..Math.Min(payload.Length, LargestPayload)];
            BinaryPrimitives.WriteInt32LittleEndian(header, part.Length);
            header[3] = _sequence++;
            _outgoing.Write(header);
            _outgoing.Write(part);
            payload = payload[part.Length..];
            if (part.Length < LargestPayload) return;
        }
    }

    /// <summary>Sends what was written.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_outgoing.GetBuffer().AsMemory(0, (int)_outgoing.Length), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        _outgoing.SetLength(0);
        if (_outgoing.Capacity > LargestPayload) _outgoing.Capacity = 0;
    }
}
