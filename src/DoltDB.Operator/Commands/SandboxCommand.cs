using System.CommandLine;
using System.Net;
using DoltDB.Operator.Sandboxes;

namespace DoltDB.Operator.Commands;

/// <summary><c>doltdb-operator sandbox</c>: clusters on this machine, without Kubernetes.</summary>
internal static class SandboxCommand
{
    private static readonly Option<string[]> Files = new("--filename", "-f")
    {
        Description = "Manifest files to apply, - for standard input; a replicated DoltDB of two servers when none is given.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Directory that keeps objects and volumes over restarts; a temporary one, removed at the end, by default.",
    };

    private static readonly Option<string?> Dolt = new("--dolt")
    {
        Description = "Path of a dolt program to run the servers with; the one on the PATH by default, and the simulated Dolt when there is none. 'simulated' asks for it.",
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "HOST:PORT of the Kubernetes API; a free port by default.",
        DefaultValueFactory = _ => "127.0.0.1:0",
    };

    private static readonly Option<string?> Kubeconfig = new("--kubeconfig") { Description = "Where to write the kubeconfig; in the data directory by default." };

    private static readonly Option<bool> NoOperator = new("--no-operator")
    {
        Description = "Run only the Kubernetes part; start operators beside it with: doltdb-operator run --kubeconfig FILE.",
    };

    private static readonly Option<bool> ExitWhenReady = new("--exit-when-ready") { Description = "End with code 0 once everything applied is Ready." };

    private static readonly Option<string> LogLevelOption = new("--log-level")
    {
        Description = "Least level of the operator's log that is printed: debug, info, warn, error.",
        DefaultValueFactory = _ => "error",
    };

    /// <summary>The command with its options.</summary>
    public static Command Create(Func<SandboxCommandOptions, CancellationToken, Task<int>> run)
    {
        var command = new Command("sandbox", "Run DoltDB clusters on this machine, in a small Kubernetes of its own, until Ctrl-C.")
        {
            Files, Data, Dolt, Listen, Kubeconfig, NoOperator, ExitWhenReady, LogLevelOption,
        };
        Listen.Validators.Add(result =>
        {
            if (!IPEndPoint.TryParse(result.GetValueOrDefault<string>() ?? "", out _))
                result.AddError($"--listen: '{result.GetValueOrDefault<string>()}' is no address; expected IP:PORT");
        });
        LogLevelOption.AcceptOnlyFromAmong("debug", "info", "warn", "error");
        command.SetAction((result, cancellationToken) => run(Read(result), cancellationToken));
        return command;
    }

    private static SandboxCommandOptions Read(ParseResult result) => new()
    {
        Files = result.GetValue(Files) ?? [],
        DataDirectory = result.GetValue(Data),
        Dolt = result.GetValue(Dolt),
        Listen = IPEndPoint.Parse(result.GetValue(Listen)!),
        Kubeconfig = result.GetValue(Kubeconfig),
        RunsOperator = !result.GetValue(NoOperator),
        ExitsWhenReady = result.GetValue(ExitWhenReady),
        LogLevel = result.GetValue(LogLevelOption) switch
        {
            "debug" => LogLevel.Debug,
            "info" => LogLevel.Information,
            "warn" => LogLevel.Warning,
            _ => LogLevel.Error,
        },
    };
}
