using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.SqlObjects.Tests.Support;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>Servers that are not ours: what is said of them, who may use them, and that nothing gets stuck on them.</summary>
public sealed class InstanceTests
{
    private const string Shop = "{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, finalBackup: {skip: true}}}";

    [Fact]
    public async Task An_instance_says_its_version_and_what_can_be_managed()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ReadyAsync(DoltKinds.ExternalInstance, "server", "Reachable");
        var status = (await desk.GetAsync(DoltKinds.ExternalInstance, "server")).Status!;
        status.Version.ShouldBe("1.0-fake");
        status.Phase.ShouldBe("Ready");
        status.Capabilities.ShouldBe(["Databases", "Users", "Grants", "Branches"]);
    }

    [Theory]
    [InlineData(DriverError.Unreachable, "ServerUnreachable")]
    [InlineData(DriverError.AccessDenied, "AccessDenied")]
    public async Task A_server_that_fails_is_named_on_all_that_lives_on_it_and_heals_by_itself(DriverError error, string reason)
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(100));
        await desk.ApplyAsync(Shop);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        desk.Server.Failure = new DriverException(error, "it does not work");
        await desk.ReadyAsync(DoltKinds.ExternalInstance, "server", reason);
        await desk.ReadyAsync(DoltKinds.Database, "shop", reason);
        desk.Server.Failure = null;
        await desk.ReadyAsync(DoltKinds.ExternalInstance, "server", "Reachable");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
    }

    [Fact]
    public async Task A_missing_Secret_of_the_administrator_is_named_and_heals_when_it_comes()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ReadyAsync(DoltKinds.ExternalInstance, "server", "Reachable");
        await desk.DeleteAsync(BuiltInKinds.Secret, "admin");
        (await desk.ReadyAsync(DoltKinds.ExternalInstance, "server", "CredentialsUnavailable")).Message.ShouldContain("Secret admin");
        await desk.ApplyAsync(Shop);
        await desk.ReadyAsync(DoltKinds.Database, "shop", "CredentialsUnavailable");
        await desk.SecretAsync("admin", ("password", "again"));
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        desk.Server.Endpoint!.Password.ShouldBe("again");
    }

    [Fact]
    public async Task An_instance_that_is_deleted_first_waits_for_what_lives_on_it()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync(Shop);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.DeleteAsync(DoltKinds.ExternalInstance, "server");
        (await desk.ReadyAsync(DoltKinds.ExternalInstance, "server", "Deleting")).Message.ShouldContain("Database default/shop");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.ExternalInstance, "server");
        desk.Server.HasDatabase("shop").ShouldBeFalse();
    }

    [Fact]
    public async Task What_lives_on_a_deleted_instance_that_does_not_answer_lets_go_and_keeps_its_data()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync(Shop);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        desk.Server.Failure = new DriverException(DriverError.Unreachable, "gone for good");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "ServerUnreachable")).Message.ShouldContain("cleanupPolicy");
        await desk.DeleteAsync(DoltKinds.ExternalInstance, "server");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.ExternalInstance, "server");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
    }

    [Fact]
    public async Task Only_namespaces_that_are_allowed_may_use_an_instance()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync("{kind: Namespace, metadata: {name: shop, labels: {team: shop}}}");
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop, namespace: shop}, spec: {instanceRef: {name: server, namespace: default}, name: shop}}");
        (await desk.ReadyAsync(DoltKinds.Database, "shop/shop", "NotAllowed")).Message.ShouldContain("allowedNamespaces");
        await desk.PatchAsync(DoltKinds.ExternalInstance, "server", """{"spec":{"allowedNamespaces":{"from":"Selector","selector":{"matchLabels":{"team":"shop"}}}}}""");
        await desk.CreatedAsync(DoltKinds.Database, "shop/shop");
    }

    [Fact]
    public async Task An_engine_without_a_driver_is_named()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.PatchAsync(DoltKinds.ExternalInstance, "server", """{"spec":{"engine":"Oracle","driver":"oracle"}}""");
        (await desk.ReadyAsync(DoltKinds.ExternalInstance, "server", "DriverNotFound")).Message.ShouldContain("DatabaseDriver oracle");
        await desk.ApplyAsync(Shop);
        await desk.ReadyAsync(DoltKinds.Database, "shop", "DriverNotFound");
    }
}
