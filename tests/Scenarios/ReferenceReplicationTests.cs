using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>What the Go operator's integration tests ask of replication (specs 2 to 5), with data through all of it.</summary>
public sealed class ReferenceReplicationTests
{
    private const string Impatient = "failover: {delaySeconds: 2}";
    private const string PodNameLabel = "statefulset.kubernetes.io/pod-name";

    [Fact]
    public async Task Three_replicas_reconcile_and_are_reached_through_both_Services()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-repl", 3));
        var cluster = await laptop.AwaitReadyAsync("dolt-repl");
        foreach (var service in (string[])["dolt-repl-internal", "dolt-repl-primary", "dolt-repl-reader"])
            (await laptop.GetAsync(BuiltInKinds.Service, service)).ShouldNotBeNull(service);
        await RoutesToAsync(laptop, "dolt-repl-0");
        cluster.Status!.CurrentPrimary.ShouldBe("dolt-repl-0");
        (await laptop.GetAsync(BuiltInKinds.Pod, "dolt-repl-0"))!.Metadata.Labels!["k8s.dolthub.com/cluster-role"].ShouldBe("primary");
        (await laptop.GetAsync(BuiltInKinds.PodDisruptionBudget, "dolt-repl-pdb")).ShouldNotBeNull();

        var shop = await Shop.OpenAsync(laptop, "dolt-repl", rows: 2);
        await shop.AwaitRowsAsync(2);
        await shop.AwaitRowsOfAsync("dolt-repl-1", 2);
        await shop.AwaitRowsOfAsync("dolt-repl-2", 2);
        await shop.AwaitRowsOfReaderAsync(2);
    }

    [Fact]
    public async Task A_primary_whose_pod_is_deleted_again_and_again_is_replaced_and_a_later_switchover_is_done()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-repl", 3, extra: Impatient));
        await laptop.AwaitReadyAsync("dolt-repl");
        var shop = await Shop.OpenAsync(laptop, "dolt-repl", rows: 2);
        await shop.AwaitProvenAsync(standbys: 2);

        using var killing = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var killer = DeleteAgainAndAgainAsync(laptop, "dolt-repl-0", killing.Token);
        await laptop.AwaitAsync("dolt-repl", c => c.Status?.CurrentPrimary is { } primary && primary != "dolt-repl-0", "another primary");
        await killing.CancelAsync();
        await killer;
        var next = (await laptop.AwaitReadyAsync("dolt-repl")).Status!;
        next.CurrentPrimary.ShouldNotBe("dolt-repl-0");
        await RoutesToAsync(laptop, next.CurrentPrimary!);
        await shop.AwaitRowsAsync(2);
        await shop.WriteAsync(3);

        // As the Go operator's suite does: the first other ordinal, which is what the manifest said before the failover.
        const int wanted = 0;
        await laptop.AwaitAsync("dolt-repl", c => c.Spec?.Replication?.Primary?.PodIndex == next.CurrentPrimaryPodIndex, "the spec names the new primary");
        await laptop.ApplyAsync(Reference.Servers("dolt-repl", 3, podIndex: wanted, extra: Impatient));
        await laptop.AwaitAsync("dolt-repl", c => c.Status?.CurrentPrimaryPodIndex == wanted && Laptop.IsReady(c), "the wanted primary");
        await RoutesToAsync(laptop, $"dolt-repl-{wanted}");
        await shop.AwaitRowsAsync(3);
        await shop.WriteAsync(4);
        await shop.AwaitRowsOfAsync("dolt-repl-0", 4);
    }

    [Fact]
    public async Task Storage_is_resized_in_template_and_claims_and_the_data_stays()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-repl", 2));
        await laptop.AwaitReadyAsync("dolt-repl");
        var shop = await Shop.OpenAsync(laptop, "dolt-repl", rows: 2);
        await laptop.ApplyAsync(Reference.Servers("dolt-repl", 2, size: "10Gi"));
        await Reference.AwaitSizeAsync(laptop, "dolt-repl", "10Gi", claims: 2);
        await shop.AwaitRowsAsync(2);
        await shop.WriteAsync(3);
        await shop.AwaitRowsOfReaderAsync(3);
    }

    [Fact]
    public async Task A_change_of_resources_and_annotations_rolls_every_pod_and_ends_in_Updated()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("dolt-repl", 2));
        await laptop.AwaitReadyAsync("dolt-repl");
        var shop = await Shop.OpenAsync(laptop, "dolt-repl", rows: 2);
        await laptop.ApplyAsync(Reference.Servers("dolt-repl", 2, extra: Reference.Change));
        await Reference.AwaitChangeAsync(laptop, "dolt-repl", pods: 2);
        await shop.AwaitRowsAsync(2);
        await shop.WriteAsync(3);
        await shop.AwaitRowsOfReaderAsync(3);
    }

    private static async Task DeleteAgainAndAgainAsync(Laptop laptop, string pod, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            await laptop.DeletePodAsync(pod, atOnce: true);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task RoutesToAsync(Laptop laptop, string pod) =>
        (await laptop.GetAsync(BuiltInKinds.Service, "dolt-repl-primary"))!.Spec!.Selector![PodNameLabel].ShouldBe(pod);
}
