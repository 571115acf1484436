using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>The built-in kinds that this program reads or writes.</summary>
public static class BuiltInKinds
{
    /// <summary>apps/v1 StatefulSet.</summary>
    public static readonly ResourceKind<StatefulSet> StatefulSet = new("apps", "v1", nameof(StatefulSet), "statefulsets", true, KubernetesJson.Default.StatefulSet);

    /// <summary>apps/v1 ControllerRevision.</summary>
    public static readonly ResourceKind<ControllerRevision> ControllerRevision = new("apps", "v1", nameof(ControllerRevision), "controllerrevisions", true, KubernetesJson.Default.ControllerRevision);

    /// <summary>core/v1 Pod.</summary>
    public static readonly ResourceKind<Pod> Pod = new("", "v1", nameof(Pod), "pods", true, KubernetesJson.Default.Pod);

    /// <summary>core/v1 Service.</summary>
    public static readonly ResourceKind<Service> Service = new("", "v1", nameof(Service), "services", true, KubernetesJson.Default.Service);

    /// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
    public static readonly ResourceKind<EndpointSlice> EndpointSlice = new("discovery.k8s.io", "v1", nameof(EndpointSlice), "endpointslices", true, KubernetesJson.Default.EndpointSlice);

    /// <summary>networking.k8s.io/v1 NetworkPolicy.</summary>
    public static readonly ResourceKind<NetworkPolicy> NetworkPolicy = new("networking.k8s.io", "v1", nameof(NetworkPolicy), "networkpolicies", true, KubernetesJson.Default.NetworkPolicy);

    /// <summary>policy/v1 PodDisruptionBudget.</summary>
    public static readonly ResourceKind<PodDisruptionBudget> PodDisruptionBudget = new("policy", "v1", nameof(PodDisruptionBudget), "poddisruptionbudgets", true, KubernetesJson.Default.PodDisruptionBudget);

    /// <summary>core/v1 ConfigMap.</summary>
    public static readonly ResourceKind<ConfigMap> ConfigMap = new("", "v1", nameof(ConfigMap), "configmaps", true, KubernetesJson.Default.ConfigMap);

    /// <summary>core/v1 Secret.</summary>
    public static readonly ResourceKind<Secret> Secret = new("", "v1", nameof(Secret), "secrets", true, KubernetesJson.Default.Secret);

    /// <summary>core/v1 Secret, without what it holds: for watching when one changes.</summary>
    public static readonly ResourceKind<ObjectMetadata> SecretMetadata =
        new("", "v1", nameof(Secret), "secrets", true, KubernetesJson.Default.ObjectMetadata) { IsMetadataOnly = true };

    /// <summary>core/v1 ServiceAccount.</summary>
    public static readonly ResourceKind<ServiceAccount> ServiceAccount = new("", "v1", nameof(ServiceAccount), "serviceaccounts", true, KubernetesJson.Default.ServiceAccount);

    /// <summary>core/v1 PersistentVolumeClaim.</summary>
    public static readonly ResourceKind<PersistentVolumeClaim> PersistentVolumeClaim = new("", "v1", nameof(PersistentVolumeClaim), "persistentvolumeclaims", true, KubernetesJson.Default.PersistentVolumeClaim);

    /// <summary>coordination.k8s.io/v1 Lease.</summary>
    public static readonly ResourceKind<Lease> Lease = new("coordination.k8s.io", "v1", nameof(Lease), "leases", true, KubernetesJson.Default.Lease);

    /// <summary>core/v1 Event.</summary>
    public static readonly ResourceKind<Event> Event = new("", "v1", nameof(Event), "events", true, KubernetesJson.Default.Event);

    /// <summary>core/v1 Namespace.</summary>
    public static readonly ResourceKind<Namespace> Namespace = new("", "v1", nameof(Namespace), "namespaces", false, KubernetesJson.Default.Namespace);

    /// <summary>storage.k8s.io/v1 StorageClass.</summary>
    public static readonly ResourceKind<StorageClass> StorageClass = new("storage.k8s.io", "v1", nameof(StorageClass), "storageclasses", false, KubernetesJson.Default.StorageClass);

    /// <summary>core/v1 PersistentVolume.</summary>
    public static readonly ResourceKind<PersistentVolume> PersistentVolume = new("", "v1", nameof(PersistentVolume), "persistentvolumes", false, KubernetesJson.Default.PersistentVolume);

    /// <summary>core/v1 Node.</summary>
    public static readonly ResourceKind<Node> Node = new("", "v1", nameof(Node), "nodes", false, KubernetesJson.Default.Node);

    /// <summary>authentication.k8s.io/v1 TokenReview.</summary>
    public static readonly ResourceKind<TokenReview> TokenReview =
        new("authentication.k8s.io", "v1", nameof(TokenReview), "tokenreviews", false, KubernetesJson.Default.TokenReview);

    /// <summary>authorization.k8s.io/v1 SubjectAccessReview.</summary>
    public static readonly ResourceKind<SubjectAccessReview> SubjectAccessReview =
        new("authorization.k8s.io", "v1", nameof(SubjectAccessReview), "subjectaccessreviews", false, KubernetesJson.Default.SubjectAccessReview);

    /// <summary>batch/v1 Job.</summary>
    public static readonly ResourceKind<Job> Job = new("batch", "v1", nameof(Job), "jobs", true, KubernetesJson.Default.Job);

    /// <summary>batch/v1 CronJob.</summary>
    public static readonly ResourceKind<CronJob> CronJob = new("batch", "v1", nameof(CronJob), "cronjobs", true, KubernetesJson.Default.CronJob);
}
