using System.IO.Pipelines;
using System.Net;
using System.Text;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Fakes;

/// <summary>Answers HTTP requests from a script and keeps what was asked.</summary>
internal sealed class StubServer : HttpMessageHandler
{
    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> answers = new();

    /// <summary>Method, path with query, content type and body of each request.</summary>
    public List<(string Line, string? ContentType, string Body, string? Token)> Requests { get; } = [];

    public ManualTimeProvider Clock { get; } = new();

    public StubServer Answers(string body, HttpStatusCode code = HttpStatusCode.OK, int? retryAfter = null)
    {
        answers.Enqueue(_ =>
        {
            var response = new HttpResponseMessage(code) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            if (retryAfter is { } seconds)
                response.Headers.Add("Retry-After", $"{seconds}");
            return Task.FromResult(response);
        });
        return this;
    }

    public StubServer Fails(int code, string reason, string message, int? retryAfter = null) =>
        Answers($$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""", (HttpStatusCode)code, retryAfter);

    /// <summary>Answers with a body that the returned writer fills as the test goes.</summary>
    public PipeWriter Streams()
    {
        var pipe = new Pipe();
        answers.Enqueue(_ => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(pipe.Reader.AsStream()) }));
        return pipe.Writer;
    }

    /// <summary>Never answers the next request.</summary>
    public StubServer Hangs()
    {
        answers.Enqueue(async cancellationToken =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException("not reached");
        });
        return this;
    }

    public KubernetesClient CreateClient(IClientCredentials? credentials = null, string address = "http://server") => new(
        new KubernetesClientConfiguration { Server = new Uri(address), Credentials = credentials ?? new FixedCredentials(null, null) },
        this,
        new KubernetesClientOptions(),
        Clock,
        new KubernetesMetrics(),
        NullLogger<KubernetesClient>.Instance);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((
            $"{request.Method} {Uri.UnescapeDataString(request.RequestUri!.PathAndQuery)}",
            request.Content?.Headers.ContentType?.MediaType,
            body,
            request.Headers.Authorization?.Parameter));
        return await answers.Dequeue()(cancellationToken);
    }
}
