using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>What the cluster controller watches, reduced to what it reads. What Secrets hold is not among it: they are read one by one.</summary>
internal sealed class ClusterCaches
{
    /// <summary>Index of pods, claims and ServiceAccounts by namespace and name of their cluster.</summary>
    public const string ByCluster = "by-cluster";

    public ClusterCaches(ICacheSource registry)
    {
        Clusters = registry.Get(DoltKinds.DoltDb);
        Sets = registry.Get(BuiltInKinds.StatefulSet, new CacheOptions<StatefulSet> { LabelSelector = ClusterLabels.Name });
        Pods = registry.Get(BuiltInKinds.Pod, new CacheOptions<Pod> { LabelSelector = ClusterLabels.Name, Transform = CacheReduction.Reduce });
        Claims = registry.Get(BuiltInKinds.PersistentVolumeClaim, new CacheOptions<PersistentVolumeClaim> { LabelSelector = $"{ClusterLabels.ClaimRole}={ClusterLabels.ClaimRoleData}" });
        Services = registry.Get(BuiltInKinds.Service, new CacheOptions<Service> { LabelSelector = ClusterLabels.Name });
        ConfigMaps = registry.Get(BuiltInKinds.ConfigMap, new CacheOptions<ConfigMap> { LabelSelector = ClusterLabels.Name, Transform = CacheReduction.Reduce });
        Budgets = registry.Get(BuiltInKinds.PodDisruptionBudget, new CacheOptions<PodDisruptionBudget> { LabelSelector = ClusterLabels.Name });
        Policies = registry.Get(BuiltInKinds.NetworkPolicy, new CacheOptions<NetworkPolicy> { LabelSelector = ClusterLabels.Name });
        Accounts = registry.Get(BuiltInKinds.ServiceAccount, new CacheOptions<ServiceAccount> { LabelSelector = ClusterLabels.Name });
        Secrets = SecretsOf(registry);
        Classes = registry.Get(BuiltInKinds.StorageClass, new CacheOptions<StorageClass> { Optional = true });
        Pods.AddIndex(ByCluster, static pod => Keys(pod.Metadata.Namespace, pod.Metadata.Labels));
        Accounts.AddIndex(ByCluster, static account => Keys(account.Metadata.Namespace, account.Metadata.Labels));
        Claims.AddIndex(ByCluster, static claim => Keys(claim.Metadata.Namespace, claim.Metadata.Labels));
    }

    public IObjectCache<DoltDb> Clusters { get; }

    public IObjectCache<StatefulSet> Sets { get; }

    public IObjectCache<Pod> Pods { get; }

    public IObjectCache<PersistentVolumeClaim> Claims { get; }

    public IObjectCache<Service> Services { get; }

    public IObjectCache<ConfigMap> ConfigMaps { get; }

    public IObjectCache<PodDisruptionBudget> Budgets { get; }

    public IObjectCache<NetworkPolicy> Policies { get; }

    public IObjectCache<ServiceAccount> Accounts { get; }

    public IObjectCache<StorageClass> Classes { get; }

    /// <summary>That a Secret changed, not what it holds.</summary>
    public IObjectCache<ObjectMetadata> Secrets { get; }

    /// <summary>The one watch of Secrets that all controllers share.</summary>
    public static IObjectCache<ObjectMetadata> SecretsOf(ICacheSource registry) => registry.Get(
        BuiltInKinds.SecretMetadata,
        new CacheOptions<ObjectMetadata>
        {
            Transform = static secret => new ObjectMetadata
            {
                Metadata = new() { Name = secret.Metadata.Name, Namespace = secret.Metadata.Namespace, Uid = secret.Metadata.Uid, ResourceVersion = secret.Metadata.ResourceVersion },
            },
        });

    private static IReadOnlyList<string> Keys(string? ns, Dictionary<string, string>? labels) =>
        labels?.GetValueOrDefault(ClusterLabels.Name) is { } name ? [$"{ns}/{name}"] : [];
}
