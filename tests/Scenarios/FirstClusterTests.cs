using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>From a manifest to SQL.</summary>
public sealed class FirstClusterTests
{
    [Fact]
    public async Task An_existing_users_manifest_becomes_a_cluster_that_a_client_writes_to_and_reads_from_a_standby()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.Existing);
        var cluster = await laptop.AwaitReadyAsync("my-dolt");
        cluster.Status!.CurrentPrimary.ShouldBe("my-dolt-0");

        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("my-dolt", "my-dolt-primary"), "SELECT @@global.dolt_cluster_role", "primary");
        await using (var session = await laptop.ConnectServiceAsync("my-dolt", "my-dolt-primary"))
        {
            await Laptop.RunAsync(session, "CREATE DATABASE shop");
            await Laptop.RunAsync(session, "CREATE TABLE shop.items (id INT PRIMARY KEY, name TEXT)");
            await Laptop.RunAsync(session, "INSERT INTO shop.items VALUES (1, 'pen')");
        }

        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("my-dolt", "my-dolt-reader"), "SELECT name FROM shop.items", "pen");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectPodAsync("my-dolt", "my-dolt-1"), "SELECT @@global.dolt_cluster_role", "standby");
    }

    [Theory]
    [InlineData("replicas: 2\nserver: {}\nstorage: {size: 1Gi}\nreplication: {enabled: true}", "db-0")]
    [InlineData("replicas: 2\nstorage: {size: 1Gi}\nreplication: {enabled: true}", "db-0")]
    [InlineData("storage: {size: 1Gi}", "db-0")]
    [InlineData("replicas: 1\nstorage: {size: 1Gi}", "db-0")]
    [InlineData("replicas: 3\nstorage: {size: 1Gi}\nreplication: {enabled: true, primary: {podIndex: 2}}", "db-2")]
    public async Task Every_shape_of_manifest_becomes_Ready(string spec, string primary)
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.DoltDb("db", spec));
        var cluster = await laptop.AwaitReadyAsync("db");
        cluster.Status!.CurrentPrimary.ShouldBe(primary);
    }

    [Fact]
    public async Task A_standalone_DoltDB_is_reached_through_a_Service_of_its_own_name()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync(Manifests.DoltDb("db", "replicas: 1\nstorage: {size: 1Gi}"));
        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db"), "SELECT 1", "1");
    }

    [Fact]
    public async Task The_users_credentials_are_used_and_never_overwritten()
    {
        await using var laptop = await Laptop.StartAsync();
        await laptop.ApplyAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: db-credentials}
            stringData: {admin-user: boss, admin-password: "it's a \\ secret"}
            """);
        await laptop.ApplyAsync(Manifests.Replicated("db", 2));
        await laptop.AwaitReadyAsync("db");
        await Laptop.AwaitAnswerAsync(() => laptop.ConnectServiceAsync("db", "db-primary"), "SELECT CURRENT_USER()", "boss@%");
        var secret = await laptop.GetAsync(BuiltInKinds.Secret, "db-credentials");
        secret!.Data!.Keys.Order(StringComparer.Ordinal).ShouldBe(["admin-password", "admin-user"]);
    }
}
