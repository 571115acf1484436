using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

public sealed class StatefulSetTests : IAsyncLifetime
{
    private ControllerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ControllerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Pods_get_their_identity_their_claims_and_a_node()
    {
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, Set("db", 2), Cancel);

        var set = await ReadyAsync("db", 2);
        set.Status!.CurrentRevision.ShouldBe(set.Status.UpdateRevision);
        (set.Status.AvailableReplicas, set.Status.CurrentReplicas, set.Status.UpdatedReplicas).ShouldBe((2, 2, 2));
        var pod = (await bench.GetAsync(BuiltInKinds.Pod, "db-1")).ShouldNotBeNull();
        pod.Metadata.Labels!["statefulset.kubernetes.io/pod-name"].ShouldBe("db-1");
        pod.Metadata.Labels["apps.kubernetes.io/pod-index"].ShouldBe("1");
        pod.Metadata.Labels["controller-revision-hash"].ShouldBe(set.Status.UpdateRevision);
        (pod.Spec!.Hostname, pod.Spec.Subdomain, pod.Spec.NodeName).ShouldBe(("db-1", "db-internal", "sandbox"));
        pod.Spec.Volumes![0].PersistentVolumeClaim!.ClaimName.ShouldBe("data-db-1");
        var claim = (await bench.GetAsync(BuiltInKinds.PersistentVolumeClaim, "data-db-1")).ShouldNotBeNull();
        (claim.Status!.Phase, claim.Status.Capacity!["storage"].Text, claim.Spec!.StorageClassName).ShouldBe(("Bound", "1Gi", "standard"));
        claim.Metadata.OwnerReferences.ShouldBeNull();
    }

    [Fact]
    public async Task An_ordered_set_waits_for_a_pod_before_it_makes_the_next()
    {
        bench.Stuck.Add("db-0");
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, Set("db", 2), Cancel);
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, Set("all", 2, "Parallel"), Cancel);

        await ReadyAsync("all", 2);
        await bench.UntilAsync(BuiltInKinds.Pod, "db-0", pod => pod.Spec!.NodeName is not null);
        (await bench.GetAsync(BuiltInKinds.Pod, "db-1")).ShouldBeNull();
    }

    [Fact]
    public async Task A_rolling_update_replaces_the_pods_above_the_partition()
    {
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, Set("db", 2), Cancel);
        var old = (await ReadyAsync("db", 2)).Status!.UpdateRevision;
        await bench.PatchAsync(BuiltInKinds.StatefulSet, "db", """{"spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}}""");
        await bench.PatchAsync(BuiltInKinds.StatefulSet, "db", """{"spec":{"template":{"metadata":{"annotations":{"a":"1"}}}}}""");

        var half = await bench.UntilAsync(BuiltInKinds.StatefulSet, "db", set => set.Status is { UpdatedReplicas: 1, ReadyReplicas: 2, CurrentReplicas: 1 });
        half.Status!.CurrentRevision.ShouldBe(old);
        (await bench.GetAsync(BuiltInKinds.Pod, "db-0"))!.Metadata.Labels!["controller-revision-hash"].ShouldBe(old);

        await bench.PatchAsync(BuiltInKinds.StatefulSet, "db", """{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}""");
        var done = await bench.UntilAsync(BuiltInKinds.StatefulSet, "db", set => set.Status is { UpdatedReplicas: 2, ReadyReplicas: 2 });
        done.Status!.CurrentRevision.ShouldBe(done.Status.UpdateRevision);
    }

    [Fact]
    public async Task Pods_on_delete_keep_their_revision_until_they_are_deleted()
    {
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, Set("db", 2, "Parallel", "OnDelete"), Cancel);
        var before = await ReadyAsync("db", 2);
        await bench.PatchAsync(BuiltInKinds.StatefulSet, "db", """{"spec":{"template":{"metadata":{"annotations":{"a":"1"}}}}}""");
        var changed = await bench.UntilAsync(BuiltInKinds.StatefulSet, "db", set => set.Status!.UpdateRevision != before.Status!.UpdateRevision);
        (changed.Status!.UpdatedReplicas, changed.Status.ObservedGeneration).ShouldBe((null, changed.Metadata.Generation));

        await bench.DeleteAsync(BuiltInKinds.Pod, "db-0");
        var after = await bench.UntilAsync(BuiltInKinds.StatefulSet, "db", set => set.Status is { UpdatedReplicas: 1, ReadyReplicas: 2 });
        after.Status!.CurrentRevision.ShouldBe(before.Status!.UpdateRevision);
        (await bench.GetAsync(BuiltInKinds.Pod, "db-0"))!.Metadata.Annotations!["a"].ShouldBe("1");
    }

    [Fact]
    public async Task A_shrinking_set_deletes_the_highest_pod_and_the_claim_that_goes_with_it()
    {
        var policy = new PersistentVolumeClaimRetentionPolicy { WhenDeleted = "Retain", WhenScaled = "Delete" };
        var set = Set("db", 2);
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, set with { Spec = set.Spec! with { PersistentVolumeClaimRetentionPolicy = policy } }, Cancel);
        await ReadyAsync("db", 2);
        bench.Stuck.Add("db-1");
        await bench.PatchAsync(BuiltInKinds.StatefulSet, "db", """{"spec":{"replicas":1}}""");

        var pod = await bench.UntilAsync(BuiltInKinds.Pod, "db-1", pod => pod.Metadata.DeletionTimestamp is not null);
        var claim = await bench.UntilAsync(BuiltInKinds.PersistentVolumeClaim, "data-db-1", claim => claim.Metadata.Controller() is not null);
        claim.Metadata.Controller()!.Uid.ShouldBe(pod.Metadata.Uid);
        (await bench.GetAsync(BuiltInKinds.Pod, "db-0"))!.Metadata.DeletionTimestamp.ShouldBeNull();
    }

    [Fact]
    public async Task A_claim_grows_when_more_is_asked()
    {
        await bench.Client.CreateAsync(BuiltInKinds.StatefulSet, Set("db", 1), Cancel);
        await ReadyAsync("db", 1);
        await bench.PatchAsync(BuiltInKinds.PersistentVolumeClaim, "data-db-0", """{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}""");

        var claim = await bench.UntilAsync(BuiltInKinds.PersistentVolumeClaim, "data-db-0", c => c.Status!.Capacity!["storage"].Text == "3Gi");
        (await bench.GetAsync(BuiltInKinds.PersistentVolume, claim.Spec!.VolumeName!))!.Spec!.Capacity!["storage"].Text.ShouldBe("3Gi");
    }

    [Fact]
    public async Task A_gated_pod_waits_for_its_gate()
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = "gated", Namespace = "default" },
            Spec = new PodSpec { Containers = [new Container { Name = "c", Image = "i" }], SchedulingGates = [new PodSchedulingGate { Name = "example.com/g" }] },
        };
        await bench.Client.CreateAsync(BuiltInKinds.Pod, pod, Cancel);
        await bench.UntilAsync(BuiltInKinds.Pod, "gated", p => p.Status?.Conditions?.Any(c => c.Reason == "SchedulingGated") == true);
        await bench.PatchAsync(BuiltInKinds.Pod, "gated", """{"spec":{"schedulingGates":null}}""");

        await bench.UntilAsync(BuiltInKinds.Pod, "gated", p => p.Spec!.NodeName == "sandbox");
    }

    internal static StatefulSet Set(string name, int replicas, string policy = "OrderedReady", string strategy = "RollingUpdate") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new StatefulSetSpec
        {
            Replicas = replicas,
            ServiceName = name + "-internal",
            PodManagementPolicy = policy,
            UpdateStrategy = new StatefulSetUpdateStrategy { Type = strategy },
            Selector = new LabelSelector { MatchLabels = new() { ["app"] = name } },
            Template = new PodTemplateSpec
            {
                Metadata = new ObjectMeta { Labels = new() { ["app"] = name } },
                Spec = new PodSpec
                {
                    Containers = [new Container { Name = "db", Image = "example.com/db:1", Ports = [new ContainerPort { Name = "sql", Number = 3306 }] }],
                },
            },
            VolumeClaimTemplates =
            [
                new PersistentVolumeClaim
                {
                    Metadata = new ObjectMeta { Name = "data" },
                    Spec = new PersistentVolumeClaimSpec
                    {
                        AccessModes = ["ReadWriteOnce"],
                        Resources = new VolumeResourceRequirements { Requests = new() { ["storage"] = new Quantity("1Gi") } },
                    },
                },
            ],
        },
    };

    private Task<StatefulSet> ReadyAsync(string name, int replicas) =>
        bench.UntilAsync(BuiltInKinds.StatefulSet, name, set => set.Status?.ReadyReplicas == replicas && set.Status.UpdatedReplicas == replicas);
}
