using System.Net;

namespace DoltDB.Operator.Sandboxes;

/// <summary>Everything that can be said to <c>doltdb-operator sandbox</c>.</summary>
internal sealed record SandboxCommandOptions
{
    /// <summary>Manifest files; the built-in sample when empty.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Directory that is kept; null for a temporary one.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Path of a dolt, <c>simulated</c>, or null for the one on the PATH.</summary>
    public string? Dolt { get; init; }

    /// <summary>Where the Kubernetes API listens.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Where to write the kubeconfig.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Whether the operator runs in this process.</summary>
    public bool RunsOperator { get; init; } = true;

    /// <summary>End once everything is Ready.</summary>
    public bool ExitsWhenReady { get; init; }

    /// <summary>Least level of the operator's log that is printed.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Error;
}
