using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>Reads the lines of a watch as they come.</summary>
internal static class WatchReader
{
    /// <summary>
    /// Events until the stream ends or <paramref name="guard"/> is cancelled, which ends it without an error: a stream that is silent beyond
    /// its time was lost on the way.
    /// </summary>
    public static async IAsyncEnumerable<WatchEvent<T>> ReadEventsAsync<T>(
        this ResourceKind<T> kind,
        Stream stream,
        CancellationToken guard,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, guard);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, useZeroByteReads: true));
        try
        {
            while (await ReadAsync(reader, either.Token, guard, cancellationToken) is { } result)
            {
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    if (!line.IsEmpty)
                        yield return kind.ReadEvent(line);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                    yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async ValueTask<ReadResult?> ReadAsync(PipeReader reader, CancellationToken either, CancellationToken guard, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(either);
        }
        catch (Exception) when (guard.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }
}
