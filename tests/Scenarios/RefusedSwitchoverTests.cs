using DoltDB.Operator.Sandbox.Hosting;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>A switchover that cannot be done leaves the primary serving and says why; it is done when it can be.</summary>
public sealed class RefusedSwitchoverTests
{
    [Fact]
    public async Task A_podIndex_without_a_server_asks_for_nothing_and_the_primary_goes_on()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop);
        await laptop.ApplyAsync(Reference.Servers("db", 3, podIndex: 3));
        await laptop.AwaitAsync("db", c => c.Status?.Conditions?.Any(condition => condition is { Type: "SpecAccepted", Status: "True" } && condition.Message!.Contains("podIndex 3 has no effect", StringComparison.Ordinal)) == true, "the warning");
        await shop.WriteAtOnceAsync(3);
        (await laptop.AwaitReadyAsync("db")).Status!.CurrentPrimary.ShouldBe("db-0");
    }

    [Fact]
    public async Task A_target_that_cannot_be_reached_is_named_and_takes_over_once_it_answers()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop);
        await laptop.SignalAsync("db-2", ServerSignal.Freeze);
        await laptop.AwaitAsync("db", c => c.Status?.Members?.Single(m => m.Name == "db-2").Reachable == false, "db-2 does not answer");
        await laptop.ApplyAsync(Reference.Servers("db", 3, podIndex: 2));
        await AwaitRefusalAsync(laptop, "db-2 cannot be reached");
        await shop.WriteAtOnceAsync(3);

        await laptop.SignalAsync("db-2", ServerSignal.Thaw);
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-2" && Laptop.IsReady(c), "db-2 takes over");
        await shop.AwaitRowsAsync(3);
    }

    [Fact]
    public async Task A_target_that_lacks_a_database_is_named_and_takes_over_once_it_has_it()
    {
        await using var laptop = await Laptop.StartInsideAsync("cuts replication to one server");
        var shop = await OpenAsync(laptop);
        laptop.Host.Network.Cut("db-0.db-internal.default", "db-2.db-internal.default");
        await using (var session = await shop.ConnectAsync())
            await Laptop.RunAsync(session, "CREATE DATABASE stock");
        await laptop.AwaitAsync("db", c => c.Status?.Databases?.Contains("stock") == true, "the new database is known");
        await laptop.ApplyAsync(Reference.Servers("db", 3, podIndex: 2));
        await AwaitRefusalAsync(laptop, "db-2 lacks database stock");
        await shop.WriteAtOnceAsync(3);

        laptop.Host.Network.HealAll();
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-2" && Laptop.IsReady(c), "db-2 takes over");
        await shop.AwaitRowsAsync(3);
    }

    private static async Task AwaitRefusalAsync(Laptop laptop, string because)
    {
        var cluster = await laptop.AwaitAsync(
            "db", c => c.Status?.Conditions?.Any(condition => condition is { Type: "PrimarySwitched", Status: "False" } && condition.Message!.Contains(because, StringComparison.Ordinal)) == true, because);
        cluster.Status!.CurrentPrimary.ShouldBe("db-0");
    }

    private static async Task<Shop> OpenAsync(Laptop laptop)
    {
        await laptop.ApplyAsync(Reference.Servers("db", 3));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", rows: 2);
        await shop.AwaitRowsOfAsync("db-2", 2);
        return shop;
    }
}
