using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;

namespace DoltDB.Operator.Sandbox.ApiServer.Http;

/// <summary>Answers the requests of an HTTP client in the same process, without sockets.</summary>
internal sealed class InProcessHandler(RequestHandler handler, CancellationToken stopping) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (stopping.IsCancellationRequested)
            throw new HttpRequestException("the API server has stopped");
        var uri = request.RequestUri!;
        var asked = new ApiRequest
        {
            Method = request.Method.Method,
            Path = Uri.UnescapeDataString(uri.AbsolutePath),
            Query = ApiQuery.Parse(uri.Query),
            Accept = request.Headers.Accept.ToString(),
            ContentType = request.Content?.Headers.ContentType?.ToString() ?? "",
            UserAgent = request.Headers.UserAgent.ToString(),
            Host = uri.Authority,
            Body = request.Content is null ? default : await request.Content.ReadAsByteArrayAsync(cancellationToken),
        };
        var answer = await handler.HandleAsync(asked, cancellationToken);
        var response = new HttpResponseMessage((HttpStatusCode)answer.Code) { RequestMessage = request };
        foreach (var (name, value) in answer.Headers)
            response.Headers.TryAddWithoutValidation(name, value);
        response.Content = answer switch
        {
            ApiAnswer.Content content => Whole(content),
            ApiAnswer.Watch watch => Streamed((writer, token) => AnswerWriter.WriteAsync(watch.Frames, writer, token)),
            ApiAnswer.Text text => Streamed((writer, token) => AnswerWriter.WriteAsync(text.Chunks, writer, token)),
            _ => throw new InvalidOperationException($"an answer of type {answer.GetType().Name} cannot be sent"),
        };
        return response;
    }

    private static ReadOnlyMemoryContent Whole(ApiAnswer.Content content)
    {
        var body = new ReadOnlyMemoryContent(content.Body);
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(content.ContentType);
        return body;
    }

    /// <summary>A body that is written while it is read; it ends when the reader closes it.</summary>
    private StreamContent Streamed(Func<PipeWriter, CancellationToken, Task> write)
    {
        var pipe = new Pipe();
        var closed = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _ = PumpAsync(pipe.Writer, write, closed);
        return new StreamContent(new ClosingStream(pipe.Reader.AsStream(), closed));
    }

    private static async Task PumpAsync(PipeWriter writer, Func<PipeWriter, CancellationToken, Task> write, CancellationTokenSource closed)
    {
        try
        {
            await write(writer, closed.Token);
            await writer.CompleteAsync();
        }
        catch (OperationCanceledException)
        {
            await writer.CompleteAsync();
        }
        catch (Exception exception)
        {
            await writer.CompleteAsync(exception);
        }
        finally
        {
            closed.Dispose();
        }
    }

    /// <summary>Tells the writer when the reader is done: a silent watch would never notice.</summary>
    private sealed class ClosingStream(Stream inner, CancellationTokenSource closed) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.ReadAsync(buffer, offset, count, cancellationToken);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                try
                {
                    closed.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // The watch has ended by itself.
                }

                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
