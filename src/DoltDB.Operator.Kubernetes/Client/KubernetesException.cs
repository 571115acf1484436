namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>A failure that the API server answered. Decide by <see cref="Code"/>, never by the text.</summary>
public sealed class KubernetesException : Exception
{
    /// <summary>Creates the exception from a Status answer.</summary>
    public KubernetesException(int code, string? reason, string message)
        : base(message)
    {
        Code = code;
        Reason = reason;
    }

    /// <summary>HTTP status code.</summary>
    public int Code { get; }

    /// <summary>The Status reason, <c>Conflict</c>; null when the server gave none.</summary>
    public string? Reason { get; }

    /// <summary>How long the server asks to wait before trying again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether something was to be created in a namespace that is being deleted: nothing ever can be, and nothing is missed.</summary>
    public bool IsNamespaceTerminating { get; init; }

    /// <summary>Kind or plural of the object that the answer is about; null when the server does not say.</summary>
    public string? ObjectKind { get; init; }

    /// <summary>Name of the object that the answer is about; null when the server does not say.</summary>
    public string? ObjectName { get; init; }

    /// <summary>The fields that the server found fault with.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Whether another writer was faster (409 Conflict): read again and retry.</summary>
    public bool IsConflict => Code == 409;

    /// <summary>Whether a list or watch must start over (410).</summary>
    public bool IsExpired => Code == 410;
}
