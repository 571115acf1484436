using System.Buffers;
using System.IO.Pipelines;

namespace DoltDB.Operator.Sandbox.ApiServer.Http;

/// <summary>Writes streamed answers the way they go over the wire.</summary>
internal static class AnswerWriter
{
    /// <summary>Writes watch events, one JSON line each, until the watch ends or the reader leaves.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<WatchFrame> frames, PipeWriter writer, CancellationToken cancellationToken)
    {
        await foreach (var frame in frames.WithCancellation(cancellationToken))
        {
            writer.Write("{\"type\":\""u8);
            writer.Write(System.Text.Encoding.ASCII.GetBytes(frame.Type));
            writer.Write("\",\"object\":"u8);
            writer.Write(frame.Object.Span);
            writer.Write("}\n"u8);
            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
                return;
        }
    }

    /// <summary>Writes pieces of text as they come.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, PipeWriter writer, CancellationToken cancellationToken)
    {
        await foreach (var chunk in chunks.WithCancellation(cancellationToken))
        {
            writer.Write(chunk.Span);
            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
                return;
        }
    }
}
