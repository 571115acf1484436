namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>Which lines of a container to read.</summary>
public sealed record PodLogOptions
{
    /// <summary>The container; the only one when null.</summary>
    public string? Container { get; init; }

    /// <summary>Go on with new lines until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Only so many of the last lines; all when null.</summary>
    public long? TailLines { get; init; }

    /// <summary>The lines of the container's previous run.</summary>
    public bool Previous { get; init; }
}
