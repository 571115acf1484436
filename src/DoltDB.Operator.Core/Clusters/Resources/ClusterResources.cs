using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>What child objects are rendered from.</summary>
internal sealed record RenderRequest
{
    /// <summary>The DoltDB: its name, namespace and identity.</summary>
    public required DoltDb Cluster { get; init; }

    /// <summary>The spec in effect, which may still lag behind the user's.</summary>
    public required DoltDbSpec Spec { get; init; }

    /// <summary>Servers that the configurations name.</summary>
    public required int ConfigReplicas { get; init; }

    /// <summary>Servers that the StatefulSet runs.</summary>
    public required int StatefulSetReplicas { get; init; }

    /// <summary>Size of new volumes.</summary>
    public required Quantity ClaimSize { get; init; }

    /// <summary>Class of new volumes; null for the default.</summary>
    public string? StorageClassName { get; init; }

    /// <summary>Hash of the template when pods of another operator were found; null when there were none.</summary>
    public string? AdoptedTemplateHash { get; init; }

    /// <summary>Whether there are pods of another operator, which lack the label of this one.</summary>
    public bool HasFoundPods { get; init; }

    /// <summary>The SQL port of pods that were made before the spec had another; null without such pods.</summary>
    public int? FormerSqlPort { get; init; }

    /// <summary>The same of the replication port.</summary>
    public int? FormerReplicationPort { get; init; }

    /// <summary>Whether nothing of the cluster is there yet, neither set nor pod nor volume, so that a VolumeSnapshot may be its beginning.</summary>
    public bool BeginsWithoutVolumes { get; init; }

    /// <summary>Ordinal of the primary; null before there was one, and without replication.</summary>
    public int? PrimaryOrdinal { get; init; }

    /// <summary>Ordinal that the write Service selects.</summary>
    public required int RoutedOrdinal { get; init; }

    /// <summary>The value of the annotation that asks for a restart: another value is another template.</summary>
    public string? RestartedAt => Cluster.Metadata.Annotations?.GetValueOrDefault(ClusterLabels.RestartedAtAnnotation);

    /// <summary>Labels and annotations that children have from the DoltDB.</summary>
    public InheritedMetadata Inherited => InheritedMetadata.Of(Cluster.Metadata);

    /// <summary>Name of the cluster.</summary>
    public string Name => Cluster.Metadata.Name ?? "";

    /// <summary>Namespace of the cluster.</summary>
    public string Namespace => Cluster.Metadata.Namespace ?? "";
}

/// <summary>The child objects of a DoltDB.</summary>
internal sealed record DesiredCluster
{
    public required ConfigMap ConfigMap { get; init; }

    /// <summary>Names the primary to pods that begin; null without replication.</summary>
    public ConfigMap? PrimaryAnnouncement { get; init; }

    public required StatefulSet StatefulSet { get; init; }

    public required IReadOnlyList<Service> Services { get; init; }

    /// <summary>The claim that has to be there before the StatefulSet makes an empty one; null when there is none.</summary>
    public PersistentVolumeClaim? RestoredClaim { get; init; }

    public PodDisruptionBudget? PodDisruptionBudget { get; init; }

    public NetworkPolicy? NetworkPolicy { get; init; }

    public required ServiceAccount ServiceAccount { get; init; }

    /// <summary>What pods and claims have from the DoltDB, without being restarted for it.</summary>
    public required InheritedMetadata Inherited { get; init; }

    /// <summary>Identity of the pod template: pods with another one are not as wanted.</summary>
    public required string TemplateHash { get; init; }
}

/// <summary>Renders the child objects of a DoltDB. Pure: equal requests give equal objects.</summary>
internal static class ClusterResources
{
    /// <summary>All child objects.</summary>
    public static DesiredCluster Render(RenderRequest request)
    {
        var config = ServerConfigurations.ConfigMap(request);
        var (set, hash) = StatefulSets.Render(request);
        return new DesiredCluster
        {
            ConfigMap = config,
            PrimaryAnnouncement = PrimaryAnnouncement.Render(request),
            StatefulSet = set,
            Services = Services.Render(request),
            RestoredClaim = StatefulSets.RestoredClaim(request),
            PodDisruptionBudget = Policies.DisruptionBudget(request),
            NetworkPolicy = Policies.NetworkPolicy(request),
            ServiceAccount = Account(request),
            Inherited = request.Inherited,
            TemplateHash = hash,
        };
    }

    /// <summary>Metadata of a child: its own, and what it inherits.</summary>
    internal static ObjectMeta Meta(RenderRequest request, string name, Dictionary<string, string>? annotations = null)
    {
        var all = InheritedMetadata.Add(request.Inherited.Annotations, annotations);
        return new()
        {
            Name = name,
            Namespace = request.Namespace,
            Labels = InheritedMetadata.Add(
                request.Inherited.Labels, new Dictionary<string, string> { [ClusterLabels.Name] = request.Name, [ClusterLabels.ManagedBy] = ClusterLabels.OperatorName }),
            Annotations = all.Count > 0 ? all : null,
            OwnerReferences = [DoltKinds.DoltDb.OwnedBy(request.Cluster)],
        };
    }

    /// <summary>The name of the pods' ServiceAccount.</summary>
    internal static string AccountName(RenderRequest request) => request.Spec.ServiceAccountName is { Length: > 0 } name ? name : request.Name;

    private static ServiceAccount Account(RenderRequest request) => new()
    {
        Metadata = Meta(request, AccountName(request), request.Spec.ServiceAccountAnnotations),
        AutomountServiceAccountToken = false,
    };
}
