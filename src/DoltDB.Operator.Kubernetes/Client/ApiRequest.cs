using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>A request as data, so that it can be sent again.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Verb, string Kind, string Uri)
{
    /// <summary>JSON to send.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>What the JSON is.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The form in which the answer is wanted.</summary>
    public string Accept { get; init; } = "application/json";

    /// <summary>Whether a 429 is an answer (an eviction that a budget refuses) and no request to slow down.</summary>
    public bool TooManyRequestsIsAnAnswer { get; init; }

    /// <summary>A new message for one attempt, relative to the server's address, which may have a path of its own.</summary>
    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(Method, new Uri(Uri.TrimStart('/'), UriKind.Relative));
        message.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(Accept));
        if (Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }

        return message;
    }
}

/// <summary>Reads a whole body.</summary>
internal delegate T BodyParser<out T>(in ReadOnlySequence<byte> body);

/// <summary>A path with query parameters; absent values are left out.</summary>
internal sealed class QueryBuilder(string path)
{
    private readonly StringBuilder text = new(path);
    private char separator = '?';

    /// <summary>Adds a parameter unless its value is null.</summary>
    public QueryBuilder With(string name, string? value)
    {
        if (value is null)
            return this;
        text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
        separator = '&';
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
