using System.Globalization;
using System.Text;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Benchmarks;

/// <summary>Many Databases, Users and Grants on one DoltDB: time until all are as they should be, and what they cost afterwards.</summary>
internal static class ObjectsBenchmark
{
    private const string UserAgent = "doltdb-operator";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string program, int count, TimeSpan idle, CancellationToken cancellationToken)
    {
        await using var cluster = await BenchmarkCluster.StartAsync(program, cancellationToken);
        using var metrics = new KubernetesMetrics();
        await using var loops = new SupervisedLoops(NullLogger.Instance);
        using var client = cluster.Host.ApiServer.Connect("benchmark");
        var caches = new CacheRegistry(client, [], TimeProvider.System, new Random(1), metrics, NullLogger<CacheRegistry>.Instance);
        var (databases, users, grants) = (caches.Get(DoltKinds.Database), caches.Get(DoltKinds.User), caches.Get(DoltKinds.Grant));
        caches.Start(loops);
        await caches.WaitForSyncAsync(cancellationToken);

        int Ready() => databases.List().Count(database => IsReady(database.Status?.Conditions)) + users.List().Count(user => IsReady(user.Status?.Conditions)) + grants.List().Count(grant => IsReady(grant.Status?.Conditions));
        var began = TimeProvider.System.GetTimestamp();
        await cluster.Host.ApplyAsync(Manifests(count), "benchmark", cancellationToken);
        Report.Line($"{count} objects applied", Seconds(began));
        while (Ready() < count)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException($"{Ready()} of {count} objects are ready after {Limit}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }

        Report.Line("all Ready", Seconds(began));
        Report.Line("operator memory", $"{cluster.Child.ResidentMiB:F0} MiB");
        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, cancellationToken);
        var (before, processor) = (Writes(cluster), cluster.Child.ProcessorTime);
        await Task.Delay(idle, TimeProvider.System, cancellationToken);
        Report.Line($"writes to the API server in {idle.TotalSeconds:F0} s after that", (Writes(cluster) - before).ToString(CultureInfo.InvariantCulture));
        Report.Line("operator processor time then", $"{(cluster.Child.ProcessorTime - processor) / idle:P1} of one core");
        return 0;
    }

    private static long Writes(BenchmarkCluster cluster) =>
        cluster.Host.ApiServer.Requests.Counts.Where(entry => entry.Key.UserAgent == UserAgent && entry.Key.IsWrite).Sum(entry => entry.Value);

    private static bool IsReady(IReadOnlyList<Condition>? conditions) => conditions.IsTrue("Ready");

    private static string Manifests(int count)
    {
        var yaml = new StringBuilder("apiVersion: v1\nkind: Secret\nmetadata: {name: password}\nstringData: {password: benchmark}\n---\n");
        for (var i = 0; i < count; i++)
        {
            var (kind, spec) = (i % 3) switch
            {
                0 => ("Database", $"name: d{i / 3}"),
                1 => ("User", $"name: u{i / 3}, passwordSecretKeyRef: {{name: password, key: password}}"),
                _ => ("Grant", $"username: u{i / 3}, database: d{i / 3}, privileges: [SELECT, INSERT]"),
            };
            yaml.Append(CultureInfo.InvariantCulture, $"apiVersion: k8s.dolthub.com/v1alpha\nkind: {kind}\nmetadata: {{name: o{i}}}\nspec: {{doltDBRef: {{name: db}}, {spec}}}\n---\n");
        }

        return yaml.ToString();
    }

    private static string Seconds(long since) => $"{TimeProvider.System.GetElapsedTime(since).TotalSeconds:F2} s";
}
