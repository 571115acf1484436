using System.Collections.Immutable;
using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>Collects the facts of a pass: objects from the caches, answers from the servers.</summary>
internal sealed class ClusterObserver(ClusterCaches caches, MemberProber prober, TimeProvider time)
{
    /// <summary>The facts of now; <paramref name="removedPods"/> are the uids of pods that were removed a moment ago.</summary>
    public async Task<ClusterFacts> ObserveAsync(DoltDb cluster, Administrator administrator, ContentNeed need, IReadOnlySet<string> removedPods, CancellationToken cancellationToken)
    {
        var key = NamespacedName.Of(cluster);
        var set = caches.Sets.Get(key);
        if (set is not null && set.Metadata.Controller() is { } owner && owner.Uid != cluster.Metadata.Uid)
            set = null;
        var pods = Pods(key, set);
        var wanted = (cluster.Spec ?? new DoltDbSpec()).EffectiveReplicas();
        var count = Math.Max(Math.Max(wanted, set?.Spec?.Replicas ?? 0), pods.Keys.DefaultIfEmpty(-1).Max() + 1);
        var members = Enumerable.Range(0, Math.Min(count, DoltDbDefaults.MostReplicas))
            .Select(ordinal => new Member
            {
                Ordinal = ordinal,
                PodName = ClusterNames.Pod(key.Name, ordinal),
                Pod = pods.GetValueOrDefault(ordinal),
                IsRemoved = pods.GetValueOrDefault(ordinal)?.Metadata.Uid is { } uid && removedPods.Contains(uid),
            })
            .Where(member => member.Pod is not null || member.Ordinal < Math.Max(wanted, set?.Spec?.Replicas ?? 0))
            .ToList();
        var probes = await ProbeAsync(cluster, members, administrator, need, cancellationToken);
        var claims = Claims(key);
        return new ClusterFacts
        {
            Now = time.GetUtcNow(),
            Cluster = cluster,
            Set = set,
            Claims = claims,
            Members = [.. members.Select(member => member with { Probe = probes.GetValueOrDefault(member.Ordinal) ?? MemberProbe.Unknown, ReportedLag = ReportedLag(cluster, probes, member) })],
            Credentials = administrator.State with { IsRotationDue = administrator.Wanted is not null },
            CanExpandVolumes = CanExpand(claims),
            DefaultStorageClass = cluster.Spec?.Storage?.StorageClassName is null ? DefaultClass() : null,
        };
    }

    private async Task<ImmutableDictionary<int, MemberProbe>> ProbeAsync(
        DoltDb cluster, List<Member> members, Administrator administrator, ContentNeed need, CancellationToken cancellationToken)
    {
        if (!administrator.State.IsUsable)
            return ImmutableDictionary<int, MemberProbe>.Empty;
        var targets = members.Select(member => new ProbeTarget(member.Ordinal, member.Pod?.Metadata.Uid, Endpoint(member, cluster.Spec, administrator))).ToList();
        return await prober.ProbeAsync(NamespacedName.Of(cluster), targets, need, cancellationToken);
    }

    /// <summary>Where the server of a member is reached; null while it has no address or does not run: asking would only cost a second.</summary>
    internal static DoltEndpoint? Endpoint(Member member, DoltDbSpec? spec, Administrator administrator) => member.Address is { } address && member.IsRunning
        ? new DoltEndpoint { Host = address, Port = SqlPort(member.Pod, spec ?? new DoltDbSpec()), User = administrator.User, Password = administrator.Password }
        : null;

    /// <summary>The port that the pod was made with, which a changed spec does not move until the pod is replaced.</summary>
    internal static int SqlPort(Pod? pod, DoltDbSpec spec) => Port(pod, ClusterLabels.SqlPortName) ?? spec.SqlPort();

    /// <summary>The port of that name that the pod was made with; null when it names none so.</summary>
    internal static int? Port(Pod? pod, string name) =>
        pod?.Spec?.Containers?.FirstOrDefault(container => container.Name == "dolt")?.Ports?.FirstOrDefault(port => port.Name == name)?.Number;

    private static TimeSpan? ReportedLag(DoltDb cluster, ImmutableDictionary<int, MemberProbe> probes, Member member) =>
        cluster.Status?.CurrentPrimaryPodIndex is { } primary && probes.GetValueOrDefault(primary)?.Replication is { } rows && rows.TryGetValue(member.PodName, out var row) ? row.Lag : null;

    private Dictionary<int, Pod> Pods(NamespacedName cluster, StatefulSet? set)
    {
        var pods = new Dictionary<int, Pod>();
        foreach (var pod in caches.Pods.Lookup(ClusterCaches.ByCluster, cluster.ToString()))
        {
            if (Ordinal(pod.Metadata.Name, cluster.Name) is { } ordinal && IsOurs(pod, cluster.Name, set))
                pods[ordinal] = pod;
        }

        return pods;
    }

    /// <summary>A pod of the StatefulSet, or one that its replacement left behind.</summary>
    private static bool IsOurs(Pod pod, string name, StatefulSet? set) => pod.Metadata.Controller() is not { } controller
        || (controller is { Kind: "StatefulSet" } && controller.Name == name && (set is null || controller.Uid == set.Metadata.Uid));

    /// <summary>A foreign pod with a huge number in its name must not make millions of members.</summary>
    private static int? Ordinal(string? pod, string cluster) =>
        pod is not null && pod.Length > cluster.Length + 1 && pod.StartsWith(cluster, StringComparison.Ordinal) && pod[cluster.Length] == '-'
        && int.TryParse(pod.AsSpan(cluster.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal) && ordinal < DoltDbDefaults.MostReplicas
            ? ordinal
            : null;

    private ImmutableArray<PersistentVolumeClaim> Claims(NamespacedName cluster) =>
    [
        .. caches.Claims.Lookup(ClusterCaches.ByCluster, cluster.ToString())
            .Select(claim => (Claim: claim, Ordinal: Ordinal(claim.Metadata.Name, ClusterNames.ClaimPrefix(cluster.Name))))
            .Where(pair => pair.Ordinal is not null)
            .OrderBy(pair => pair.Ordinal)
            .Select(pair => pair.Claim),
    ];

    /// <summary>Of several default classes the newest counts, as for the API server.</summary>
    private string? DefaultClass() => caches.Classes.List()
        .Where(static storageClass => storageClass.Metadata.Annotations?.GetValueOrDefault("storageclass.kubernetes.io/is-default-class") == "true")
        .MaxBy(static storageClass => storageClass.Metadata.CreationTimestamp)?.Metadata.Name;

    private bool? CanExpand(ImmutableArray<PersistentVolumeClaim> claims)
    {
        var classes = claims.Select(claim => claim.Spec?.StorageClassName).Where(name => !string.IsNullOrEmpty(name)).Distinct(StringComparer.Ordinal)
            .Select(name => caches.Classes.Get(new NamespacedName("", name!))).ToList();
        return classes.Count == 0 || classes.Contains(null) ? null : classes.TrueForAll(storageClass => storageClass!.AllowVolumeExpansion == true);
    }
}
