using System.Buffers;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>Splits a byte stream into MySQL packets: a three-byte length, a sequence number, the payload; longer payloads in several packets.</summary>
internal sealed class PacketStream(Stream stream) : IAsyncDisposable
{
    /// <summary>The longest payload accepted from a server, so that a broken one cannot exhaust memory.</summary>
    public const int MaximumPayload = 64 * 1024 * 1024;

    private const int HeaderLength = 4;
    private const int LongestChunk = 0xFF_FFFF;
    private const int IdleBufferLength = 4096;

    private Stream _stream = stream;
    private byte[] _buffer = new byte[IdleBufferLength];
    private int _start;
    private int _end;
    private byte _sequence;

    /// <summary>Every command begins a new sequence.</summary>
    public void BeginCommand() => _sequence = 0;

    /// <summary>Replaces the transport by its encrypted form. Bytes that came before the handshake could have been injected.</summary>
    public async Task UpgradeAsync(Func<Stream, Task<Stream>> upgrade)
    {
        if (_end > _start)
            throw ProtocolError.Create("data before the TLS handshake");
        _stream = await upgrade(_stream);
    }

    /// <summary>The next payload, valid until the next read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        Recycle();
        var length = await ReadHeaderAsync(cancellationToken);
        if (length == LongestChunk)
            return await ReadChunksAsync(cancellationToken);
        await FillAsync(length, cancellationToken);
        return Take(length);
    }

    /// <summary>Sends one payload, in as many packets as it needs.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        int length;
        do
        {
            length = Math.Min(payload.Length, LongestChunk);
            await WriteChunkAsync(payload[..length], cancellationToken);
            payload = payload[length..];
        }
        while (length == LongestChunk);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async ValueTask WriteChunkAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        var packet = ArrayPool<byte>.Shared.Rent(HeaderLength + chunk.Length);
        try
        {
            packet[0] = (byte)chunk.Length;
            packet[1] = (byte)(chunk.Length >> 8);
            packet[2] = (byte)(chunk.Length >> 16);
            packet[3] = _sequence++;
            chunk.CopyTo(packet.AsMemory(HeaderLength));
            await _stream.WriteAsync(packet.AsMemory(0, HeaderLength + chunk.Length), cancellationToken);
        }
        finally
        {
            // Passwords pass through here.
            ArrayPool<byte>.Shared.Return(packet, clearArray: true);
        }
    }

    private async ValueTask<int> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        await FillAsync(HeaderLength, cancellationToken);
        var header = Take(HeaderLength).Span;
        if (header[3] != _sequence)
            throw ProtocolError.Create($"packet {header[3]} where {_sequence} was due");
        _sequence++;
        return header[0] | (header[1] << 8) | (header[2] << 16);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(CancellationToken cancellationToken)
    {
        var payload = new ArrayBufferWriter<byte>(LongestChunk);
        for (var length = LongestChunk; ; length = await ReadHeaderAsync(cancellationToken))
        {
            if (payload.WrittenCount + length > MaximumPayload)
                throw ProtocolError.Create($"a packet of more than {MaximumPayload} bytes");
            await FillAsync(length, cancellationToken);
            payload.Write(Take(length).Span);
            if (length < LongestChunk)
                return payload.WrittenMemory;
        }
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        var taken = _buffer.AsMemory(_start, length);
        _start += length;
        return taken;
    }

    private async ValueTask FillAsync(int length, CancellationToken cancellationToken)
    {
        if (_end - _start >= length)
            return;
        MakeRoom(length);
        while (_end - _start < length)
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException("the server closed the connection");
            _end += read;
        }
    }

    private void MakeRoom(int length)
    {
        if (_buffer.Length - _start >= length)
            return;
        var target = _buffer.Length >= length ? _buffer : new byte[Math.Max(length, 2 * _buffer.Length)];
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, _end - _start);
    }

    // A thousand idle connections must not each keep the buffer of their largest answer.
    private void Recycle()
    {
        if (_start < _end)
            return;
        _start = _end = 0;
        if (_buffer.Length > 16 * IdleBufferLength)
            _buffer = new byte[IdleBufferLength];
    }
}
