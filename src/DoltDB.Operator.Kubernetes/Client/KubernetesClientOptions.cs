namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>How the client treats the API server.</summary>
public sealed record KubernetesClientOptions
{
    /// <summary>Time for one call, retries that the server asks for included. A watch has it for its first answer.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time to open a connection to the API server, TLS included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much longer than its server timeout a silent watch is believed in.</summary>
    public TimeSpan WatchMargin { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Requests a second in the long run.</summary>
    public double RequestsPerSecond { get; init; } = 1000;

    /// <summary>Requests that may go at once.</summary>
    public int RequestBurst { get; init; } = 2000;

    /// <summary>User-Agent header.</summary>
    public string UserAgent { get; init; } = "doltdb-operator/0.1";

    /// <summary>Under which name the server keeps the fields that a patch sets.</summary>
    public string FieldManager { get; init; } = FieldManagers.Operator;
}
