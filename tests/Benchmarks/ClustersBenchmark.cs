using System.Globalization;
using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer.Faults;
using DoltDB.Operator.Sandbox.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Benchmarks;

/// <summary>What <see cref="ClustersBenchmark"/> measures.</summary>
internal sealed record ClustersBenchmarkOptions
{
    public required string Program { get; init; }

    public required int Count { get; init; }

    public required int Replicas { get; init; }

    public required bool RunsPods { get; init; }

    public required TimeSpan Idle { get; init; }
}

/// <summary>Many DoltDBs at once.</summary>
internal static class ClustersBenchmark
{
    private const string UserAgent = "doltdb-operator";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(ClustersBenchmarkOptions options, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("doltdb-benchmark-").FullName;
        try
        {
            await using var host = await SandboxHost.StartAsync(
                new SandboxOptions { DataDirectory = directory, Definitions = [.. CrdsCommand.ReadAll()], IsEphemeral = true, RunsPods = options.RunsPods }, cancellationToken);
            var kubeconfig = Path.Combine(directory, "kubeconfig");
            host.ApiServer.WriteKubeconfig(kubeconfig);
            await using var child = OperatorChild.Start(options.Program, kubeconfig);
            await child.WaitUntilReadyAsync(cancellationToken);
            await MeasureAsync(options, host, child, cancellationToken);
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(ClustersBenchmarkOptions options, SandboxHost host, OperatorChild child, CancellationToken cancellationToken)
    {
        using var metrics = new KubernetesMetrics();
        await using var loops = new SupervisedLoops(NullLogger.Instance);
        using var client = host.ApiServer.Connect("benchmark");
        var caches = new CacheRegistry(client, [], TimeProvider.System, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        var (sets, clusters) = (caches.Get(BuiltInKinds.StatefulSet), caches.Get(DoltKinds.DoltDb));
        caches.Start(loops);
        await caches.WaitForSyncAsync(cancellationToken);

        var yaml = Manifests(options);
        var began = TimeProvider.System.GetTimestamp();
        await host.ApplyAsync(yaml, "benchmark", cancellationToken);
        Report.Line($"{options.Count} DoltDBs applied", Seconds(began));
        await WaitAsync(() => sets.List().Count == options.Count, cancellationToken);
        Report.Line("all StatefulSets exist", Seconds(began));
        Report.Line("operator processor time until then", $"{child.ProcessorTime.TotalSeconds:F2} s");
        Report.Line("sandbox processor time until then", $"{Environment.CpuUsage.TotalTime.TotalSeconds:F2} s");
        ReportRequests("requests until then", host.ApiServer.Requests.Counts);
        if (options.RunsPods)
        {
            await WaitAsync(() => clusters.List().All(IsReady), cancellationToken);
            Report.Line("all Ready", Seconds(began));
        }

        await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System, cancellationToken);
        Report.Line("operator memory", $"{child.ResidentMiB:F0} MiB");
        var (requests, processor) = (host.ApiServer.Requests.Counts, child.ProcessorTime);
        await Task.Delay(options.Idle, TimeProvider.System, cancellationToken);
        ReportIdle(options.Idle, requests, host.ApiServer.Requests.Counts, child.ProcessorTime - processor);
        Report.Line("operator memory after that", $"{child.ResidentMiB:F0} MiB");
    }

    private static void ReportRequests(string what, IReadOnlyDictionary<RequestKind, long> counts)
    {
        var sent = counts.Where(entry => entry.Key.UserAgent == UserAgent).ToList();
        Report.Line(what, sent.Sum(entry => entry.Value).ToString(CultureInfo.InvariantCulture));
        foreach (var (kind, count) in sent.OrderByDescending(entry => entry.Value))
            Report.Line($"  {kind.Verb} {kind.Resource}", count.ToString(CultureInfo.InvariantCulture));
    }

    private static void ReportIdle(TimeSpan idle, IReadOnlyDictionary<RequestKind, long> before, IReadOnlyDictionary<RequestKind, long> after, TimeSpan processor)
    {
        var perMinute = TimeSpan.FromMinutes(1) / idle;
        var sent = after.Where(entry => entry.Key.UserAgent == UserAgent).Select(entry => (entry.Key, Count: entry.Value - before.GetValueOrDefault(entry.Key))).Where(entry => entry.Count > 0).ToList();
        Report.Line("writes a minute when idle", (sent.Where(entry => entry.Key.IsWrite).Sum(entry => entry.Count) * perMinute).ToString("F0", CultureInfo.InvariantCulture));
        Report.Line("other requests a minute when idle", (sent.Where(entry => !entry.Key.IsWrite).Sum(entry => entry.Count) * perMinute).ToString("F0", CultureInfo.InvariantCulture));
        foreach (var (kind, count) in sent.OrderByDescending(entry => entry.Count))
            Report.Line($"  {kind.Verb} {kind.Resource}", count.ToString(CultureInfo.InvariantCulture));
        Report.Line("operator processor time when idle", $"{processor / idle:P1} of one core");
    }

    private static bool IsReady(DoltDb cluster) => cluster.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    private static string Manifests(ClustersBenchmarkOptions options)
    {
        var yaml = new StringBuilder();
        for (var i = 0; i < options.Count; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $$"""
                apiVersion: k8s.dolthub.com/v1alpha
                kind: DoltDB
                metadata: {name: dolt-{{i}}}
                spec:
                  image: dolthub/dolt
                  engineVersion: "1.57.2"
                  replicas: {{options.Replicas}}
                  storage: {size: 1Gi}
                  replication: {enabled: {{(options.Replicas > 1 ? "true" : "false")}}}
                ---

                """);
        }

        return yaml.ToString();
    }

    private static string Seconds(long since) => $"{TimeProvider.System.GetElapsedTime(since).TotalSeconds:F2} s";

    private static async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"not reached within {Limit}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }
}
