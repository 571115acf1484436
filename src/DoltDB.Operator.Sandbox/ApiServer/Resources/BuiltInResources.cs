using DoltDB.Operator.Sandbox.ApiServer.Admission;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Resources;

/// <summary>The built-in kinds that are served.</summary>
internal static class BuiltInResources
{
    public const string Namespaces = "/namespaces";
    public const string Pods = "/pods";
    public const string Services = "/services";
    public const string Budgets = "policy/poddisruptionbudgets";
    public const string Definitions = "apiextensions.k8s.io/customresourcedefinitions";

    private static readonly ScalePaths ReplicaScale = new(".spec.replicas", ".status.replicas", ".spec.selector");

    /// <summary>All of them, with their schemas from the registry.</summary>
    public static IReadOnlyList<ResourceType> All(SchemaRegistry schemas) =>
        [.. Core().Concat(Apps()).Concat(Others()).Concat(Reviews()).Select(type => Complete(type, schemas))];

    private static ResourceType Complete(ResourceType type, SchemaRegistry schemas) => type with
    {
        Schema = schemas.FindOrPermissive(type.Group, type.Version, type.Kind),
        StorageName = type.StorageName.Length > 0 ? type.StorageName : $"{type.Group}/{type.Plural}",
        ListKind = type.Kind + "List",
        Singular = type.Kind.ToLowerInvariant(),
        Subresources =
        [
            .. type.HasStatus ? [new SubresourceType("status", "", "", type.Kind, ResourceVerbs.Status)] : Array.Empty<SubresourceType>(),
            .. type.Scale is not null ? [new SubresourceType("scale", "autoscaling", "v1", "Scale", ResourceVerbs.Status)] : Array.Empty<SubresourceType>(),
            .. type.Subresources,
        ],
    };

    private static IEnumerable<ResourceType> Core()
    {
        yield return Of("", "v1", "Namespace", "namespaces", ConfigurationRules.Namespace, "ns") with
        {
            Namespaced = false, HasStatus = true, SelectableFields = ["status.phase"],
            Subresources = [new SubresourceType("finalize", "", "", "Namespace", ["update"])],
        };
        yield return Of("", "v1", "Pod", "pods", PodRules.Rules, "po") with
        {
            HasStatus = true,
            Categories = ["all"],
            SelectableFields =
            [
                "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
                "status.phase", "status.podIP", "status.nominatedNodeName",
            ],
            Subresources =
            [
                new SubresourceType("binding", "", "", "Binding", ResourceVerbs.CreateOnly),
                new SubresourceType("eviction", "policy", "v1", "Eviction", ResourceVerbs.CreateOnly),
                new SubresourceType("log", "", "", "Pod", ["get"]),
            ],
        };
        yield return Of("", "v1", "Service", "services", ServiceRules.Rules, "svc") with
        {
            HasStatus = true, Categories = ["all"], SelectableFields = ["spec.clusterIP", "spec.type"],
        };
        yield return Of("", "v1", "Endpoints", "endpoints", new KindRules { CreatesOnUpdate = true }, "ep") with { Singular = "endpoints" };
        yield return Of("", "v1", "ConfigMap", "configmaps", ConfigurationRules.ConfigMap, "cm");
        yield return Of("", "v1", "Secret", "secrets", ConfigurationRules.Secret) with { SelectableFields = ["type"] };
        yield return Of("", "v1", "ServiceAccount", "serviceaccounts", KindRules.Default, "sa") with
        {
            Subresources = [new SubresourceType("token", "authentication.k8s.io", "v1", "TokenRequest", ResourceVerbs.CreateOnly)],
        };
        yield return Of("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", StorageRules.Claim, "pvc") with { HasStatus = true };
        yield return Of("", "v1", "PersistentVolume", "persistentvolumes", StorageRules.Volume, "pv") with { Namespaced = false, HasStatus = true };
        yield return Of("", "v1", "Event", "events", ConfigurationRules.Event, "ev") with { SelectableFields = EventView.Fields };
        yield return Of("", "v1", "Node", "nodes", ConfigurationRules.WithEmptyStatus with { HasGeneration = false }, "no") with
        {
            Namespaced = false, HasStatus = true, SelectableFields = ["spec.unschedulable"],
        };
    }

