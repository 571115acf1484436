namespace DoltDB.Operator.Hosting;

/// <summary>Everything that can be said to <c>doltdb-operator run</c>; the defaults are those of the command line.</summary>
internal sealed record OperatorOptions
{
    /// <summary>Where metrics are served; <c>0</c> serves none.</summary>
    public string MetricsBindAddress { get; init; } = "0";

    /// <summary>Metrics over HTTPS, for callers that the API server authenticates and authorizes only.</summary>
    public bool MetricsSecure { get; init; } = true;

    /// <summary>Where health is served; <c>0</c> serves none.</summary>
    public string HealthProbeBindAddress { get; init; } = ":8081";

    /// <summary>Wait for a lease before doing anything, so that only one operator works at a time.</summary>
    public bool LeaderElect { get; init; }

    /// <summary>Name of the lease.</summary>
    public string LeaderElectionId { get; init; } = "k8s.dolthub.com";

    /// <summary>Namespace of the lease; the operator's own when null.</summary>
    public string? LeaderElectionNamespace { get; init; }

    /// <summary>Offer HTTP/2 on the metrics endpoint.</summary>
    public bool EnableHttp2 { get; init; }

    /// <summary>Passes at the same time for each kind other than DoltDB.</summary>
    public int MaxConcurrentReconciles { get; init; } = 10;

    /// <summary>DoltDB passes at the same time.</summary>
    public int MaxDoltDbConcurrentReconciles { get; init; } = 100;

    /// <summary>Readable log lines instead of JSON.</summary>
    public bool LogDevMode { get; init; }

    /// <summary>Least level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Log the SQL kinds verbosely (never their statements' secrets).</summary>
    public bool LogSql { get; init; }

    /// <summary>How often SQL objects are looked at again.</summary>
    public TimeSpan RequeueSql { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Namespaces to work in; all when empty.</summary>
    public IReadOnlyList<string> WatchNamespaces { get; init; } = [];

    /// <summary>Path of a kubeconfig; in-cluster credentials or the usual places when null.</summary>
    public string? Kubeconfig { get; init; }
}
