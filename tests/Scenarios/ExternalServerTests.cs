using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>Databases, accounts and privileges on real servers that somebody else runs.</summary>
public sealed class ExternalServerTests(MariaDbEngine mariaDb, PostgreSqlEngine postgreSql) : IClassFixture<MariaDbEngine>, IClassFixture<PostgreSqlEngine>
{
    public static TheoryData<string> Engines => ["MariaDB", "PostgreSQL"];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_application_works_with_what_its_Secret_says(string name)
    {
        var (engine, server) = Server(name);
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(server.Instance("orders"));
        await laptop.AwaitSqlObjectAsync(DoltKinds.ExternalInstance, "orders", "Reachable");
        await laptop.ApplyAsync(Objects("shop"));
        await AwaitCreatedAsync(laptop);
        var version = (await laptop.GetAsync(DoltKinds.ExternalInstance, "orders"))!.Status!.Version;
        version.ShouldNotBeNullOrEmpty();
        (await server.VersionAsync()).ShouldNotBeNull().ShouldStartWith(version!);

        var connection = (await laptop.GetAsync(BuiltInKinds.Secret, "shop-app"))!;
        (Laptop.Text(connection, "sslmode"), Laptop.Text(connection, "ca.crt")).ShouldBe(("verify-ca", engine.CertificateAuthorityPem));
        await using (var application = await server.ConnectAsync(connection))
        {
            await application.ExecuteAsync("CREATE TABLE items (id INT PRIMARY KEY)");
            await application.ExecuteAsync("INSERT INTO items VALUES (7)");
            (await application.ReadAsync("SELECT id FROM items")).ShouldBe("7");
        }

        // The table came after the Grant.
        var password = Laptop.Text((await laptop.GetAsync(BuiltInKinds.Secret, "reader"))!, "password");
        await server.AwaitAsync("reader_shop", password, "shop", "SELECT id FROM items", "7");
        await using var reader = await engine.LoginAsync("reader_shop", password, "shop");
        await Should.ThrowAsync<RefusedException>(() => reader.ExecuteAsync("INSERT INTO items VALUES (8)"));
        await CleanAsync(laptop);
        (await server.HasDatabaseAsync("shop"), await server.HasAccountAsync("keeper_shop"), await server.HasAccountAsync("reader_shop")).ShouldBe((false, false, false));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_account_that_somebody_drops_comes_back_with_its_privileges(string name)
    {
        var (engine, server) = Server(name);
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(server.Instance("orders"));
        await laptop.ApplyAsync(Objects("dropped"));
        await AwaitCreatedAsync(laptop);
        await using (var administrator = await engine.LoginAsAdministratorAsync("dropped"))
            await administrator.ExecuteAsync("CREATE TABLE items (id INT PRIMARY KEY)");
        await server.DropAccountAsync("reader_dropped", "dropped");
        var password = Laptop.Text((await laptop.GetAsync(BuiltInKinds.Secret, "reader"))!, "password");
        await server.AwaitAsync("reader_dropped", password, "dropped", "SELECT COUNT(*) FROM items", "0");

        await server.DropAccountAsync("keeper_dropped", "dropped");
        await Laptop.AwaitTrueAsync(() => server.HasAccountAsync("keeper_dropped"), "the owner again");
        await AwaitCreatedAsync(laptop);
        await CleanAsync(laptop);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_wrong_password_of_the_administrator_is_told_everywhere_and_mended_by_the_Secret(string name)
    {
        var (_, server) = Server(name);
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(server.Instance("orders", "not-the-password"));
        await laptop.ApplyAsync(Objects("mended"));
        await AwaitReasonAsync(laptop, "AccessDenied", "AccessDenied");
        (await server.HasDatabaseAsync("mended")).ShouldBeFalse();
        await laptop.ApplyAsync(server.AdministratorSecret("orders"));
        await AwaitCreatedAsync(laptop);

        await laptop.ApplyAsync(server.AdministratorSecret("orders", "not-the-password"));
        await AwaitReasonAsync(laptop, "AccessDenied", "AccessDenied");
        (await laptop.GetAsync(DoltKinds.ExternalInstance, "orders"))!.Status!.Version.ShouldNotBeNullOrEmpty();
        await laptop.ApplyAsync(server.AdministratorSecret("orders"));
        await AwaitCreatedAsync(laptop);
        await CleanAsync(laptop);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_instance_that_is_deleted_first_waits_and_every_database_goes_as_its_policy_says(string name)
    {
        var (_, server) = Server(name);
        await server.CreateDatabaseAsync("found");
        await using var laptop = await StartAsync();
        await laptop.ApplyAsync(server.Instance("orders"));
        await laptop.ApplyAsync(Objects("gone"));
        string[] databases = ["kept", "undecided", "found"];
        await laptop.ApplyAsync(Database("kept", "cleanupPolicy: Skip"));
        await laptop.ApplyAsync(Database("undecided", "requeueInterval: 200ms"));
        await laptop.ApplyAsync(Database("found", "finalBackup: {skip: true}"));
        await AwaitCreatedAsync(laptop);
        foreach (var database in databases)
            await laptop.AwaitSqlObjectAsync(DoltKinds.Database, database);

        await laptop.Client.DeleteAsync(DoltKinds.ExternalInstance, In(laptop, "orders"), new DeleteOptions(), Token);
        var waiting = await laptop.AwaitSqlObjectAsync(DoltKinds.ExternalInstance, "orders", "Deleting");
        waiting.Message.ShouldNotBeNull().ShouldContain("Database default/kept");
        await laptop.DeleteAsync(DoltKinds.Grant, "reader");
        await laptop.DeleteAsync(DoltKinds.User, "reader");
        await laptop.DeleteAsync(DoltKinds.Database, "shop");
        await laptop.DeleteAsync(DoltKinds.Database, "kept");
        await laptop.DeleteAsync(DoltKinds.Database, "found");
        await laptop.Client.DeleteAsync(DoltKinds.Database, In(laptop, "undecided"), new DeleteOptions(), Token);
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "undecided", "FinalBackupUndecided");
        (await laptop.GetAsync(DoltKinds.Database, "undecided"))!.Status!.Phase.ShouldBe("FinalBackup");
        (await server.HasDatabaseAsync("undecided")).ShouldBeTrue();
        await laptop.ApplyAsync(Database("undecided", "finalBackup: {skip: true}"));
        await laptop.AwaitGoneAsync(DoltKinds.Database, "undecided");
        await laptop.AwaitGoneAsync(DoltKinds.ExternalInstance, "orders");

        (await server.HasDatabaseAsync("gone"), await server.HasDatabaseAsync("undecided")).ShouldBe((false, false));
        (await server.HasDatabaseAsync("kept"), await server.HasDatabaseAsync("found")).ShouldBe((true, true));
        (await server.HasAccountAsync("keeper_gone"), await server.HasAccountAsync("reader_gone")).ShouldBe((false, false));
        (await laptop.GetAsync(BuiltInKinds.Secret, "shop-app")).ShouldBeNull();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<Laptop> StartAsync() => Laptop.StartInsideAsync("its operator reaches servers of this machine");

    private (TestEngine Engine, ExternalServer Server) Server(string name)
    {
        TestEngine engine = name == mariaDb.Engine ? mariaDb : postgreSql;
        return (engine, new ExternalServer(engine));
    }

    /// <summary>A Database with an owner and a Secret for its application, and a reader; everything is looked at often.</summary>
    private static string Objects(string database) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata: {name: shop}
        spec:
          instanceRef: {name: orders}
          name: {{database}}
          owner: {name: keeper_{{database}}}
          connectionSecret: {name: shop-app}
          finalBackup: {skip: true}
          requeueInterval: 200ms
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: User
        metadata: {name: reader}
        spec:
          instanceRef: {name: orders}
          name: reader_{{database}}
          passwordSecretKeyRef: {name: reader, key: password, generate: true}
          requeueInterval: 200ms
        ---
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Grant
        metadata: {name: reader}
        spec:
          instanceRef: {name: orders}
          username: reader_{{database}}
          database: {{database}}
          table: "*"
          privileges: [SELECT]
          requeueInterval: 200ms
        """;

    private static string Database(string name, string spec) => $$"""
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata: {name: {{name}}}
        spec: {instanceRef: {name: orders}, name: {{name}}, {{spec}}}
        """;

    private static Task AwaitCreatedAsync(Laptop laptop) => AwaitReasonAsync(laptop, "Reachable", "Created");

    private static async Task AwaitReasonAsync(Laptop laptop, string ofInstance, string ofObjects)
    {
        await laptop.AwaitSqlObjectAsync(DoltKinds.ExternalInstance, "orders", ofInstance);
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "shop", ofObjects);
        await laptop.AwaitSqlObjectAsync(DoltKinds.User, "reader", ofObjects);
        await laptop.AwaitSqlObjectAsync(DoltKinds.Grant, "reader", ofObjects);
    }

    private static async Task CleanAsync(Laptop laptop)
    {
        await laptop.DeleteAsync(DoltKinds.Grant, "reader");
        await laptop.DeleteAsync(DoltKinds.User, "reader");
        await laptop.DeleteAsync(DoltKinds.Database, "shop");
        await laptop.DeleteAsync(DoltKinds.ExternalInstance, "orders");
    }

    private static NamespacedName In(Laptop laptop, string name) => new(laptop.Namespace, name);
}
