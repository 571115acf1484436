using DoltDB.Operator.Commands;
using DoltDB.Operator.Sandbox.ApiServer;

namespace DoltDB.Operator.Benchmarks;

/// <summary>How fast the operator is there, and what it costs when there is nothing to do.</summary>
internal static class StartBenchmark
{
    private const int Runs = 10;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string program, CancellationToken cancellationToken)
    {
        await using var server = await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Definitions = [.. CrdsCommand.ReadAll()] }, cancellationToken);
        var kubeconfig = Path.GetTempFileName();
        server.WriteKubeconfig(kubeconfig);
        var times = new List<TimeSpan>();
        for (var run = 0; run < Runs; run++)
        {
            await using var child = OperatorChild.Start(program, kubeconfig);
            times.Add(await child.WaitUntilReadyAsync(cancellationToken));
            if (run < Runs - 1)
                continue;
            await Task.Delay(Settling, TimeProvider.System, cancellationToken);
            Report.Line("memory with no DoltDB", $"{child.ResidentMiB:F0} MiB");
        }

        times.Sort();
        Report.Line("process start to ready", $"median {times[Runs / 2].TotalMilliseconds:F0} ms, slowest {times[^1].TotalMilliseconds:F0} ms of {Runs}");
        File.Delete(kubeconfig);
        return 0;
    }
}

/// <summary>Prints what was measured.</summary>
internal static class Report
{
    public static void Line(string what, string value) => Console.WriteLine($"{what,-40} {value}");

    /// <summary>Median, 99th percentile and maximum.</summary>
    public static void Quantiles(string what, IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        Line(what, sorted.Count == 0 ? "never" : $"median {Milliseconds(sorted, 0.5)}, p99 {Milliseconds(sorted, 0.99)}, max {Milliseconds(sorted, 1)}");
    }

    private static string Milliseconds(List<TimeSpan> sorted, double quantile) =>
        $"{sorted[(int)Math.Ceiling(quantile * sorted.Count) - 1].TotalMilliseconds:F0} ms";
}
