using System.Collections.Concurrent;

namespace DoltDB.Operator.Sandbox.ApiServer.Faults;

/// <summary>What kind of request it was, as the counters see it.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete or deletecollection.</param>
/// <param name="Resource">Plural with its subresource, <c>pods/status</c>.</param>
/// <param name="UserAgent">First word of the user agent, up to the slash.</param>
public readonly record struct RequestKind(string Verb, string Resource, string UserAgent)
{
    /// <summary>Whether requests of this kind may change something.</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";
}

/// <summary>How many requests there were of each kind, answered or failed.</summary>
public sealed class RequestLog
{
    private readonly ConcurrentDictionary<RequestKind, long> counts = new();

    /// <summary>The counters as they are now.</summary>
    public IReadOnlyDictionary<RequestKind, long> Counts => counts.ToDictionary();

    /// <summary>How many requests of the matching kinds there were.</summary>
    public long Count(Func<RequestKind, bool> matches) => counts.Where(entry => matches(entry.Key)).Sum(entry => entry.Value);

    /// <summary>How many writes there were of the given user agent, or of all.</summary>
    public long Writes(string? userAgent = null) => Count(kind => kind.IsWrite && (userAgent is null || kind.UserAgent == userAgent));

    /// <summary>Counts from zero again.</summary>
    public void Clear() => counts.Clear();

    internal void Add(RequestKind kind) => counts.AddOrUpdate(kind, 1, static (_, count) => count + 1);
}
