using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>
/// Pods that somebody else takes away in good order: a drained node, a StatefulSet controller that rolls, a user with kubectl (faults C15 and C16 of the
/// Go operator). The role moves before the pod goes, so no row that a client was told is kept may be lost.
/// </summary>
public sealed class DisruptionTests
{
    private const string OldVersion = "1.57.2";
    private const string NewVersion = "1.58.0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("evicted")]
    [InlineData("deleted")]
    public async Task C15_The_pod_of_a_primary_under_load_goes_after_a_hand_over_and_costs_no_row(string how)
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 2));
        await laptop.AwaitReadyAsync("db");
        await using var client = await BusyClient.StartAsync(laptop, "db", Acknowledged.ByPrimary);
        await client.AwaitMoreAsync("before");
        await AwaitProvenAsync(laptop, "db-1");
        var before = await UidAsync(laptop, "db-0");
        if (how == "evicted")
            (await laptop.Client.EvictAsync(new(laptop.Namespace, "db-0"), new DeleteOptions(), Token)).ShouldBe(EvictionResult.Evicted);
        else
            await laptop.DeletePodAsync("db-0");

        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1", "db-1 is primary");
        await client.AwaitMoreAsync("by db-1");
        await AwaitReplacedAsync(laptop, "db-0", before);
        (await laptop.AwaitReadyAsync("db")).Status!.RecentFailovers.ShouldBeNull("a hand-over is no failover");
        await client.AwaitMoreAsync("by both");
        (await client.LostAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task C16_A_StatefulSet_that_rolls_by_itself_takes_no_primary_before_its_hand_over()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Upgradable("RollingUpdate"));
        await laptop.AwaitReadyAsync("db");
        await using var client = await BusyClient.StartAsync(laptop, "db", Acknowledged.ByPrimary);
        await laptop.ApplyAsync(Upgradable("RollingUpdate", NewVersion));
        await AwaitVersionAsync(laptop);
        await client.AwaitMoreAsync("by both");
        (await client.LostAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("OnDelete")]
    [InlineData("Never")]
    public async Task C16_Pods_that_the_strategy_leaves_to_the_user_roll_only_when_he_deletes_them_the_primary_after_a_hand_over(string strategy)
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Upgradable(strategy));
        await laptop.AwaitReadyAsync("db");
        await using var client = await BusyClient.StartAsync(laptop, "db", Acknowledged.ByPrimary);
        string[] before = [await UidAsync(laptop, "db-0"), await UidAsync(laptop, "db-1")];
        await laptop.ApplyAsync(Upgradable(strategy, NewVersion));
        await laptop.AwaitSetAsync("db", set => set.Status?.ObservedGeneration == set.Metadata.Generation && set.Spec!.Template!.Spec!.Containers!.Any(container => container.Image?.EndsWith(NewVersion, StringComparison.Ordinal) == true), "the new template");
        await laptop.AwaitConditionAsync("db", "Updated", "False", "PendingUpdate");
        string[] after = [await UidAsync(laptop, "db-0"), await UidAsync(laptop, "db-1")];
        after.ShouldBe(before);

        await laptop.DeletePodAsync("db-1");
        await AwaitReplacedAsync(laptop, "db-1", before[1]);
        await laptop.AwaitReadyAsync("db");
        await AwaitProvenAsync(laptop, "db-1");
        (await laptop.GetAsync("db"))!.Status!.CurrentPrimary.ShouldBe("db-0");
        await laptop.DeletePodAsync("db-0");
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1", "db-1 is primary");
        await AwaitVersionAsync(laptop);
        await client.AwaitMoreAsync("by both");
        (await client.LostAsync()).ShouldBeEmpty();
    }

    private static string Upgradable(string strategy, string version = OldVersion) =>
        Reference.Servers("db", 2, extra: $"updateStrategy: {strategy}").Replace(OldVersion, version, StringComparison.Ordinal);

    /// <summary>Every pod is of the new template, and none of them got there by a failover.</summary>
    private static async Task AwaitVersionAsync(Laptop laptop)
    {
        var upgraded = await laptop.AwaitAsync(
            "db", c => Laptop.IsReady(c) && c.Status!.Conditions!.Any(condition => condition is { Type: "Updated", Status: "True" }) && c.Status.Members!.All(m => Laptop.Runs(m, NewVersion)), "the new version everywhere");
        upgraded.Status!.RecentFailovers.ShouldBeNull("a hand-over is no failover");
        upgraded.Status.CurrentPrimary.ShouldBe("db-1", "the primary moved before its pod went");
    }

    /// <summary>The standby, as it is now, was seen to hold what the primary holds: only such a one takes over.</summary>
    private static async Task AwaitProvenAsync(Laptop laptop, string pod)
    {
        var uid = await UidAsync(laptop, pod);
        await laptop.AwaitAsync("db", c => c.Status?.LastEqual?.Any(proof => proof.Member == pod && proof.PodUid == uid && proof.Databases is { Count: > 0 }) == true, $"{pod} is proven");
    }

    private static async Task<string> UidAsync(Laptop laptop, string pod) => (await laptop.GetAsync(BuiltInKinds.Pod, pod))!.Metadata.Uid!;

    private static Task AwaitReplacedAsync(Laptop laptop, string pod, string uid) => laptop.AwaitListAsync(
        BuiltInKinds.Pod, "app.kubernetes.io/name=db", pods => pods.Any(found => found.Metadata.Name == pod && found.Metadata.Uid != uid), $"another {pod}");
}
