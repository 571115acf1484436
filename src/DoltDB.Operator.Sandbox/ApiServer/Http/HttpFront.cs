using System.Buffers;
using System.Net;
using DoltDB.Operator.Sandbox.ApiServer.Writes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Sandbox.ApiServer.Http;

/// <summary>The sockets of the API server: plain HTTP on a loopback address.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private const long LargestBody = 8 * 1024 * 1024;

    private readonly WebApplication app;

    private HttpFront(WebApplication app) => this.app = app;

    /// <summary>Base address with the port that was chosen.</summary>
    public Uri Url => new(app.Urls.First());

    /// <summary>Listens on the address; port 0 takes a free one.</summary>
    public static async Task<HttpFront> StartAsync(IPEndPoint address, RequestHandler handler, CancellationToken stopping, CancellationToken cancellationToken)
    {
        // Empty: the other builders read appsettings.json and environment variables, and watch all files below the current directory.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, handler, stopping));
        await app.StartAsync(cancellationToken);
        return new HttpFront(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, RequestHandler handler, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            var request = await ReadAsync(context.Request, either.Token);
            await WriteAsync(context.Response, request, await handler.HandleAsync(request, either.Token), either.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            // The client is gone, the server stops, or a fault breaks the connection: all look the same from outside.
            context.Abort();
        }
    }

    private static async Task<ApiRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken) => new()
    {
        Method = request.Method,
        Path = request.Path.Value ?? "/",
        Query = ApiQuery.Parse(request.QueryString.Value ?? ""),
        Accept = request.Headers.Accept.ToString(),
        ContentType = request.ContentType ?? "",
        UserAgent = request.Headers.UserAgent.ToString(),
        IfNoneMatch = request.Headers.IfNoneMatch.ToString(),
        Host = request.Host.Value ?? "",
        Body = await ReadBodyAsync(request, cancellationToken),
    };

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength == 0 || HttpMethods.IsGet(request.Method))
            return default;
        using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, LargestBody));
        await request.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.ToArray();
    }

    private static async Task WriteAsync(HttpResponse response, ApiRequest request, ApiAnswer answer, CancellationToken cancellationToken)
    {
        response.StatusCode = answer.Code;
        foreach (var (name, value) in answer.Headers)
            response.Headers.Append(name, value);
        switch (answer)
        {
            case ApiAnswer.Content content:
                var (body, type) = AnswerFormat.Of(request, content);
                if (body.Length > 0 || answer.Code != 304)
                    response.ContentType = type;
                response.ContentLength = answer.Code == 304 ? null : body.Length;
                if (answer.Code != 304 && request.Method != "HEAD")
                    await response.Body.WriteAsync(body, cancellationToken);
                break;
            case ApiAnswer.Watch watch:
                response.ContentType = "application/json";
                await response.StartAsync(cancellationToken);
                await response.BodyWriter.FlushAsync(cancellationToken);
                await AnswerWriter.WriteAsync(watch.Frames, response.BodyWriter, cancellationToken);
                break;
            case ApiAnswer.Text text:
                response.ContentType = "text/plain";
                await response.StartAsync(cancellationToken);
                await AnswerWriter.WriteAsync(text.Chunks, response.BodyWriter, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"an answer of type {answer.GetType().Name} cannot be written");
        }
    }
}
