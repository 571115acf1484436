using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.SqlObjects.Tests.Support;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>What the Go operator made goes on being managed, even when nothing answers at the first look.</summary>
public sealed class TakeOverTests
{
    private const string Before = """{"status":{"conditions":[{"type":"Ready","status":"STATUS","reason":"Created","message":"Created","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""";

    [Theory]
    [InlineData("True")]
    [InlineData("False")]
    public async Task A_database_that_the_Go_operator_made_is_dropped_with_its_object(string ready)
    {
        await using var desk = await SqlDesk.StartAsync(null, async desk =>
        {
            desk.Server.AddDatabase("shop");
            await InstanceAsync(desk);
            await desk.ApplyAsync("{kind: Database, metadata: {name: shop, finalizers: [database.k8s.dolthub.com/finalizer]}, spec: {instanceRef: {name: server}, name: shop, finalBackup: {skip: true}}}");
            await desk.PatchStatusAsync(DoltKinds.Database, "shop", Before.Replace("STATUS", ready, StringComparison.Ordinal));
        });
        await desk.ReadyAsync(DoltKinds.Database, "shop", "CredentialsUnavailable");
        await desk.SecretAsync("admin", ("password", "admin-secret"));
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        (await desk.GetAsync(DoltKinds.Database, "shop")).Status!.Adopted.ShouldBeNull();
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeFalse();
    }

    [Fact]
    public async Task An_account_and_its_grant_that_the_Go_operator_made_go_although_the_server_was_silent_at_first()
    {
        await using var desk = await SqlDesk.StartAsync(null, async desk =>
        {
            desk.Server.AddAccount("reader", "word", "*.*:SELECT", "*.*:INSERT");
            await InstanceAsync(desk);
            await desk.SecretAsync("reader", ("password", "word"));
            await desk.ApplyAsync("{kind: User, metadata: {name: reader, finalizers: [user.k8s.dolthub.com/finalizer]}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: reader, key: password}}}");
            await desk.ApplyAsync("{kind: Grant, metadata: {name: reader, finalizers: [grant.k8s.dolthub.com/finalizer]}, spec: {instanceRef: {name: server}, username: reader, privileges: [SELECT]}}");
            await desk.PatchStatusAsync(DoltKinds.User, "reader", Before.Replace("STATUS", "True", StringComparison.Ordinal));
            await desk.PatchStatusAsync(DoltKinds.Grant, "reader", Before.Replace("STATUS", "True", StringComparison.Ordinal));
        });
        await desk.ReadyAsync(DoltKinds.User, "reader", "CredentialsUnavailable");
        await desk.ReadyAsync(DoltKinds.Grant, "reader", "CredentialsUnavailable");
        await desk.DeleteAsync(DoltKinds.Grant, "reader");
        await desk.SecretAsync("admin", ("password", "admin-secret"));
        await desk.GoneAsync(DoltKinds.Grant, "reader");
        desk.Server.Privileges("reader").ShouldBe("*.*:INSERT");
        await desk.DeleteAsync(DoltKinds.User, "reader");
        await desk.GoneAsync(DoltKinds.User, "reader");
        desk.Server.Password("reader").ShouldBeNull();
    }

    [Fact]
    public async Task Of_two_objects_for_one_database_the_one_that_goes_leaves_it_to_the_other()
    {
        await using var desk = await SqlDesk.StartAsync(TimeSpan.FromMilliseconds(100), async desk =>
        {
            desk.Server.AddDatabase("shop");
            await InstanceAsync(desk);
            await desk.SecretAsync("admin", ("password", "admin-secret"));
            foreach (var name in new[] { "first", "second" })
            {
                await desk.ApplyAsync($"{{kind: Database, metadata: {{name: {name}, finalizers: [database.k8s.dolthub.com/finalizer]}}, spec: {{instanceRef: {{name: server}}, name: shop, finalBackup: {{skip: true}}}}}}");
                await desk.PatchStatusAsync(DoltKinds.Database, name, Before.Replace("STATUS", "True", StringComparison.Ordinal));
            }
        });
        await desk.ReadyAsync(DoltKinds.Database, "second", "Conflict");
        await desk.DeleteAsync(DoltKinds.Database, "second");
        await desk.GoneAsync(DoltKinds.Database, "second");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
    }

    private static Task InstanceAsync(SqlDesk desk) => desk.ApplyAsync("""
        kind: ExternalInstance
        metadata: {name: server}
        spec: {engine: MySQL, host: db.example.com, adminCredentials: {username: {value: admin}, password: {valueFrom: {secretKeyRef: {name: admin, key: password}}}}}
        """);
}