    private static IEnumerable<ResourceType> Apps()
    {
        yield return Of("apps", "v1", "StatefulSet", "statefulsets", WorkloadRules.StatefulSet, "sts") with
        {
            HasStatus = true, Scale = ReplicaScale, Categories = ["all"],
        };
        yield return Of("apps", "v1", "ControllerRevision", "controllerrevisions", WorkloadRules.ControllerRevision);
        yield return Of("apps", "v1", "Deployment", "deployments", WorkloadRules.Deployment, "deploy") with
        {
            HasStatus = true, Scale = ReplicaScale, Categories = ["all"],
        };
        yield return Of("apps", "v1", "ReplicaSet", "replicasets", WorkloadRules.ReplicaSet, "rs") with
        {
            HasStatus = true, Scale = ReplicaScale, Categories = ["all"],
        };
        yield return Of("apps", "v1", "DaemonSet", "daemonsets", WorkloadRules.Deployment, "ds") with { HasStatus = true, Categories = ["all"] };
        yield return Of("batch", "v1", "Job", "jobs", WorkloadRules.Job) with
        {
            HasStatus = true, Categories = ["all"], SelectableFields = ["status.successful"],
        };
        yield return Of("batch", "v1", "CronJob", "cronjobs", WorkloadRules.CronJob, "cj") with { HasStatus = true, Categories = ["all"] };
    }

    private static IEnumerable<ResourceType> Others()
    {
        yield return Of("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", ConfigurationRules.Budget, "pdb") with { HasStatus = true };
        yield return Of("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", ConfigurationRules.WithSpec, "netpol");
        yield return Of("networking.k8s.io", "v1", "Ingress", "ingresses", ConfigurationRules.WithEmptyStatus, "ing") with { HasStatus = true };
        yield return Of("networking.k8s.io", "v1", "IngressClass", "ingressclasses", ConfigurationRules.WithSpec) with { Namespaced = false };
        yield return Of("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", ConfigurationRules.EndpointSlice);
        yield return Of("rbac.authorization.k8s.io", "v1", "Role", "roles", ConfigurationRules.Role);
        yield return Of("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", ConfigurationRules.Role) with { Namespaced = false };
        yield return Of("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", ConfigurationRules.RoleBinding);
        yield return Of("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", ConfigurationRules.RoleBinding) with
        {
            Namespaced = false,
        };
        yield return Of("coordination.k8s.io", "v1", "Lease", "leases", ConfigurationRules.Lease);
        yield return Of("storage.k8s.io", "v1", "StorageClass", "storageclasses", StorageRules.StorageClass, "sc") with { Namespaced = false };
        yield return Of("events.k8s.io", "v1", "Event", "events", ConfigurationRules.Event, "ev") with
        {
            StorageName = "/events", View = EventView.View, SelectableFields = EventView.Fields,
        };
        yield return Of("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", ConfigurationRules.WithEmptyStatus, "hpa") with
        {
            HasStatus = true, Categories = ["all"],
        };
        yield return Of("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", DefinitionRules.Rules, "crd", "crds") with
        {
            Namespaced = false, HasStatus = true, Categories = ["api-extensions"],
        };
    }

    /// <summary>Questions that are answered and not stored.</summary>
    private static IEnumerable<ResourceType> Reviews()
    {
        foreach (var kind in new[] { "SelfSubjectAccessReview", "SubjectAccessReview", "SelfSubjectRulesReview" })
            yield return Review("authorization.k8s.io", kind);
        yield return Review("authorization.k8s.io", "LocalSubjectAccessReview") with { Namespaced = true };
        yield return Review("authentication.k8s.io", "SelfSubjectReview");
        yield return Review("authentication.k8s.io", "TokenReview");
    }

    private static ResourceType Review(string group, string kind) =>
        Of(group, "v1", kind, kind.ToLowerInvariant() + "s", KindRules.Default) with { Namespaced = false, Verbs = ResourceVerbs.CreateOnly };

    private static ResourceType Of(string group, string version, string kind, string plural, KindRules rules, params string[] shortNames) => new()
    {
        Group = group,
        Version = version,
        Kind = kind,
        Plural = plural,
        Singular = "",
        Namespaced = true,
        Rules = rules,
        ShortNames = shortNames,
    };
}
