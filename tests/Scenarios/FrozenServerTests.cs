using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>A server that hangs keeps its connections and answers nothing. It must not hold up anything that another server can do.</summary>
public sealed class FrozenServerTests
{
    private const string Impatient = "failover: {delaySeconds: 2}";

    /// <summary>The delay of the failover, and what detection, promotion and a slow machine may add.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(2 + 6);

    [Fact]
    public async Task A_frozen_primary_is_replaced_like_a_dead_one_and_is_a_standby_when_it_wakes()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop);
        var began = TimeProvider.System.GetTimestamp();
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        await shop.WriteAsync(3);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(InTime, "time until a write was confirmed again");

        await laptop.SignalAsync("db-0", ServerSignal.Thaw);
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.CurrentPrimary != "db-0", "another primary, and three servers");
        await shop.AwaitRoleAsync("db-0", "standby");
        await shop.WriteAsync(4);
        await shop.AwaitRowsOfAsync("db-0", 4);
    }

    [Fact]
    public async Task A_frozen_standby_delays_neither_writes_nor_a_switchover_nor_a_failover()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop);
        await laptop.SignalAsync("db-2", ServerSignal.Freeze);
        for (var id = 3; id <= 20; id++)
            await shop.WriteAtOnceAsync(id);

        var began = TimeProvider.System.GetTimestamp();
        await laptop.ApplyAsync(Reference.Servers("db", 3, podIndex: 1, extra: Impatient));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" || IsRefused(c), "the switchover, or why it is refused");
        await shop.WriteAsync(21);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(15), "time until the switchover was over");

        var primary = (await laptop.GetAsync("db"))!.Status!.CurrentPrimary!;
        await shop.AwaitRowsOfAsync(primary == "db-1" ? "db-0" : "db-1", 21);
        began = TimeProvider.System.GetTimestamp();
        await laptop.SignalAsync(primary, ServerSignal.Freeze);
        await shop.WriteAsync(22);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(InTime, "time until a write was confirmed again");
        await shop.AwaitRowsAsync(22);

        await laptop.SignalAsync(primary, ServerSignal.Thaw);
        await laptop.SignalAsync("db-2", ServerSignal.Thaw);
        await laptop.AwaitReadyAsync("db");
        await shop.AwaitRowsOfAsync("db-2", 22);
    }

    [Fact]
    public async Task A_frozen_server_without_standbys_gets_no_traffic_and_is_restarted()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Servers("db", 1, extra: """
            probes:
              readinessProbe: {initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 1}
              livenessProbe: {initialDelaySeconds: 0, periodSeconds: 2, timeoutSeconds: 3, failureThreshold: 3}
            """));
        await laptop.AwaitReadyAsync("db");
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        await laptop.AwaitListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db", pods => pods.All(pod => pod.Status!.ContainerStatuses!.All(container => container.Ready != true)), "a pod that is not ready");
        await laptop.AwaitListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db", pods => pods.All(pod => pod.Status!.ContainerStatuses!.All(container => container.RestartCount > 0)), "a restart");
        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db"), "SELECT 1", "1");
    }

    private static bool IsRefused(DoltDb cluster) => cluster.Status?.Conditions?.Any(condition => condition is { Type: "PrimarySwitched", Status: "False", Reason: "SwitchoverRefused" }) == true;

    private static async Task<Shop> OpenAsync(Laptop laptop)
    {
        await laptop.ApplyAsync(Reference.Servers("db", 3, extra: Impatient));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", rows: 2);
        await shop.AwaitProvenAsync(standbys: 2);
        return shop;
    }
}
