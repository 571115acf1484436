using System.Collections.Concurrent;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Sandbox.Controllers.Garbage;

/// <summary>An object of any kind.</summary>
internal readonly record struct GraphKey(ResourceKind<DependentObject> Kind, NamespacedName Name);

/// <summary>Who owns whom, over all kinds: the built-in ones and those that are defined while the sandbox runs.</summary>
internal sealed class ObjectGraph
{
    private const string ByOwner = "ownerUid";

    private static readonly (string Group, string Version, string Kind, string Plural, bool Namespaced)[] BuiltIn =
    [
        ("", "v1", "Namespace", "namespaces", false),
        ("", "v1", "Node", "nodes", false),
        ("", "v1", "PersistentVolume", "persistentvolumes", false),
        ("", "v1", "Pod", "pods", true),
        ("", "v1", "Service", "services", true),
        ("", "v1", "ConfigMap", "configmaps", true),
        ("", "v1", "Secret", "secrets", true),
        ("", "v1", "ServiceAccount", "serviceaccounts", true),
        ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
        ("apps", "v1", "StatefulSet", "statefulsets", true),
        ("apps", "v1", "ControllerRevision", "controllerrevisions", true),
        ("apps", "v1", "Deployment", "deployments", true),
        ("apps", "v1", "ReplicaSet", "replicasets", true),
        ("apps", "v1", "DaemonSet", "daemonsets", true),
        ("batch", "v1", "Job", "jobs", true),
        ("batch", "v1", "CronJob", "cronjobs", true),
        ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true),
        ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true),
        ("networking.k8s.io", "v1", "Ingress", "ingresses", true),
        ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", true),
        ("rbac.authorization.k8s.io", "v1", "Role", "roles", true),
        ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true),
        ("coordination.k8s.io", "v1", "Lease", "leases", true),
        ("storage.k8s.io", "v1", "StorageClass", "storageclasses", false),
        ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
    ];

    private readonly CacheRegistry registry;
    private readonly ConcurrentDictionary<(string Group, string Kind), IObjectCache<DependentObject>> caches = new();
    private readonly List<Action<ResourceKind<DependentObject>, CacheChange<DependentObject>>> listeners = [];

    /// <summary>A graph of the built-in kinds; its caches run with the registry, which nobody else may use.</summary>
    public ObjectGraph(CacheRegistry registry)
    {
        this.registry = registry;
        foreach (var (group, version, kind, plural, namespaced) in BuiltIn)
            Add(new ResourceKind<DependentObject>(group, version, kind, plural, namespaced, ControllerJson.Default.DependentObject));
    }

    /// <summary>All kinds that are known now.</summary>
    public IEnumerable<ResourceKind<DependentObject>> Kinds => caches.Values.Select(static cache => cache.Kind);

    /// <summary>Calls back for every change of every object. Only while the controllers are put together.</summary>
    public void Listen(Action<ResourceKind<DependentObject>, CacheChange<DependentObject>> listener) => listeners.Add(listener);

    /// <summary>Completes when the first list of every kind is in.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => registry.WaitForSyncAsync(cancellationToken);

    /// <summary>Follows one more kind.</summary>
    public void Add(ResourceKind<DependentObject> kind)
    {
        var cache = registry.Get(kind, new CacheOptions<DependentObject> { Transform = DependentObject.Slim, Optional = true });
        if (!caches.TryAdd((kind.Group, kind.Kind), cache))
            return;
        cache.AddIndex(ByOwner, static resource => [.. (resource.Metadata.OwnerReferences ?? []).Select(static owner => owner.Uid).Distinct()]);
        cache.Subscribe(change => listeners.ForEach(listener => listener(kind, change)));
    }

    /// <summary>The object of the key, as far as the caches know.</summary>
    public DependentObject? Find(GraphKey key) => caches.TryGetValue((key.Kind.Group, key.Kind.Kind), out var cache) ? cache.Get(key.Name) : null;

    /// <summary>Objects that name the uid as an owner.</summary>
    public IEnumerable<(GraphKey Key, DependentObject Object)> Dependents(string uid) => caches.Values.SelectMany(cache =>
        cache.Lookup(ByOwner, uid).Select(dependent => (new GraphKey(cache.Kind, NamespacedName.Of(dependent)), dependent)));

    /// <summary>Where the owner must be, seen from a dependent in the namespace; null when its kind is not known here.</summary>
    public GraphKey? Locate(OwnerReference owner, string ns)
    {
        var slash = owner.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : owner.ApiVersion[..slash];
        return caches.TryGetValue((group, owner.Kind), out var cache)
            ? new GraphKey(cache.Kind, new NamespacedName(cache.Kind.Namespaced ? ns : "", owner.Name))
            : null;
    }
}
