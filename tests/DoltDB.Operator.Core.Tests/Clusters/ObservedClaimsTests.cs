using System.Collections.Immutable;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Which volumes are a cluster's, among those that an API server has.</summary>
public sealed class ObservedClaimsTests
{
    [Fact]
    public async Task C1_Claims_of_others_that_have_the_common_label_do_not_grow()
    {
        await using var api = await SandboxedApi.StartAsync();
        await CreateAsync(api, "dolt-data-db-0");
        await CreateAsync(api, "data-db-1");
        await CreateAsync(api, "dolt-data-db-backup");
        await CreateAsync(api, "dolt-data-db-2", cluster: "other");
        await CreateAsync(api, "dolt-data-db-3", role: "cache");
        await CreateAsync(api, "dolt-data-db-1");
        await api.SeenAsync(BuiltInKinds.PersistentVolumeClaim, api.Caches.Claims, "dolt-data-db-1");

        StorageRules.Decide(await ObserveAsync(api)).ToGrow.ShouldBe(["dolt-data-db-0", "dolt-data-db-1"]);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(null, false)]
    public async Task The_class_of_the_volumes_tells_whether_they_can_grow(bool? allowed, bool canExpand)
    {
        await using var api = await SandboxedApi.StartAsync();
        await CreateClassAsync(api, "fast", allowed);
        await CreateAsync(api, "dolt-data-db-0", storageClass: "fast");
        (await ObserveAsync(api, "dolt-data-db-0")).CanExpandVolumes.ShouldBe(canExpand);
    }

    [Fact]
    public async Task One_volume_that_cannot_grow_or_whose_class_is_unknown_speaks_for_all()
    {
        await using var api = await SandboxedApi.StartAsync();
        await CreateClassAsync(api, "fast", true);
        await CreateAsync(api, "dolt-data-db-0", storageClass: "fast");
        await CreateAsync(api, "dolt-data-db-1", storageClass: "slow");
        (await ObserveAsync(api)).CanExpandVolumes.ShouldBeNull();
        await CreateClassAsync(api, "slow", false);
        (await ObserveAsync(api)).CanExpandVolumes.ShouldBe(false);
    }

    private static async Task<ClusterFacts> ObserveAsync(SandboxedApi api, string last = "dolt-data-db-1")
    {
        await api.SeenAsync(BuiltInKinds.PersistentVolumeClaim, api.Caches.Claims, last);
        await using var connections = new DoltConnections(new PretendedServers(TimeProvider.System), new DoltConnectionsOptions(), TimeProvider.System);
        var observer = new ClusterObserver(api.Caches, new MemberProber(connections, new MemberProberOptions(), TimeProvider.System), TimeProvider.System);
        var nobody = new Administrator("", "", new CredentialsState(false, "there is no Secret"));
        return await observer.ObserveAsync(Larger(Situation.Steady()).Cluster, nobody, ContentNeed.Recent, ImmutableHashSet<string>.Empty, TestContext.Current.CancellationToken);
    }

    private static async Task CreateClassAsync(SandboxedApi api, string name, bool? allowed)
    {
        var storageClass = new StorageClass { Metadata = new ObjectMeta { Name = name }, Provisioner = "example.com/disks", AllowVolumeExpansion = allowed };
        await api.Client.CreateAsync(BuiltInKinds.StorageClass, storageClass, TestContext.Current.CancellationToken);
        await api.SeenAsync(BuiltInKinds.StorageClass, api.Caches.Classes, name);
    }

    private static Task CreateAsync(SandboxedApi api, string name, string cluster = "db", string role = ClusterLabels.ClaimRoleData, string? storageClass = null)
    {
        var claim = Situation.Claim(0, "1Gi");
        return api.Client.CreateAsync(
            BuiltInKinds.PersistentVolumeClaim,
            claim with
            {
                Metadata = new ObjectMeta { Name = name, Namespace = "ns", Labels = new() { [ClusterLabels.Name] = cluster, [ClusterLabels.ClaimRole] = role } },
                Spec = claim.Spec! with { AccessModes = ["ReadWriteOnce"], StorageClassName = storageClass },
                Status = null,
            },
            TestContext.Current.CancellationToken);
    }
}
