using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.SqlObjects.Tests.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>The accounts that own databases.</summary>
public sealed class OwnerTests
{
    [Fact]
    public async Task Databases_that_name_one_password_share_their_owner_until_the_last_is_gone()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.SecretAsync("app", ("password", "word"));
        foreach (var name in new[] { "shop", "orders" })
        {
            await desk.ApplyAsync($"{{kind: Database, metadata: {{name: {name}}}, spec: {{instanceRef: {{name: server}}, name: {name}, finalBackup: {{skip: true}}, owner: {{name: app, passwordSecretKeyRef: {{name: app, key: password}}}}}}}}");
            await desk.CreatedAsync(DoltKinds.Database, name);
        }

        desk.Server.Privileges("app").ShouldBe("orders.*:ALL shop.*:ALL");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.Password("app").ShouldBe("word");
        desk.Server.Privileges("app").ShouldBe("orders.*:ALL");
        await desk.DeleteAsync(DoltKinds.Database, "orders");
        await desk.GoneAsync(DoltKinds.Database, "orders");
        desk.Server.Password("app").ShouldBeNull();
    }

    [Fact]
    public async Task Databases_with_passwords_of_their_own_do_not_fight_over_one_account()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, cleanupPolicy: Skip, owner: {name: app}}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        var password = desk.Server.Password("app").ShouldNotBeNull();
        await desk.ApplyAsync("{kind: Database, metadata: {name: orders}, spec: {instanceRef: {name: server}, name: orders, finalBackup: {skip: true}, owner: {name: app}}}");
        var message = (await desk.ReadyAsync(DoltKinds.Database, "orders", "Conflict")).Message;
        message.ShouldContain("Database default/shop");
        message.ShouldContain("passwordSecretKeyRef");
        desk.Server.HasDatabase("orders").ShouldBeFalse();
        await desk.CreatedAsync(DoltKinds.Database, "shop");

        await desk.DeleteAsync(DoltKinds.Database, "orders");
        await desk.GoneAsync(DoltKinds.Database, "orders");
        desk.Server.Password("app").ShouldBe(password);
    }

    [Theory]
    [InlineData("connectionSecret: {}", "shop")]
    [InlineData("owner: {name: legacy}", "legacy")]
    public async Task An_account_that_was_there_before_keeps_its_password_unless_it_is_adopted(string owner, string account)
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        desk.Server.AddDatabase("shop");
        desk.Server.AddAccount(account, "in-use");
        await desk.ApplyAsync($"{{kind: Database, metadata: {{name: shop}}, spec: {{instanceRef: {{name: server}}, name: shop, finalBackup: {{skip: true}}, {owner}}}}}");
        var message = (await desk.ReadyAsync(DoltKinds.Database, "shop", "AccountExists")).Message;
        message.ShouldContain($"'{account}'@'%'");
        message.ShouldContain("spec.adopt");
        desk.Server.Changes.ShouldBeEmpty();
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Phase.ShouldBe("Failed");

        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"adopt":true}}""");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        desk.Server.Password(account).ShouldBe(await desk.SecretAsync("shop-owner", "password"));
    }

    [Fact]
    public async Task An_object_that_never_had_an_account_does_not_drop_it()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        desk.Server.AddAccount("shop", "in-use");
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, finalBackup: {skip: true}, connectionSecret: {}}}");
        await desk.ReadyAsync(DoltKinds.Database, "shop", "AccountExists");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.Password("shop").ShouldBe("in-use");
    }

    [Fact]
    public async Task An_account_of_ours_that_was_made_and_not_remembered_as_done_is_ours_still()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: server}, name: shop, finalBackup: {skip: true}, owner: {name: app}}}");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        desk.Server.Forget(new AccountName("app", "%"));
        await Eventually.HoldsAsync(() => desk.Server.Password("app") is not null, "the owner again");
        await desk.DeleteAsync(BuiltInKinds.Secret, "shop-owner");
        await Eventually.HoldsAsync(async () => await desk.SecretAsync("shop-owner", "password") is { } fresh && desk.Server.Password("app") == fresh, "a new password");
        await desk.CreatedAsync(DoltKinds.Database, "shop");
    }
}
