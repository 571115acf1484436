using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>An upgrade to something that does not run costs one standby, not the service.</summary>
public sealed class BrokenUpgradeTests
{
    /// <summary>A version that no registry has, and the sandbox neither.</summary>
    private const string Missing = "0.0.0";

    /// <summary>Absence is seen only by looking for a while: several of the operator's passes.</summary>
    private static readonly TimeSpan Watching = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task An_upgrade_to_an_image_that_never_becomes_ready_stops_after_one_standby_and_reverting_heals_it()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 3));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", rows: 2);
        var untouched = await UidsAsync(laptop, "db-0", "db-1");

        await laptop.ApplyAsync(Reference.Servers("db", 3).Replace("1.57.2", Missing, StringComparison.Ordinal));
        await laptop.AwaitConditionAsync("db", "Updated", "False");
        await laptop.AwaitListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db", pods => pods.Any(IsWaitingForImage), "a pod that waits for its image");
        var rows = await WriteForAsync(shop, Watching, after: 2);

        var stopped = (await laptop.GetAsync("db"))!.Status!;
        stopped.CurrentPrimary.ShouldBe("db-0");
        stopped.Conditions!.Single(c => c.Type == "Updated").Message!.ShouldContain("db-2");
        (await UidsAsync(laptop, "db-0", "db-1")).ShouldBe(untouched, "one standby was tried, the others were not touched");
        await shop.AwaitRowsOfReaderAsync(rows);

        await laptop.ApplyAsync(Reference.Servers("db", 3));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Conditions!.Any(condition => condition is { Type: "Updated", Status: "True" }), "Ready and Updated");
        (await UidsAsync(laptop, "db-0", "db-1")).ShouldBe(untouched);
        await shop.AwaitRowsOfAsync("db-2", rows);
    }

    private static bool IsWaitingForImage(Pod pod) =>
        (pod.Status?.InitContainerStatuses ?? []).Any(container => container.State?.Waiting?.Reason is "ImagePullBackOff" or "ErrImagePull");

    /// <summary>Writes rows, each at the first attempt; returns the number of the last.</summary>
    private static async Task<int> WriteForAsync(Shop shop, TimeSpan duration, int after)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < duration)
        {
            await shop.WriteAtOnceAsync(++after);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        return after;
    }

    private static async Task<List<string>> UidsAsync(Laptop laptop, params string[] pods)
    {
        var uids = new List<string>();
        foreach (var pod in pods)
            uids.Add((await laptop.GetAsync(BuiltInKinds.Pod, pod))!.Metadata.Uid!);
        return uids;
    }
}
