using System.Text;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.SqlObjects.Tests.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>What a DatabaseDriver is asked for. Nothing runs its Jobs here: what they would read is what counts.</summary>
public sealed class DriverTests
{
    private const string Made = """{"status":{"observedGeneration":1,"applied":{"server":"ExternalInstance/default/archive","name":"shop","revision":"1","owner":{"server":"ExternalInstance/default/archive","name":"keeper","host":"%","password":"1"}}}}""";

    [Fact]
    public async Task A_drop_is_for_the_owner_that_was_made_and_makes_no_password()
    {
        await using var desk = await DeskAsync(async desk =>
        {
            await desk.ApplyAsync("{kind: Database, metadata: {name: shop, finalizers: [database.k8s.dolthub.com/finalizer, example.com/hold]}, spec: {instanceRef: {name: archive}, name: shop, systemBranches: [later], owner: {name: another}, finalBackup: {skip: true}}}");
            await desk.PatchStatusAsync(DoltKinds.Database, "shop", Made);
            await desk.DeleteAsync(DoltKinds.Database, "shop");
        });
        await desk.ReadyAsync(DoltKinds.Database, "shop", "Deleting");
        var input = await InputAsync(desk, "-drop-");
        Text(input, "owner-username").ShouldBe("keeper");
        Text(input, "request.json").ShouldContain("\"operation\":\"drop\"");
        (await desk.FindAsync(BuiltInKinds.Secret, "shop-owner")).ShouldBeNull();
    }

    [Fact]
    public async Task An_owner_that_another_database_has_too_is_not_dropped()
    {
        await using var desk = await DeskAsync(async desk =>
        {
            foreach (var name in new[] { "shop", "orders" })
            {
                await desk.ApplyAsync($"{{kind: Database, metadata: {{name: {name}, finalizers: [database.k8s.dolthub.com/finalizer, example.com/hold]}}, spec: {{instanceRef: {{name: archive}}, name: {name}, owner: {{name: keeper, passwordSecretKeyRef: {{name: keeper, key: password}}}}, finalBackup: {{skip: true}}}}}}");
                await desk.PatchStatusAsync(DoltKinds.Database, name, Made.Replace("\"shop\"", $"\"{name}\"", StringComparison.Ordinal));
            }

            await desk.DeleteAsync(DoltKinds.Database, "shop");
        });
        await desk.ReadyAsync(DoltKinds.Database, "shop", "Deleting");
        (await InputAsync(desk, "-drop-")).Data!.ShouldNotContainKey("owner-username");
    }

    [Fact]
    public async Task A_database_of_a_namespace_that_is_deleted_does_not_wait_for_a_driver_that_can_no_longer_run()
    {
        await using var desk = await DeskAsync(async desk =>
        {
            await desk.PatchAsync(DoltKinds.ExternalInstance, "archive", """{"spec":{"allowedNamespaces":{"from":"All"}}}""");
            await desk.ApplyAsync("{kind: Namespace, metadata: {name: team, finalizers: [example.com/hold]}}");
            await desk.ApplyAsync("{kind: Database, metadata: {name: shop, namespace: team, finalizers: [database.k8s.dolthub.com/finalizer]}, spec: {instanceRef: {name: archive, namespace: default}, name: shop, owner: {name: keeper}, finalBackup: {skip: true}}}");
            await desk.PatchStatusAsync(DoltKinds.Database, "team/shop", Made);
            await desk.DeleteAsync(BuiltInKinds.Namespace, "/team");
            await desk.DeleteAsync(DoltKinds.Database, "team/shop");
        });
        await desk.GoneAsync(DoltKinds.Database, "team/shop");
        desk.Events.All.ShouldContain(text => text.Contains("its namespace is being deleted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_administrator_owns_no_database()
    {
        await using var desk = await DeskAsync(desk => desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: archive}, name: shop, owner: {name: admin}}}"));
        (await desk.ReadyAsync(DoltKinds.Database, "shop", "InvalidSpec")).Message.ShouldContain("administrator");
        (await desk.ListAsync(BuiltInKinds.Job)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_owner_is_remembered_before_the_driver_can_make_it()
    {
        await using var desk = await DeskAsync(desk => desk.ApplyAsync("{kind: Database, metadata: {name: shop}, spec: {instanceRef: {name: archive}, name: shop, owner: {name: keeper}}}"));
        await desk.ReadyAsync(DoltKinds.Database, "shop", "InProgress");
        Text(await InputAsync(desk, "-create-"), "owner-username").ShouldBe("keeper");
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Applied!.Owner!.Name.ShouldBe("keeper");
    }

    private static Task<SqlDesk> DeskAsync(Func<SqlDesk, Task> before) => SqlDesk.StartAsync(TimeSpan.FromMilliseconds(100), async desk =>
    {
        await desk.SecretAsync("admin", ("password", "admin-secret"));
        await desk.ApplyAsync("{kind: DatabaseDriver, metadata: {name: files}, spec: {image: 'example.com/files:1', engines: [file]}}");
        await desk.ApplyAsync("{kind: ExternalInstance, metadata: {name: archive}, spec: {engine: file, driver: files, host: files.example.com, adminCredentials: {username: {value: admin}, password: {valueFrom: {secretKeyRef: {name: admin, key: password}}}}}}");
        await before(desk);
    });

    private static async Task<Secret> InputAsync(SqlDesk desk, string operation)
    {
        Secret? found = null;
        await Eventually.HoldsAsync(async () => (found = (await desk.ListAsync(BuiltInKinds.Secret)).FirstOrDefault(secret => secret.Metadata.Name!.Contains(operation, StringComparison.Ordinal))) is not null, $"the input of {operation}");
        return found!;
    }

    private static string Text(Secret secret, string key) => Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data![key]));
}
