using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>
/// What is kept of objects that a watch brings. The label by which a DoltDB's objects are found is on nearly everything that a Helm chart makes: of what is a stranger's only so
/// much is kept that it is known to be there and whose it is.
/// </summary>
internal static class CacheReduction
{
    /// <summary>What decisions read of a DoltDB's pod; the outline of a stranger's.</summary>
    public static Pod Reduce(Pod pod) => !IsOfDoltDb(pod) ? new Pod { Metadata = Outline(pod.Metadata) } : pod with
    {
        Spec = pod.Spec is null ? null : new PodSpec
        {
            NodeName = pod.Spec.NodeName,
            ServiceAccountName = pod.Spec.ServiceAccountName,
            Containers = pod.Spec.Containers?.Where(IsServer).Select(container => new Container { Name = container.Name, Image = container.Image, Ports = container.Ports }).ToList(),
        },
    };

    /// <summary>All of a DoltDB's ConfigMap; the outline of a stranger's.</summary>
    public static ConfigMap Reduce(ConfigMap map) => map.Metadata.Controller()?.Kind == DoltKinds.DoltDb.Kind ? map : new ConfigMap { Metadata = Outline(map.Metadata) };

    /// <summary>Whether the pod says that it is of a DoltDB, as those of the Go operator do too; or it runs what a server runs in, should somebody have taken the marks off.</summary>
    private static bool IsOfDoltDb(Pod pod) =>
        pod.Metadata.Annotations?.ContainsKey(ClusterLabels.ClusterAnnotation) == true
        || pod.Metadata.Labels?.ContainsKey(ClusterLabels.Role) == true
        || pod.Metadata.Labels?.GetValueOrDefault(ClusterLabels.ManagedBy) == ClusterLabels.OperatorName
        || pod.Spec?.Containers?.Any(IsServer) == true;

    private static bool IsServer(Container container) => container.Name == ClusterNames.ServerContainer;

    // Without annotations: kubectl keeps whole manifests in one.
    private static ObjectMeta Outline(ObjectMeta metadata) => new()
    {
        Name = metadata.Name,
        Namespace = metadata.Namespace,
        Uid = metadata.Uid,
        ResourceVersion = metadata.ResourceVersion,
        Labels = metadata.Labels,
        OwnerReferences = metadata.OwnerReferences,
    };
}
