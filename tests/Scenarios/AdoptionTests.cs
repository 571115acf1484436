using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>A cluster that the Go operator made is taken over as it runs.</summary>
public sealed class AdoptionTests
{
    [Fact]
    public async Task A_cluster_of_the_Go_operator_is_adopted_without_restarting_a_pod_and_rolls_at_the_next_change()
    {
        await using var laptop = await Laptop.StartInsideAsync("brings up what another operator left", withOperator: false);
        await laptop.ApplyAsync(GoOperator.Credentials);
        await laptop.ApplyAsync(Manifests.Existing);
        var uid = (await laptop.GetAsync("my-dolt"))!.Metadata.Uid!;
        await laptop.ApplyAsync(GoOperator.Children(uid));
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("my-dolt", "my-dolt-0"), "SELECT @@global.dolt_cluster_role", "primary");
        await using (var session = await laptop.ConnectPodAsync("my-dolt", "my-dolt-0"))
        {
            await Laptop.RunAsync(session, "CREATE DATABASE shop");
            await Laptop.RunAsync(session, "CREATE TABLE shop.items (id INT PRIMARY KEY)");
            await Laptop.RunAsync(session, "INSERT INTO shop.items VALUES (1)");
        }

        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("my-dolt", "my-dolt-1"), "SELECT COUNT(*) FROM shop.items", "1");
        var before = await PodsAsync(laptop);

        laptop.StartOperator();
        var cluster = await laptop.AwaitReadyAsync("my-dolt");
        cluster.Status!.CurrentPrimary.ShouldBe("my-dolt-0");
        cluster.Status.Databases.ShouldBe(["shop"]);
        (await PodsAsync(laptop)).ShouldBe(before, "no pod was restarted");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("my-dolt", "my-dolt-primary"), "SELECT COUNT(*) FROM shop.items", "1");
        (await laptop.GetAsync(BuiltInKinds.PodDisruptionBudget, "my-dolt-pdb"))!.Spec!.MinAvailable.ShouldBeNull();

        await laptop.ApplyAsync(Manifests.Existing.Replace("1.57.2", "1.58.0", StringComparison.Ordinal));
        await laptop.AwaitAsync("my-dolt", c => Laptop.IsReady(c) && c.Status!.Members!.All(m => Laptop.Runs(m, "1.58.0")), "the new version everywhere");
        (await PodsAsync(laptop)).ShouldNotContain(pod => before.Contains(pod));
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("my-dolt", "my-dolt-primary"), "SELECT COUNT(*) FROM shop.items", "1");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("my-dolt", "my-dolt-reader"), "SELECT COUNT(*) FROM shop.items", "1");
    }

    private static async Task<List<string>> PodsAsync(Laptop laptop)
    {
        var pods = new List<string>();
        foreach (var name in (string[])["my-dolt-0", "my-dolt-1"])
            pods.Add((await laptop.GetAsync(BuiltInKinds.Pod, name))?.Metadata.Uid ?? $"{name} is gone");
        return pods;
    }
}
