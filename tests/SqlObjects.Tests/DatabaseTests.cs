using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.SqlObjects.Tests.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>Databases on a server that is not ours.</summary>
public sealed class DatabaseTests
{
    private const string Shop = "{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop}}";

    [Fact]
    public async Task A_database_is_made_and_held_by_its_finalizer_from_before()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        desk.Server.Failure = new DriverException(DriverError.Unreachable, "no answer");
        await desk.ApplyAsync(Shop);
        await desk.ReadyAsync(DoltKinds.Database, "shop", "ServerUnreachable");
        (await desk.GetAsync(DoltKinds.Database, "shop")).Metadata.Finalizers.ShouldBe(["database.k8s.dolthub.com/finalizer"]);

        desk.Server.Failure = null;
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Phase.ShouldBe("Ready");
        desk.Server.Endpoint!.Password.ShouldBe("admin-secret");
    }

    [Fact]
    public async Task A_steady_database_costs_one_reading_an_interval_and_no_write()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(20));
        await desk.ApplyAsync(Shop);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        var (version, changes) = ((await desk.GetAsync(DoltKinds.Database, "shop")).Metadata.ResourceVersion, desk.Server.Changes.Count);
        var calls = desk.Server.Calls;
        await Eventually.HoldsAsync(() => desk.Server.Calls > calls + 20, "twenty more looks");
        desk.Server.Changes.Count.ShouldBe(changes);
        (await desk.GetAsync(DoltKinds.Database, "shop")).Metadata.ResourceVersion.ShouldBe(version);
    }

    [Fact]
    public async Task Deleting_without_a_decision_about_a_backup_waits_and_names_what_to_decide()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync(Shop);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "FinalBackupUndecided")).Message.ShouldContain("spec.finalBackup.skip");
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Phase.ShouldBe("FinalBackup");
        desk.Server.HasDatabase("shop").ShouldBeTrue();

        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"finalBackup":{"skip":true}}}""");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_that_was_there_before_is_never_dropped_unless_it_is_adopted()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        desk.Server.AddDatabase("shop");
        await desk.ApplyAsync(Shop);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Adopted.ShouldBe(true);
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"finalBackup":{"skip":true}}}""");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();

        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, adopt: true, finalBackup: {skip: true}}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeFalse();
    }

    [Fact]
    public async Task The_annotation_protects_a_database_and_Skip_lets_go_of_it()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop, annotations: {k8s.dolthub.com/deletion-protection: 'true'}}, spec: {instanceRef: {name: server}, name: shop, finalBackup: {skip: true}}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.ReadyAsync(DoltKinds.Database, "shop", "DeletionProtected");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"cleanupPolicy":"Skip"}}""");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
    }

    [Fact]
    public async Task Two_objects_for_one_database_are_a_conflict_that_ends_with_the_first()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, cleanupPolicy: Skip}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.ApplyAsync("{kind: Database, metadata: {name: other}, spec: {instanceRef: {name: server}, name: Shop}}");
        (await desk.ReadyAsync(DoltKinds.Database, "other", "Conflict")).Message.ShouldContain("default/shop");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.CreatedAsync(DoltKinds.Database, "other");
    }

    [Fact]
    public async Task A_new_name_is_no_rename_and_loses_nothing()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync(Shop);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"name":"store"}}""");
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "NameChanged")).Message.ShouldContain("It is shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
        desk.Server.HasDatabase("store").ShouldBeFalse();
    }

    [Theory]
    [InlineData("mysql")]
    [InlineData("information_schema")]
    [InlineData("dolt_cluster")]
    public async Task A_database_of_the_server_itself_is_refused(string name)
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync($"{{kind: Database, metadata: {{name: bad}}, spec: {{instanceRef: {{name: server}}, name: {name}}}}}");
        (await desk.ReadyAsync(DoltKinds.Database, "bad", "InvalidSpec")).Message.ShouldContain("spec.name");
        desk.Server.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Branches_where_there_are_none_are_refused_before_anything_is_changed()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        desk.Server.Capabilities &= ~DriverCapabilities.Branches;
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, systemBranches: [staging]}}");
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "UnsupportedByEngine")).Message.ShouldContain("systemBranches");
        desk.Server.HasDatabase("shop").ShouldBeFalse();
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Phase.ShouldBe("Failed");
    }

    [Fact]
    public async Task An_inline_server_is_a_shorthand()
    {
        await using var desk = await SqlDesk.StartAsync();
        await desk.SecretAsync("admin", ("password", "inline-secret"));
        await desk.ApplyAsync("""
            kind: Database
            metadata: {name: shop}
            spec:
              name: shop
              driver: mysql
              connect: {host: db.example.com, port: "3307", sslmode: disable}
              credentials: {username: {value: root}, password: {valueFrom: {secretKeyRef: {name: admin, key: password}}}}
            """);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        desk.Server.Endpoint.ShouldNotBeNull();
        (desk.Server.Endpoint.Host, desk.Server.Endpoint.Port, desk.Server.Endpoint.Password, desk.Server.Endpoint.Tls.Mode).ShouldBe(("db.example.com", 3307, "inline-secret", TlsMode.Disable));
    }

    [Fact]
    public async Task A_connection_Secret_has_all_that_an_application_needs_and_follows_the_password()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, connectionSecret: {}}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        var password = (await desk.SecretAsync("shop-owner", "password")).ShouldNotBeNull();
        password.Length.ShouldBe(32);
        desk.Server.Password("shop").ShouldBe(password);
        desk.Server.Privileges("shop").ShouldBe("shop.*:ALL");
        (await desk.SecretAsync("shop", "uri")).ShouldBe($"mysql://shop:{password}@db.example.com:3306/shop");
        (await desk.SecretAsync("shop", "type")).ShouldBe("mysql");
        (await desk.GetAsync(BuiltInKinds.Secret, "shop")).Type.ShouldBe("servicebinding.io/mysql");
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Binding!.Name.ShouldBe("shop");

        await desk.SecretAsync("shop-owner", ("password", "new?word"));
        await Eventually.HoldsAsync(async () => await desk.SecretAsync("shop", "password") == "new?word", "the new password in the Secret");
        desk.Server.Password("shop").ShouldBe("new?word");
        (await desk.SecretAsync("shop", "uri"))!.ShouldContain("shop:new%3Fword@");
    }

    [Fact]
    public async Task A_Secret_of_somebody_else_is_not_overwritten()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.SecretAsync("shop", ("mine", "yes"));
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, connectionSecret: {}}}");
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "Conflict")).Message.ShouldContain("Secret shop");
        (await desk.SecretAsync("shop", "mine")).ShouldBe("yes");
        (await desk.SecretAsync("shop", "password")).ShouldBeNull();
    }

    [Fact]
    public async Task A_connection_Secret_that_somebody_changes_is_made_true_again()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, connectionSecret: {name: app}}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.PatchAsync(BuiltInKinds.Secret, "app", """{"data":{"host":"ZXZpbA=="}}""");
        await Eventually.HoldsAsync(async () => await desk.SecretAsync("app", "host") == "db.example.com", "the host as it was");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"connectionSecret":{"name":"web"}}}""");
        await desk.GoneAsync(BuiltInKinds.Secret, "app");
        await Eventually.HoldsAsync(async () => await desk.SecretAsync("web", "host") == "db.example.com", "the Secret under its new name");
    }
}
