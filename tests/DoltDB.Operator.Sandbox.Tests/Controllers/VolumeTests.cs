using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Tests.Controllers;

public sealed class VolumeTests : IAsyncLifetime
{
    private static readonly NamespacedName Standard = new("", "standard");

    private ControllerBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ControllerBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task A_claim_made_the_moment_the_controllers_start_has_the_default_class()
    {
        await bench.Client.CreateAsync(BuiltInKinds.PersistentVolumeClaim, Claim(), Cancel);
        (await bench.GetAsync(BuiltInKinds.PersistentVolumeClaim, "data"))!.Spec!.StorageClassName.ShouldBe("standard");
        await BoundAsync();
    }

    [Fact]
    public async Task A_claim_from_before_there_was_a_default_class_gets_it_and_a_volume()
    {
        var standard = (await bench.GetAsync(BuiltInKinds.StorageClass, Standard.Name))!;
        await bench.Client.DeleteAsync(BuiltInKinds.StorageClass, Standard, new DeleteOptions(), Cancel);
        var claim = await bench.Client.CreateAsync(BuiltInKinds.PersistentVolumeClaim, Claim(), Cancel);
        claim.Spec!.StorageClassName.ShouldBeNull();

        await bench.Client.CreateAsync(BuiltInKinds.StorageClass, standard with { Metadata = new ObjectMeta { Name = Standard.Name, Annotations = standard.Metadata.Annotations } }, Cancel);
        (await BoundAsync()).Spec!.StorageClassName.ShouldBe("standard");
    }

    [Fact]
    public async Task A_bound_claim_that_asks_for_more_grows_with_its_volume()
    {
        await bench.Client.CreateAsync(BuiltInKinds.PersistentVolumeClaim, Claim(), Cancel);
        var volume = (await BoundAsync()).Spec!.VolumeName!;
        await bench.PatchAsync(BuiltInKinds.PersistentVolumeClaim, "data", """{"spec":{"resources":{"requests":{"storage":"3Gi"}}}}""");
        await bench.UntilAsync(BuiltInKinds.PersistentVolumeClaim, "data", claim => claim.Status!.Capacity!["storage"].Text == "3Gi");
        (await bench.GetAsync(BuiltInKinds.PersistentVolume, volume))!.Spec!.Capacity!["storage"].Text.ShouldBe("3Gi");
    }

    private static PersistentVolumeClaim Claim() => new()
    {
        Metadata = new ObjectMeta { Name = "data", Namespace = "default" },
        Spec = new PersistentVolumeClaimSpec { AccessModes = ["ReadWriteOnce"], Resources = new() { Requests = new() { ["storage"] = new Quantity("1Gi") } } },
    };

    private Task<PersistentVolumeClaim> BoundAsync() =>
        bench.UntilAsync(BuiltInKinds.PersistentVolumeClaim, "data", static claim => claim is { Status.Phase: "Bound", Spec.VolumeName.Length: > 0 });
}
