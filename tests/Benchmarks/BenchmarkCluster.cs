using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Benchmarks;

/// <summary>One replicated DoltDB in a sandbox, with the published operator as a process of its own, and a client's table in it.</summary>
internal sealed class BenchmarkCluster : IAsyncDisposable
{
    public const int Replicas = 3;

    private const string Name = "db";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SqlDeadline = TimeSpan.FromSeconds(15);
    private static readonly NamespacedName Key = new("default", Name);

    private readonly string directory;
    private readonly SandboxHost host;
    private readonly KubernetesClient client;
    private readonly OperatorChild child;
    private DoltEndpoint? writeEndpoint;

    private BenchmarkCluster(string directory, SandboxHost host, OperatorChild child)
    {
        (this.directory, this.host, this.child) = (directory, host, child);
        client = host.ApiServer.Connect("benchmark");
    }

    /// <summary>Starts everything and waits until a client can write and both standbys are proven.</summary>
    public static async Task<BenchmarkCluster> StartAsync(string program, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("doltdb-benchmark-").FullName;
        var host = await SandboxHost.StartAsync(
            new SandboxOptions { DataDirectory = directory, Definitions = [.. CrdsCommand.ReadAll()], IsEphemeral = true }, cancellationToken);
        var kubeconfig = Path.Combine(directory, "kubeconfig");
        host.ApiServer.WriteKubeconfig(kubeconfig);
        var cluster = new BenchmarkCluster(directory, host, OperatorChild.Start(program, kubeconfig));
        try
        {
            await cluster.PrepareAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The sandbox that it runs in.</summary>
    public SandboxHost Host => host;

    /// <summary>The operator's process.</summary>
    public OperatorChild Child => child;

    /// <summary>The DoltDB as it is.</summary>
    public async Task<DoltDb> GetAsync(CancellationToken cancellationToken) =>
        await client.GetAsync(DoltKinds.DoltDb, Key, cancellationToken) ?? throw new InvalidOperationException("the DoltDB is gone");

    /// <summary>Waits until the DoltDB is as told.</summary>
    public async Task<DoltDb> AwaitAsync(Func<DoltDb, bool> condition, string what, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = await GetAsync(cancellationToken);
            if (condition(found))
                return found;
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
            {
                var conditions = string.Join("; ", found.Status?.Conditions?.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}") ?? []);
                throw new TimeoutException($"waited for {what}: {found.Status?.Phase}, {conditions}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Asks for another primary.</summary>
    public Task RequestPrimaryAsync(int ordinal, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["spec"] = new JsonObject { ["replication"] = new JsonObject { ["primary"] = new JsonObject { ["podIndex"] = ordinal } } },
        };
        return client.MergePatchAsync(DoltKinds.DoltDb, Key, patch, null, cancellationToken);
    }

    /// <summary>Kills the server of a pod, as <c>kill -9</c> does.</summary>
    public void Kill(string pod) => (host.Container(new NamespacedName("default", pod)) ?? throw new InvalidOperationException($"{pod} does not run")).Kill();

    /// <summary>A session through the write Service's address.</summary>
    public Task<DoltServer> ConnectAsync(CancellationToken cancellationToken) =>
        new DoltConnector(TimeProvider.System).ConnectAsync(writeEndpoint!, SqlDeadline, cancellationToken);

    /// <summary>Runs statements of the benchmark's own in one session; all of them again when the connection breaks.</summary>
    public async Task<T> UseAsync<T>(Func<DoltServer, Task<T>> work, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await using var session = await ConnectAsync(cancellationToken);
                return await work(session);
            }
            catch (Exception exception) when (exception is DoltException or IOException or TimeoutException && TimeProvider.System.GetElapsedTime(began) < Limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
            }
        }
    }

    /// <summary>Runs a statement.</summary>
    public static Task<SqlResult> RunAsync(DoltServer session, string statement, CancellationToken cancellationToken) =>
        session.QueryAsync(statement, SqlDeadline, cancellationToken);

    /// <summary>Whether the cluster is whole, and every standby that runs now was seen to hold what the primary holds.</summary>
    public async Task<bool> IsProvenAsync(CancellationToken cancellationToken)
    {
        var cluster = await GetAsync(cancellationToken);
        if (!IsReady(cluster) || cluster.Status?.Databases?.Contains("bench") != true)
            return false;
        for (var ordinal = 0; ordinal < Replicas; ordinal++)
        {
            var name = ClusterNames.Pod(Name, ordinal);
            var pod = await client.GetAsync(BuiltInKinds.Pod, new NamespacedName("default", name), cancellationToken);
            if (name != cluster.Status.CurrentPrimary && cluster.Status.LastEqual?.Any(proof => proof.Member == name && proof.PodUid == pod?.Metadata.Uid) != true)
                return false;
        }

        return true;
    }

    /// <summary>Waits for <see cref="IsProvenAsync"/>.</summary>
    public async Task AwaitProvenAsync(CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await IsProvenAsync(cancellationToken))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Limit)
                throw new TimeoutException("the standbys were not seen equal to the primary");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    public static bool IsReady(DoltDb cluster) =>
        cluster.Status?.ObservedGeneration == cluster.Metadata.Generation && cluster.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    public async ValueTask DisposeAsync()
    {
        await child.DisposeAsync();
        client.Dispose();
        await host.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await host.ApplyAsync(
            string.Create(CultureInfo.InvariantCulture, $"""
                apiVersion: k8s.dolthub.com/v1alpha
                kind: DoltDB
                metadata: 
                  name: {Name}
                spec:
                  engineVersion: "1.57.2"
                  replicas: {Replicas}
                  storage:
                    size: 1Gi
                  replication:
                    enabled: true
                    primary:
                      podIndex: 0
                      automaticFailover: true
                  failover:
                    delaySeconds: 3
                    maxPerHour: 0
                """),
            "benchmark",
            cancellationToken);
        await AwaitAsync(IsReady, "Ready", cancellationToken);
        var service = (await client.GetAsync(BuiltInKinds.Service, new NamespacedName("default", ClusterNames.Primary(Name)), cancellationToken))!;
        var secret = (await client.GetAsync(BuiltInKinds.Secret, new NamespacedName("default", ClusterNames.Credentials(Name)), cancellationToken))!;
        writeEndpoint = new DoltEndpoint
        {
            Host = service.Spec!.ClusterIP!,
            Port = service.Spec.Ports![0].Port,
            User = Text(secret, "admin-user"),
            Password = Text(secret, "admin-password"),
        };
        await using var session = await ConnectAsync(cancellationToken);
        await RunAsync(session, "CREATE DATABASE bench", cancellationToken);
        await RunAsync(session, "CREATE TABLE bench.items (id INT PRIMARY KEY)", cancellationToken);
        await AwaitProvenAsync(cancellationToken);
    }

    private static string Text(Secret secret, string key) => Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data![key]));
}
