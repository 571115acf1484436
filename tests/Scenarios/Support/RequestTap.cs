using System.Collections.Concurrent;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>A request as it was sent, and the code of its answer.</summary>
/// <param name="Method">GET, PUT, PATCH...</param>
/// <param name="Resource">Plural with its subresource, <c>pods/eviction</c>.</param>
/// <param name="Query">With its question mark, decoded; empty without one.</param>
/// <param name="Accept">The form that was asked for.</param>
/// <param name="Code">HTTP status of the answer.</param>
internal sealed record SentRequest(string Method, string Resource, string Query, string Accept, int Code)
{
    /// <summary>Whether a collection was read or watched, rather than one object.</summary>
    public required bool IsCollection { get; init; }
}

/// <summary>Sits between an operator and the API server: keeps what was sent, and lets a scenario do something in the moment before a request arrives.</summary>
internal sealed class RequestTap : DelegatingHandler
{
    private readonly ConcurrentQueue<SentRequest> sent = new();
    private Interruption? interruption;

    /// <summary>What was sent and answered up to now.</summary>
    public IReadOnlyList<SentRequest> Sent => [.. sent];

    /// <summary>Does the work just before the next request of that method and resource arrives, once.</summary>
    public void Before(string method, string resource, Func<Task> work) => Interlocked.Exchange(ref interruption, new Interruption(method, resource, work));

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (resource, isCollection) = Parse(request.RequestUri!.AbsolutePath);
        if (interruption is { } due && due.Method == request.Method.Method && due.Resource == resource && Interlocked.CompareExchange(ref interruption, null, due) == due)
            await due.Work();
        var response = await base.SendAsync(request, cancellationToken);
        sent.Enqueue(new SentRequest(request.Method.Method, resource, Uri.UnescapeDataString(request.RequestUri.Query), request.Headers.Accept.ToString(), (int)response.StatusCode)
        {
            IsCollection = isCollection,
        });
        return response;
    }

    /// <summary><c>/api/v1/namespaces/shop/pods/db-0/eviction</c> is <c>pods/eviction</c>, of one object.</summary>
    private static (string Resource, bool IsCollection) Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var rest = parts[(parts[0] == "api" ? 2 : 3)..];
        if (rest is ["namespaces", _, _, ..])
            rest = rest[2..];
        return rest switch
        {
            [var resource, _, var subresource, ..] => ($"{resource}/{subresource}", false),
            [var resource, _] => (resource, false),
            [var resource] => (resource, true),
            _ => (path, false),
        };
    }

    private sealed record Interruption(string Method, string Resource, Func<Task> Work);
}
