using System.Text;

namespace DoltDB.Operator.Sandbox.ApiServer.Http;

/// <summary>A request, free of how it came in: over HTTP or from a client in the same process.</summary>
public sealed record ApiRequest
{
    /// <summary>HTTP method in upper case.</summary>
    public required string Method { get; init; }

    /// <summary>Path without the query.</summary>
    public required string Path { get; init; }

    /// <summary>Query parameters.</summary>
    public ApiQuery Query { get; init; } = ApiQuery.Empty;

    /// <summary>Accept header; empty takes JSON.</summary>
    public string Accept { get; init; } = "";

    /// <summary>Content type of the body.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>User agent: the default field manager, and what the request log counts by.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>If-None-Match header, for discovery.</summary>
    public string IfNoneMatch { get; init; } = "";

    /// <summary>Host and port as the client named them.</summary>
    public string Host { get; init; } = "";

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether the answer is for human eyes: indented JSON.</summary>
    internal bool IsPretty =>
        Query["pretty"] is { } pretty
            ? pretty is "true" or "1"
            : UserAgent.StartsWith("curl", StringComparison.Ordinal) || UserAgent.StartsWith("Wget", StringComparison.Ordinal)
                || UserAgent.StartsWith("Mozilla", StringComparison.Ordinal);
}

/// <summary>Query parameters of a request.</summary>
public sealed class ApiQuery
{
    /// <summary>No parameters.</summary>
    public static readonly ApiQuery Empty = new([]);

    private readonly List<KeyValuePair<string, string>> parameters;

    private ApiQuery(List<KeyValuePair<string, string>> parameters) => this.parameters = parameters;

    /// <summary>The first value of a parameter; null when it is missing.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in parameters)
            {
                if (key == name)
                    return value;
            }

            return null;
        }
    }

    /// <summary>The given parameters; those with a null value are left out.</summary>
    public static ApiQuery Of(params ReadOnlySpan<(string Name, string? Value)> values)
    {
        var list = new List<KeyValuePair<string, string>>(values.Length);
        foreach (var (name, value) in values)
        {
            if (value is not null)
                list.Add(new(name, value));
        }

        return new ApiQuery(list);
    }

    /// <summary>Parses <c>?a=b&amp;c=d</c>.</summary>
    public static ApiQuery Parse(string query)
    {
        var list = new List<KeyValuePair<string, string>>();
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            list.Add(at < 0 ? new(Decode(pair), "") : new(Decode(pair[..at]), Decode(pair[(at + 1)..])));
        }

        return new ApiQuery(list);
    }

    /// <summary>Whether the parameter is given as <c>true</c> or <c>1</c>.</summary>
    public bool IsTrue(string name) => this[name] is "true" or "1" or "True" or "t" or "T" or "TRUE";

    /// <summary>All values of a parameter.</summary>
    public IReadOnlyList<string> All(string name) => [.. parameters.Where(p => p.Key == name).Select(p => p.Value)];

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (key, value) in parameters)
            text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
        return text.ToString();
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
