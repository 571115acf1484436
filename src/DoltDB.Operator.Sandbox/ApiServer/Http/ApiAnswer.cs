using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Http;

/// <summary>What the API server answers.</summary>
public abstract record ApiAnswer(int Code)
{
    /// <summary>Further headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>A JSON value.</summary>
    internal static Content Json(int code, JsonNode body) => new(code, CanonicalJson.Serialize(body));

    /// <summary>A whole body.</summary>
    public sealed record Content(int Code, ReadOnlyMemory<byte> Body) : ApiAnswer(Code)
    {
        /// <summary>Content type of the body.</summary>
        public string ContentType { get; init; } = "application/json";
    }

    /// <summary>A stream of watch events.</summary>
    public sealed record Watch(IAsyncEnumerable<WatchFrame> Frames) : ApiAnswer(200);

    /// <summary>A stream of text, for logs.</summary>
    public sealed record Text(IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks) : ApiAnswer(200);
}

/// <summary>One event of a watch.</summary>
/// <param name="Type">ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.</param>
/// <param name="Object">The event's object as JSON.</param>
public readonly record struct WatchFrame(string Type, ReadOnlyMemory<byte> Object);
