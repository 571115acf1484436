namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>What a watch cache keeps.</summary>
public sealed record CacheOptions<T>
{
    /// <summary>Label selector in the server's syntax; null for all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Drops from an object what nobody reads, before it is stored.</summary>
    public Func<T, T>? Transform { get; init; }

    /// <summary>
    /// Whether the kind may be missing on the server (a custom resource of another product) or may not be read (cluster-wide, for an operator of
    /// some namespaces). Such a kind is an empty, synced cache that looks again each minute.
    /// </summary>
    public bool Optional { get; init; }
}
