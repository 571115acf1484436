using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>What the watch caches keep: memory follows the DoltDBs of a Kubernetes cluster, not all that Helm charts put into it.</summary>
public sealed class CacheReductionTests
{
    private readonly Source source = new();

    public CacheReductionTests() => _ = new ClusterCaches(source);

    [Fact]
    public void The_configuration_of_a_DoltDB_is_kept() => source.Kept(Map("DoltDB")).Data!.Keys.ShouldBe(["db-0.yaml"]);

    [Theory]
    [InlineData("Deployment")]
    [InlineData(null)]
    public void Of_a_strangers_ConfigMap_only_is_kept_that_it_is_there_and_whose_it_is(string? controller)
    {
        var map = Map(controller);
        var kept = source.Kept(map);
        (kept.Data, kept.BinaryData, kept.Metadata.Annotations).ShouldBe((null, null, null));
        (kept.Metadata.Name, kept.Metadata.Namespace, kept.Metadata.Uid, kept.Metadata.ResourceVersion).ShouldBe(("db-config", "ns", "uid-1", "7"));
        kept.Metadata.Controller()?.Kind.ShouldBe(controller);
        kept.Metadata.Labels.ShouldBe(map.Metadata.Labels);
    }

    [Fact]
    public void Of_a_DoltDBs_pod_what_decisions_read_is_kept()
    {
        var kept = source.Kept(Pod("dolt", annotations: new() { [ClusterLabels.ClusterAnnotation] = "db" }));
        kept.Spec!.NodeName.ShouldBe("node-1");
        kept.Spec.Containers!.ShouldHaveSingleItem().Image.ShouldBe("dolthub/dolt:1.57.2");
        kept.Status!.PodIP.ShouldBe("10.0.0.1");
    }

    [Fact]
    public void Pods_of_the_Go_operator_and_pods_that_lost_their_marks_are_a_DoltDBs()
    {
        // The Go operator's carry its annotation, and the role once they have one.
        source.Kept(Pod("web", annotations: new() { [ClusterLabels.ClusterAnnotation] = "db", [ClusterLabels.ReplicationAnnotation] = "true" })).Status.ShouldNotBeNull();
        source.Kept(Pod("web", labels: new() { [ClusterLabels.Name] = "db", [ClusterLabels.Role] = ClusterLabels.Standby })).Status.ShouldNotBeNull();
        source.Kept(Pod("web", labels: ClusterLabels.OwnSelector("db"))).Status.ShouldNotBeNull();
        source.Kept(Pod("dolt")).Status.ShouldNotBeNull();
    }

    [Fact]
    public void Of_a_strangers_pod_only_is_kept_that_it_is_there_and_whose_it_is()
    {
        var pod = Pod("web", annotations: new() { ["kubectl.kubernetes.io/last-applied-configuration"] = "{}" });
        var kept = source.Kept(pod);
        (kept.Spec, kept.Status, kept.Metadata.Annotations).ShouldBe((null, null, null));
        (kept.Metadata.Name, kept.Metadata.Namespace, kept.Metadata.Uid, kept.Metadata.ResourceVersion).ShouldBe(("db-0", "ns", "uid-1", "7"));
        kept.Metadata.Labels.ShouldBe(pod.Metadata.Labels);
        kept.Metadata.Controller()!.Kind.ShouldBe("StatefulSet");
    }

    private static ConfigMap Map(string? controller) => new()
    {
        Metadata = Metadata("db-config", controller) with { Annotations = new() { ["kubectl.kubernetes.io/last-applied-configuration"] = "{}" } },
        Data = new() { ["db-0.yaml"] = "log_level: info" },
        BinaryData = new() { ["more"] = "AAAA" },
    };

    private static Pod Pod(string container, Dictionary<string, string>? labels = null, Dictionary<string, string>? annotations = null) => new()
    {
        Metadata = Metadata("db-0", "StatefulSet") with { Labels = labels ?? new() { [ClusterLabels.Name] = "db" }, Annotations = annotations },
        Spec = new PodSpec { NodeName = "node-1", Containers = [new Container { Name = container, Image = "dolthub/dolt:1.57.2" }] },
        Status = new PodStatus { PodIP = "10.0.0.1" },
    };

    private static ObjectMeta Metadata(string name, string? controller) => new()
    {
        Name = name,
        Namespace = "ns",
        Uid = "uid-1",
        ResourceVersion = "7",
        Labels = new() { [ClusterLabels.Name] = "db" },
        OwnerReferences = controller is null ? null : [new OwnerReference { ApiVersion = "v1", Kind = controller, Name = "db", Uid = "uid-2", Controller = true }],
    };

    /// <summary>Caches that tell what would be kept of an object.</summary>
    private sealed class Source : ICacheSource
    {
        private readonly Dictionary<Type, Delegate> transforms = [];

        public IObjectCache<T> Get<T>(ResourceKind<T> kind, CacheOptions<T>? options = null)
            where T : class, IKubernetesObject
        {
            if (options?.Transform is { } transform)
                transforms[typeof(T)] = transform;
            return new ObjectStore<T>(kind);
        }

        public T Kept<T>(T found) => transforms.TryGetValue(typeof(T), out var transform) ? ((Func<T, T>)transform)(found) : found;
    }
}
