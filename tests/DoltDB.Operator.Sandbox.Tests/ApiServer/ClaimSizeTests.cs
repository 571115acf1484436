using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.ApiServer;

namespace DoltDB.Operator.Sandbox.Tests.ApiServer;

/// <summary>Which sizes a claim may come to ask for, as Kubernetes 1.34 has it.</summary>
public sealed class ClaimSizeTests : IAsyncLifetime
{
    private SandboxApiServer server = null!;
    private IKubernetesClient client = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await SandboxApiServer.StartAsync(new SandboxApiServerOptions { Listen = null, Definitions = [] }, Cancel);
        client = server.Connect("test/1");
        var storageClass = new StorageClass { Metadata = new ObjectMeta { Name = "slow" }, Provisioner = "example.com/disks", AllowVolumeExpansion = true };
        await client.CreateAsync(BuiltInKinds.StorageClass, storageClass, Cancel);
        var claim = await client.CreateAsync(
            BuiltInKinds.PersistentVolumeClaim,
            new PersistentVolumeClaim
            {
                Metadata = new ObjectMeta { Name = "data", Namespace = "default" },
                Spec = new() { AccessModes = ["ReadWriteOnce"], StorageClassName = "slow", Resources = new() { Requests = new() { ["storage"] = new Quantity("10Gi") } } },
            },
            Cancel);
        var bound = claim with { Status = new() { Phase = "Bound", Capacity = new() { ["storage"] = new Quantity("10Gi") } } };
        await client.ReplaceAsync(BuiltInKinds.PersistentVolumeClaim, bound, "status", Cancel);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("11Gi", true)]
    [InlineData("10Ti", true)]
    [InlineData("10Gi", false)]
    [InlineData("9Gi", false)]
    public async Task A_claim_that_did_not_grow_can_go_back_to_more_than_it_has_and_to_no_less(string size, bool isTaken)
    {
        await AskAsync("10Ti");
        if (isTaken)
            (await AskAsync(size)).Spec!.Resources!.Requests!["storage"].Text.ShouldBe(size);
        else
            (await Should.ThrowAsync<KubernetesException>(() => AskAsync(size))).Message.ShouldContain("field can not be less than status.capacity");
    }

    private Task<PersistentVolumeClaim> AskAsync(string size)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = size } } } };
        return client.MergePatchAsync(BuiltInKinds.PersistentVolumeClaim, new NamespacedName("default", "data"), patch, null, Cancel);
    }
}
