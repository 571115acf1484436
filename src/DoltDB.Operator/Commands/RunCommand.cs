using System.CommandLine;
using System.CommandLine.Parsing;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Hosting;

namespace DoltDB.Operator.Commands;

/// <summary><c>doltdb-operator run</c>: the manager. Its flags are those of the Go operator, so that its charts and arguments keep working.</summary>
internal static class RunCommand
{
    private static readonly Option<string> MetricsBindAddress = Text(
        "--metrics-bind-address", "0", "Address of the metrics endpoint, such as :8443; 0 serves no metrics.");

    private static readonly Option<bool> MetricsSecure = Flag(
        "--metrics-secure", true, "Serve metrics over HTTPS, to callers that the API server authenticates and authorizes (get /metrics).");

    private static readonly Option<string> HealthProbeBindAddress = Text(
        "--health-probe-bind-address", ":8081", "Address of /healthz, /livez and /readyz; 0 serves none.");

    private static readonly Option<bool> LeaderElect = Flag(
        "--leader-elect", false, "Wait for a lease before working, so that only one operator of several does.");

    private static readonly Option<string> LeaderElectionId = Text("--leader-election-id", "k8s.dolthub.com", "Name of the lease.");

    private static readonly Option<string?> LeaderElectionNamespace = Optional(
        "--leader-election-namespace", "Namespace of the lease; the operator's own by default.");

    private static readonly Option<bool> EnableHttp2 = Flag("--enable-http2", false, "Offer HTTP/2 on the metrics endpoint.");

    private static readonly Option<int> MaxConcurrentReconciles = Number(
        "--max-concurrent-reconciles", 10, "Objects of each kind other than DoltDB that are worked on at the same time.");

    private static readonly Option<int> MaxDoltDbConcurrentReconciles = Number(
        "--max-doltdb-concurrent-reconciles", 100, "DoltDB clusters that are worked on at the same time: one whose servers do not answer waits for them.");

    private static readonly Option<bool> LogDevMode = Flag("--log-dev-mode", false, "Readable log lines instead of JSON.");

    private static readonly Option<bool> LogSql = Flag("--log-sql", false, "Log the work on SQL objects verbosely.");

    private static readonly Option<TimeSpan> RequeueSql = Duration("--requeue-sql", "30s", "How often SQL objects are looked at again.");

    private static readonly Option<string> WatchNamespaces = Text(
        "--watch-namespaces", "", "Comma-separated namespaces to work in; all when empty.");

    private static readonly Option<string?> Kubeconfig = Optional(
        "--kubeconfig", "Path of a kubeconfig; by default in-cluster credentials, then $KUBECONFIG, then ~/.kube/config.");

    private static readonly Option<string> LogLevelOption = Text(
        "--zap-log-level", "info", "Least level that is logged: debug, info, warn or error.", "--log-level");

    private static readonly Option<bool> ZapDevel = Flag("--zap-devel", false, "The same as --log-dev-mode.");

    private static readonly Option<string> ZapEncoder = Text("--zap-encoder", "", "Log encoding: json or console; overrides --log-dev-mode.");

    private static readonly Option<string> ZapStacktraceLevel = Text(
        "--zap-stacktrace-level", "", "Accepted for compatibility: stack traces accompany every logged exception.");

    private static readonly Option<string> ZapTimeEncoding = Text(
        "--zap-time-encoding", "", "Accepted for compatibility: times are RFC 3339 in UTC.");

    /// <summary>The command with its flags.</summary>
    public static Command Create(Func<OperatorOptions, CancellationToken, Task<int>> run)
    {
        var command = new Command("run", "Run the operator against a Kubernetes cluster until SIGINT or SIGTERM.");
        Option[] options =
        [
            Kubeconfig, WatchNamespaces, LeaderElect, LeaderElectionId, LeaderElectionNamespace, HealthProbeBindAddress, MetricsBindAddress,
            MetricsSecure, EnableHttp2, MaxConcurrentReconciles, MaxDoltDbConcurrentReconciles, RequeueSql, LogLevelOption, LogDevMode, LogSql,
            ZapDevel, ZapEncoder, ZapStacktraceLevel, ZapTimeEncoding,
        ];
        foreach (var option in options)
            command.Options.Add(option);
        command.SetAction((result, cancellationToken) => run(Read(result), cancellationToken));
        return command;
    }

    /// <summary>The options as given on the command line.</summary>
    private static OperatorOptions Read(ParseResult result) => new()
    {
        MetricsBindAddress = result.GetValue(MetricsBindAddress)!,
        MetricsSecure = result.GetValue(MetricsSecure),
        HealthProbeBindAddress = result.GetValue(HealthProbeBindAddress)!,
        LeaderElect = result.GetValue(LeaderElect),
        LeaderElectionId = result.GetValue(LeaderElectionId)!,
        LeaderElectionNamespace = result.GetValue(LeaderElectionNamespace),
        EnableHttp2 = result.GetValue(EnableHttp2),
        MaxConcurrentReconciles = result.GetValue(MaxConcurrentReconciles),
        MaxDoltDbConcurrentReconciles = result.GetValue(MaxDoltDbConcurrentReconciles),
        LogDevMode = result.GetValue(ZapEncoder) switch
        {
            "json" => false,
            "console" => true,
            _ => result.GetValue(LogDevMode) || result.GetValue(ZapDevel),
        },
        LogLevel = result.GetValue(LogLevelOption) switch
        {
            "debug" => LogLevel.Debug,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.Information,
        },
        LogSql = result.GetValue(LogSql),
        RequeueSql = result.GetValue(RequeueSql),
        WatchNamespaces = result.GetValue(WatchNamespaces)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        Kubeconfig = result.GetValue(Kubeconfig),
    };

    private static Option<string> Text(string name, string value, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string?> Optional(string name, string description) => new(name) { Description = description };

    private static Option<bool> Flag(string name, bool value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<int> Number(string name, int value, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} must be at least 1");
        });
        return option;
    }

    private static Option<TimeSpan> Duration(string name, string value, string description) => new(name)
    {
        Description = $"{description} [default: {value}]",
        CustomParser = result => ParseDuration(result, name),
        DefaultValueFactory = _ => GoDuration.TryParse(value, out var duration) ? duration : default,
    };

    private static TimeSpan ParseDuration(ArgumentResult result, string name)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (GoDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero)
            return duration;
        result.AddError($"{name}: '{text}' is no duration; expected for example 30s or 1m30s");
        return default;
    }
}
