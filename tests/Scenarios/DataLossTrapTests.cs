using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios;

/// <summary>
/// What Dolt does that costs data where nobody takes care: each trap is set with rows and accounts written before, and they are looked for afterwards.
/// </summary>
public sealed class DataLossTrapTests
{
    private const string Impatient = "failover: {delaySeconds: 2}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trap_1_A_server_whose_pod_was_replaced_has_the_role_that_it_had()
    {
        await using var laptop = await Laptop.StartInsideAsync("stops the operator");
        var shop = await OpenAsync(laptop, replicas: 2);
        await laptop.ApplyAsync(Reference.Servers("db", 2, podIndex: 1, extra: Impatient));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" && Laptop.IsReady(c), "db-1 is primary");
        await laptop.Operators[0].StopAsync();
        await ReplaceAsync(laptop, "db-0", "db-1");
        await shop.AwaitRoleAsync("db-0", "standby");
        await shop.AwaitRoleAsync("db-1", "primary");

        laptop.StartOperator();
        await shop.WriteAsync(3);
        await shop.AwaitRowsOfAsync("db-0", 3);
        (await laptop.AwaitReadyAsync("db")).Status!.CurrentPrimary.ShouldBe("db-1");
    }

    [Fact]
    public async Task Trap_2_A_server_that_lost_its_volume_is_no_primary_even_while_there_is_none_and_overwrites_nobody()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop, replicas: 3, podIndex: 1);
        await laptop.SignalAsync("db-1", ServerSignal.Freeze);
        await LoseVolumeAsync(laptop, "db-0");
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-2", "the server that holds the rows takes over");
        await shop.AwaitRowsAsync(2);
        await AwaitAccountAsync(shop.ConnectAsync);
        await shop.WriteAsync(3);
        await shop.AwaitRowsOfAsync("db-0", 3);
        await AwaitAccountAsync(() => laptop.ConnectPodAsync("db", "db-0"));
        await laptop.AwaitReadyAsync("db");
    }

    [Fact]
    public async Task Trap_2_A_former_primary_that_comes_back_begins_as_a_standby_and_sends_nobody_its_rows()
    {
        await using var laptop = await Laptop.StartInsideAsync("stops the operator");
        var shop = await OpenAsync(laptop, replicas: 3);
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary is { } primary && primary != "db-0", "a standby takes over");
        await shop.WriteAsync(3);
        await laptop.AwaitReadyAsync("db");
        (await laptop.GetAsync(BuiltInKinds.ConfigMap, "db-current-primary"))!.Data!["primary"].ShouldNotBe("db-0");
        await laptop.Operators[0].StopAsync();
        await ReplaceAsync(laptop, "db-0", "db-0");
        await shop.AwaitRoleAsync("db-0", "standby");
        await shop.AwaitRowsAsync(3);
    }

    [Fact]
    public async Task Trap_2_A_server_that_began_anew_while_it_was_alone_keeps_what_it_took_since_when_an_older_volume_joins_it()
    {
        await using var laptop = await Laptop.StartAsync();
        await OpenAsync(laptop, replicas: 2);
        await laptop.ApplyAsync(Reference.Servers("db", 1));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Replicas == 1, "one server");
        await LoseVolumeAsync(laptop, "db-0");
        await laptop.AwaitReadyAsync("db");
        await Laptop.RetryAsync(async () =>
        {
            await using var session = await laptop.ConnectServiceAsync("db", "db");
            await Laptop.RunAsync(session, "CREATE DATABASE IF NOT EXISTS stock");
            await Laptop.RunAsync(session, "CREATE TABLE IF NOT EXISTS stock.items (id INT PRIMARY KEY)");
            await Laptop.RunAsync(session, "INSERT IGNORE INTO stock.items VALUES (1), (2), (3)");
        });

        await laptop.ApplyAsync(Reference.Servers("db", 2, extra: Impatient));
        await laptop.AwaitAsync("db", c => Laptop.IsReady(c) && c.Status!.Members!.Count(m => m.Role == "standby") == 1, "a primary and a standby");
        foreach (var pod in new[] { "db-0", "db-1" })
            await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pod), "SELECT COUNT(*) FROM stock.items", "3");
        (await laptop.GetAsync("db"))!.Status!.CurrentPrimary.ShouldBe("db-0");
    }

    [Fact]
    public async Task Trap_3_A_standby_that_lost_its_disk_is_given_rows_and_accounts_before_it_becomes_primary()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop, replicas: 2);
        await LoseVolumeAsync(laptop, "db-1");
        await laptop.ApplyAsync(Reference.Servers("db", 2, podIndex: 1, extra: Impatient));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" && Laptop.IsReady(c), "db-1 takes over");
        foreach (var pod in new[] { "db-1", "db-0" })
        {
            await shop.AwaitRowsOfAsync(pod, 2);
            await AwaitAccountAsync(() => laptop.ConnectPodAsync("db", pod));
        }
    }

    [Fact]
    public async Task Trap_4_A_database_that_was_restored_on_the_primary_reaches_the_standbys_before_one_of_them_becomes_primary()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop, replicas: 2);
        await using (var session = await shop.ConnectAsync())
        {
            await Laptop.RunAsync(session, "USE shop");
            await Laptop.RunAsync(session, "CALL DOLT_COMMIT('-A', '-m', 'everything')");
            await Laptop.RunAsync(session, "CALL DOLT_BACKUP('sync-url', 'file:///tmp/shop')");
            await Laptop.RunAsync(session, "CALL DOLT_BACKUP('restore', 'file:///tmp/shop', 'restored')");
        }

        await laptop.ApplyAsync(Reference.Servers("db", 2, podIndex: 1, extra: Impatient));
        await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary == "db-1" && Laptop.IsReady(c), "db-1 takes over");
        foreach (var pod in new[] { "db-1", "db-0" })
            await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pod), "SELECT COUNT(*) FROM restored.items", "2");
    }

    [Fact]
    public async Task Trap_4_A_database_that_was_restored_keeps_the_others_from_taking_over_when_the_primary_is_lost_before_it_was_sent()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop, replicas: 2);
        await using (var session = await shop.ConnectAsync())
        {
            // What is staged when the backup is made is staged in what is restored of it: nobody may commit that but its owner, so it is not sent again.
            await Laptop.RunAsync(session, "USE shop");
            await Laptop.RunAsync(session, "CALL DOLT_ADD('-A')");
            await Laptop.RunAsync(session, "CALL DOLT_BACKUP('sync-url', 'file:///tmp/shop')");
            await Laptop.RunAsync(session, "CALL DOLT_BACKUP('restore', 'file:///tmp/shop', 'restored')");
        }

        await laptop.AwaitAsync("db", c => c.Status?.Databases?.Contains("restored") == true, "the database is known");
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        var decided = await laptop.AwaitAsync("db", c => Refuses(c, "restored") || c.Status?.CurrentPrimary != "db-0", "why nobody takes over");
        decided.Status!.CurrentPrimary.ShouldBe("db-0", "db-1 has the name of the database and nothing of its rows");

        await laptop.SignalAsync("db-0", ServerSignal.Thaw);
        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(shop.ConnectAsync, "SELECT COUNT(*) FROM restored.items", "2");
        await shop.AwaitRowsAsync(2);

        // Its owner commits; from then on it is everybody's.
        await using (var session = await shop.ConnectAsync())
        {
            await Laptop.RunAsync(session, "USE restored");
            await Laptop.RunAsync(session, "CALL DOLT_COMMIT('-m', 'mine')");
        }

        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", "db-1"), "SELECT COUNT(*) FROM restored.items", "2");
    }

    [Fact]
    public async Task Trap_5_A_database_that_only_the_lost_primary_has_keeps_the_others_from_taking_over()
    {
        await using var laptop = await Laptop.StartInsideAsync("cuts replication");
        var shop = await OpenAsync(laptop, replicas: 2);
        laptop.Host.Network.Cut("db-0.db-internal.default", "db-1.db-internal.default");
        await using (var session = await shop.ConnectAsync())
            await Laptop.RunAsync(session, "CREATE DATABASE stock");
        await laptop.AwaitAsync("db", c => c.Status?.Databases?.Contains("stock") == true, "the database is known");
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        await laptop.AwaitAsync("db", c => Refuses(c, "db-1: lacks database stock"), "why nobody takes over");

        laptop.Host.Network.HealAll();
        await laptop.SignalAsync("db-0", ServerSignal.Thaw);
        (await laptop.AwaitReadyAsync("db")).Status!.CurrentPrimary.ShouldBe("db-0");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", "db-1"), "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = 'stock'", "1");
        await shop.AwaitRowsOfAsync("db-1", 2);
    }

    [Fact]
    public async Task Trap_5_Rows_that_a_lost_primary_had_alone_are_gone_from_every_server_and_the_others_are_not()
    {
        await using var laptop = await Laptop.StartInsideAsync("cuts replication");
        var shop = await OpenAsync(laptop, replicas: 3);
        foreach (var pod in new[] { "db-1", "db-2" })
            laptop.Host.Network.Cut("db-0.db-internal.default", $"{pod}.db-internal.default");
        await shop.WriteAtOnceAsync(3);
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        var taken = await laptop.AwaitAsync("db", c => c.Status?.CurrentPrimary is "db-1" or "db-2", "another primary");
        laptop.Host.Network.HealAll();
        await shop.WriteAsync(4);
        await laptop.AwaitReadyAsync("db");
        foreach (var pod in new[] { "db-0", "db-1", "db-2" })
            await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", pod), "SELECT SUM(id) FROM shop.items", "7");
        (await laptop.GetAsync("db"))!.Status!.CurrentPrimary.ShouldBe(taken.Status!.CurrentPrimary);
    }

    [Fact]
    public async Task Trap_7_A_lost_primary_is_fenced_by_the_end_of_its_pod_and_not_by_a_variable()
    {
        await using var laptop = await Laptop.StartAsync();
        var shop = await OpenAsync(laptop, replicas: 2);
        await using var held = await laptop.ConnectPodAsync("db", "db-0");
        var before = (await laptop.GetAsync(BuiltInKinds.Pod, "db-0"))!;
        await laptop.SignalAsync("db-0", ServerSignal.Freeze);
        await shop.WriteAsync(3);
        (await laptop.GetAsync("db"))!.Status!.CurrentPrimary.ShouldBe("db-1");
        await laptop.AwaitListAsync(BuiltInKinds.Pod, "app.kubernetes.io/name=db", pods => pods.Any(pod => pod.Metadata.Name == "db-0" && pod.Metadata.Uid != before.Metadata.Uid), "another pod in its place");
        await Should.ThrowAsync<IOException>(() => Laptop.RunAsync(held, "INSERT INTO shop.items VALUES (99)"));
        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("db", "db-0"), "SELECT SUM(id) FROM shop.items", "6");
    }

    /// <summary>A cluster with two rows and an account, seen on every standby.</summary>
    private static async Task<Shop> OpenAsync(Laptop laptop, int replicas, int podIndex = 0)
    {
        await laptop.ApplyAsync(Reference.Servers("db", replicas, podIndex, extra: Impatient));
        await laptop.AwaitReadyAsync("db");
        var shop = await Shop.OpenAsync(laptop, "db", rows: 2);
        await using (var session = await shop.ConnectAsync())
            await Laptop.RunAsync(session, "CREATE USER clerk IDENTIFIED BY 'secret'");
        await shop.AwaitProvenAsync(replicas - 1);
        for (var ordinal = 0; ordinal < replicas; ordinal++)
        {
            var pod = $"db-{ordinal}";
            await shop.AwaitRowsOfAsync(pod, 2);
            await AwaitAccountAsync(() => laptop.ConnectPodAsync("db", pod));
        }

        return shop;
    }

    private static Task AwaitAccountAsync(Func<Task<DoltServer>> connect) => Laptop.AwaitAnswerAsync(connect, "SELECT COUNT(*) FROM mysql.user WHERE User = 'clerk'", "1");

    private static bool Refuses(DoltDb cluster, string because) =>
        cluster.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Reason: "FailoverRefused" } && condition.Message!.Contains(because, StringComparison.Ordinal)) == true;

    /// <summary>A new pod with an empty volume in place of the present one.</summary>
    private static async Task LoseVolumeAsync(Laptop laptop, string pod)
    {
        var claim = $"dolt-data-{pod}";
        var before = (await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, claim))!;
        await laptop.Client.DeleteAsync(BuiltInKinds.PersistentVolumeClaim, new(laptop.Namespace, claim), new(), Token);

        // A pod that came back before its controller saw the deletion holds the claim until it goes in its turn.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await ReplaceAsync(laptop, pod);
            if ((await laptop.GetAsync(BuiltInKinds.PersistentVolumeClaim, claim))?.Metadata.Uid != before.Metadata.Uid)
                return;
        }

        throw new TimeoutException($"the claim of {pod} does not go");
    }

    /// <summary>Ends the pods at once and waits for others in their place.</summary>
    private static async Task ReplaceAsync(Laptop laptop, params string[] pods)
    {
        var before = new Dictionary<string, string?>();
        foreach (var pod in pods)
            before[pod] = (await laptop.GetAsync(BuiltInKinds.Pod, pod))!.Metadata.Uid;
        foreach (var pod in pods)
            await laptop.DeletePodAsync(pod, atOnce: true);
        await laptop.AwaitListAsync(
            BuiltInKinds.Pod,
            "app.kubernetes.io/name=db",
            found => before.All(old => found.Any(pod => pod.Metadata.Name == old.Key && pod.Metadata.Uid != old.Value && pod.Status?.Phase == "Running")),
            "pods in their place");
    }
}
