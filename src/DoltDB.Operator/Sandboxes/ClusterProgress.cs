using System.Globalization;
using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Hosting;
using DoltDB.Operator.Kubernetes.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Sandboxes;

/// <summary>A cluster as the console shows it.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="IsReady">Whether its Ready condition is True for the present spec.</param>
/// <param name="Ready">Ready servers of those wanted.</param>
/// <param name="Primary">Pod of the primary.</param>
/// <param name="Message">What the Ready condition says.</param>
internal sealed record ClusterLine(NamespacedName Cluster, string Phase, bool IsReady, string Ready, string Primary, string Message);

/// <summary>Where a client connects.</summary>
/// <param name="Address">Cluster IP, which works on this machine.</param>
/// <param name="Port">Its SQL port.</param>
internal sealed record SqlAddress(string Address, int Port);

/// <summary>Watches the clusters of the sandbox.</summary>
internal sealed class ClusterProgress : IAsyncDisposable
{
    private readonly KubernetesMetrics metrics = new();
    private readonly SupervisedLoops loops = new(NullLogger.Instance);
    private readonly CacheRegistry caches;
    private readonly IObjectCache<DoltDb> clusters;
    private readonly IObjectCache<Service> services;
    private readonly IObjectCache<Secret> secrets;

    /// <summary>Progress of the clusters that the client sees.</summary>
    public ClusterProgress(IKubernetesClient client)
    {
        caches = new CacheRegistry(client, [], TimeProvider.System, new Random(), metrics, NullLogger<CacheRegistry>.Instance);
        clusters = caches.Get(DoltKinds.DoltDb);
        services = caches.Get(BuiltInKinds.Service);
        secrets = caches.Get(BuiltInKinds.Secret);
    }

    /// <summary>Begins to watch.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        caches.Start(loops);
        await caches.WaitForSyncAsync(cancellationToken);
    }

    /// <summary>Every cluster, by name.</summary>
    public IReadOnlyList<ClusterLine> Read() => [.. clusters.List().OrderBy(c => c.Metadata.Namespace, StringComparer.Ordinal).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal).Select(Describe)];

    /// <summary>Where the cluster takes writes, and where a replicated one serves reads.</summary>
    public (SqlAddress? Write, SqlAddress? Read) Addresses(NamespacedName cluster)
    {
        var write = AddressOf(cluster with { Name = cluster.Name + "-primary" }) ?? AddressOf(cluster);
        return (write, AddressOf(cluster with { Name = cluster.Name + "-reader" }) ?? AddressOf(cluster with { Name = cluster.Name + "-standby" }));
    }

    /// <summary>User and password of the administrator; null until the Secret exists.</summary>
    public (string User, string Password)? Credentials(NamespacedName cluster)
    {
        var data = secrets.Get(cluster with { Name = cluster.Name + "-credentials" })?.Data;
        if (data is null || !data.TryGetValue("admin-user", out var user) || !data.TryGetValue("admin-password", out var password))
            return null;
        return (Decode(user), Decode(password));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await loops.DisposeAsync();
        metrics.Dispose();
    }

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private SqlAddress? AddressOf(NamespacedName service) =>
        services.Get(service)?.Spec is { ClusterIP: { Length: > 0 } address and not "None" } spec && spec.Ports is { Count: > 0 } ports
            ? new SqlAddress(address, ports[0].Port)
            : null;

    private static ClusterLine Describe(DoltDb cluster)
    {
        var ready = cluster.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        var isReady = ready is { Status: "True" } && cluster.Status?.ObservedGeneration == cluster.Metadata.Generation;
        return new ClusterLine(
            NamespacedName.Of(cluster),
            cluster.Status?.Phase ?? "Pending",
            isReady,
            string.Create(CultureInfo.InvariantCulture, $"{cluster.Status?.ReadyReplicas ?? 0}/{cluster.Spec?.Replicas ?? 1}"),
            cluster.Status?.CurrentPrimary ?? "-",
            ready?.Message ?? "");
    }
}
