using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Scenarios;

/// <summary>What the Go operator's integration tests ask of databases, accounts and grants (specs 14 to 18), with sessions that try what was granted.</summary>
public sealed class ReferenceSqlTests
{
    private const string Database = """
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata: {name: data-crd}
        spec:
          doltDBRef: {name: dolt}
          name: data
          charset: utf8mb4
          collation: utf8mb4_0900_bin
          systemBranches: [master, global]
          doltIgnorePatterns: [log_%]
          requeueInterval: 1s
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_has_its_branches_and_patterns_and_is_dropped_with_its_object()
    {
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(Database);
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "data-crd");
        (await laptop.GetAsync(DoltKinds.Database, "data-crd"))!.Metadata.Finalizers.ShouldBe(["database.k8s.dolthub.com/finalizer"]);
        await using (var session = await laptop.ConnectServiceAsync("dolt", "dolt-primary"))
        {
            await Laptop.RunAsync(session, "USE data");
            (await TextsAsync(session, "SELECT pattern FROM dolt_ignore")).ShouldBe(["log_%"]);
            (await TextsAsync(session, "SELECT name FROM dolt_branches")).Order(StringComparer.Ordinal).ShouldBe(["global", "main", "master"]);
            await Laptop.RunAsync(session, "CREATE TABLE items (id INT PRIMARY KEY)");
        }

        await laptop.DeleteAsync(DoltKinds.Database, "data-crd");
        await using var after = await laptop.ConnectServiceAsync("dolt", "dolt-primary");
        (await TextsAsync(after, "SHOW DATABASES")).ShouldNotContain("data");
    }

    [Fact]
    public async Task A_password_that_changes_opens_and_the_old_one_does_not()
    {
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(User("user-pwd-update", "app-user-update", "first'\\\"`%;--"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "user-pwd-update");
        (await laptop.GetAsync(DoltKinds.User, "user-pwd-update"))!.Metadata.Finalizers.ShouldBe(["user.k8s.dolthub.com/finalizer"]);
        await AwaitLoginAsync(laptop, "app-user-update", "first'\\\"`%;--");
        await laptop.ApplyAsync(User("user-pwd-update", "app-user-update", "second"));
        await AwaitLoginAsync(laptop, "app-user-update", "second");
        var refusal = await Should.ThrowAsync<DoltException>(() => laptop.ConnectServiceAsync("dolt-primary", "app-user-update", "first'\\\"`%;--"));
        refusal.IsAccessDenied.ShouldBeTrue();

        await laptop.DeleteAsync(DoltKinds.User, "user-pwd-update");
        (await Should.ThrowAsync<DoltException>(() => laptop.ConnectServiceAsync("dolt-primary", "app-user-update", "second"))).IsAccessDenied.ShouldBeTrue();
    }

    [Fact]
    public async Task Grants_work_for_all_databases_and_for_one_and_are_taken_back()
    {
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(User("somebody", "reader", "word"));
        await laptop.ApplyAsync(Grant("all", "database: \"*\"\ntable: \"*\"\nprivileges: [SELECT, INSERT, UPDATE]\ngrantOption: true"));
        await laptop.ApplyAsync(Grant("one", "database: data-crd\ntable: \"*\"\nprivileges: [ALL]"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.Grant, "all");
        await laptop.AwaitSqlObjectAsync(DoltKinds.Grant, "one");
        (await laptop.GetAsync(DoltKinds.Grant, "all"))!.Metadata.Finalizers.ShouldBe(["grant.k8s.dolthub.com/finalizer"]);
        await using (var administrator = await laptop.ConnectServiceAsync("dolt", "dolt-primary"))
        {
            await Laptop.RunAsync(administrator, "CREATE DATABASE shop");
            await Laptop.RunAsync(administrator, "CREATE TABLE shop.items (id INT PRIMARY KEY)");
        }

        await using (var reader = await laptop.ConnectServiceAsync("dolt-primary", "reader", "word"))
        {
            await Laptop.RunAsync(reader, "INSERT INTO shop.items VALUES (1)");
            await Should.ThrowAsync<DoltException>(() => Laptop.RunAsync(reader, "DROP DATABASE shop"));
            (await TextsAsync(reader, "SHOW GRANTS")).ShouldContain(text => text.Contains("WITH GRANT OPTION"));
        }

        await laptop.DeleteAsync(DoltKinds.Grant, "all");
        await using (var reader = await laptop.ConnectServiceAsync("dolt-primary", "reader", "word"))
            await Should.ThrowAsync<DoltException>(() => Laptop.RunAsync(reader, "INSERT INTO shop.items VALUES (2)"));
        await laptop.DeleteAsync(DoltKinds.Grant, "one");
        await laptop.DeleteAsync(DoltKinds.User, "somebody");
    }

    [Fact]
    public async Task C10_A_broken_standby_keeps_no_account_waiting_and_a_failover_keeps_the_objects()
    {
        await using var laptop = await StartAsync();
        await laptop.AwaitAsync("dolt", cluster => cluster.Status?.CurrentPrimary == "dolt-0", "the first primary");
        await laptop.SignalAsync("dolt-1", ServerSignal.Freeze);
        await laptop.ApplyAsync(User("somebody", "reader", "word"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "somebody");
        await laptop.ApplyAsync(Database);
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "data-crd");
        await laptop.SignalAsync("dolt-1", ServerSignal.Thaw);
        await laptop.AwaitReadyAsync("dolt");
        await laptop.AwaitAsync("dolt", cluster => cluster.Status?.LastEqual is { Count: > 0 } && cluster.Status.Databases?.Contains("data") == true, "a proof that the standby has all");

        await laptop.DeletePodAsync("dolt-0", atOnce: true);
        await laptop.AwaitAsync("dolt", cluster => Laptop.IsReady(cluster), "the cluster again");
        await AwaitLoginAsync(laptop, "reader", "word");
        await laptop.ApplyAsync(User("somebody", "reader", "word2"));
        await AwaitLoginAsync(laptop, "reader", "word2");
    }

    [Fact]
    public async Task C10_Beside_a_standby_that_hangs_accounts_and_passwords_change_and_objects_go()
    {
        await using var laptop = await StartAsync();
        await laptop.AwaitAsync("dolt", cluster => cluster.Status?.CurrentPrimary == "dolt-0", "the first primary");
        await laptop.ApplyAsync(User("somebody", "reader", "word"));
        await laptop.ApplyAsync(User("else", "writer", "word"));
        await laptop.ApplyAsync(Database);
        await laptop.ApplyAsync(Grant("all", "database: \"*\"\ntable: \"*\"\nprivileges: [SELECT, INSERT]"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "else");
        await laptop.AwaitSqlObjectAsync(DoltKinds.Grant, "all");
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "data-crd");
        var shop = await Shop.OpenAsync(laptop, "dolt", rows: 2);
        await laptop.SignalAsync("dolt-1", ServerSignal.Freeze);

        await laptop.ApplyAsync(User("else", "writer", "word2"));
        await AwaitLoginAsync(laptop, "writer", "word2");
        await laptop.DeleteAsync(DoltKinds.Grant, "all");
        await using (var reader = await laptop.ConnectServiceAsync("dolt-primary", "reader", "word"))
            await Should.ThrowAsync<DoltException>(() => Laptop.RunAsync(reader, "INSERT INTO shop.items VALUES (3)"));
        await laptop.DeleteAsync(DoltKinds.User, "somebody");
        (await Should.ThrowAsync<DoltException>(() => laptop.ConnectServiceAsync("dolt-primary", "reader", "word"))).IsAccessDenied.ShouldBeTrue();
        await laptop.DeleteAsync(DoltKinds.Database, "data-crd");
        await laptop.ApplyAsync("apiVersion: v1\nkind: Secret\nmetadata: {name: dolt-credentials}\nstringData: {admin-user: admin-user-test, admin-password: rotated}");
        await AwaitLoginAsync(laptop, "admin-user-test", "rotated");
        await using (var administrator = await laptop.ConnectServiceAsync("dolt", "dolt-primary"))
            (await TextsAsync(administrator, "SHOW DATABASES")).ShouldNotContain("data");

        (await laptop.GetAsync(BuiltInKinds.Pod, "dolt-1"))!.Status!.ContainerStatuses!.ShouldAllBe(container => container.RestartCount == 0, "the standby hung all the time");
        await laptop.SignalAsync("dolt-1", ServerSignal.Thaw);
        await laptop.AwaitReadyAsync("dolt");
        await shop.AwaitRowsOfAsync("dolt-1", 2);
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("dolt", "dolt-1"), "SELECT COUNT(*) FROM mysql.user WHERE User = 'reader'", "0");
    }

    [Fact]
    public async Task An_account_that_somebody_drops_and_a_privilege_that_somebody_revokes_come_back()
    {
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(User("somebody", "reader", "word"));
        await laptop.ApplyAsync(Grant("all", "database: \"*\"\ntable: \"*\"\nprivileges: [SELECT]\nrequeueInterval: 200ms"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.Grant, "all");
        await using (var administrator = await laptop.ConnectServiceAsync("dolt", "dolt-primary"))
            await Laptop.RunAsync(administrator, "DROP USER 'reader'@'%'");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("dolt-primary", "reader", "word"), "SELECT COUNT(*) > 0 FROM mysql.user", "1");
    }

    private static async Task<Laptop> StartAsync()
    {
        var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Reference.Dolt);
        await laptop.AwaitReadyAsync("dolt");
        return laptop;
    }

    private static string User(string name, string account, string password) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{name}}, labels: {k8s.dolthub.com/watch: ""} }
        stringData: {password: {{System.Text.Json.JsonSerializer.Serialize(password, Kubernetes.Objects.KubernetesJson.Default.String)}} }
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: User
        metadata: {name: {{name}}}
        spec:
          doltDBRef: {name: dolt}
          name: {{account}}
          host: "%"
          passwordSecretKeyRef: {name: {{name}}, key: password}
          requeueInterval: 200ms
        """;

    private static string Grant(string name, string spec) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Grant
        metadata: {name: {{name}}}
        spec:
          doltDBRef: {name: dolt}
          username: reader
          host: "%"
          {{spec.ReplaceLineEndings("\n  ")}}
        """;

    private static Task AwaitLoginAsync(Laptop laptop, string user, string password) =>
        Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("dolt-primary", user, password), "SELECT CURRENT_USER()", $"{user}@%");

    private static async Task<List<string>> TextsAsync(DoltServer session, string statement) =>
        [.. (await session.QueryAsync(statement, TimeSpan.FromSeconds(5), Token)).Rows.Select(static row => row[0] ?? "")];
}
