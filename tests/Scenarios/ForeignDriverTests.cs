using DoltDB.Operator.Drivers.Tests;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>An engine that the operator does not know, with the sample driver as its program.</summary>
public sealed class ForeignDriverTests : IAsyncLifetime
{
    private FileServer server = null!;
    private Laptop laptop = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await FileServer.StartAsync(Token);
        laptop = await Laptop.StartInsideAsync("runs a program of this machine as a container");
    }

    public async ValueTask DisposeAsync()
    {
        await laptop.DisposeAsync();
        server.Dispose();
    }

    [Fact]
    public async Task A_database_of_a_foreign_engine_comes_with_its_manifest_and_goes_with_it()
    {
        await laptop.ApplyAsync(Instance(FileServer.AdminPassword));
        await laptop.ApplyAsync(Shop);
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "shop");
        (server.HasDatabase("shop"), server.HasAccount("keeper")).ShouldBe((true, true));
        await AwaitNoJobAsync();

        await laptop.DeleteAsync(DoltKinds.Database, "shop");
        (server.HasDatabase("shop"), server.HasAccount("keeper")).ShouldBe((false, false));
    }

    [Fact]
    public async Task A_refused_login_is_told_and_mended_by_the_Secret()
    {
        await laptop.ApplyAsync(Instance("not-the-password"));
        await laptop.ApplyAsync(Shop);
        var refused = await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "shop", "AccessDenied");
        refused.Message.ShouldNotBeNull().ShouldContain("refused the login of admin");
        server.HasDatabase("shop").ShouldBeFalse();

        await laptop.ApplyAsync(Instance(FileServer.AdminPassword));
        await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "shop");
        server.HasDatabase("shop").ShouldBeTrue();
    }

    [Fact]
    public async Task A_Database_of_another_namespace_is_refused_and_never_sees_the_administrators_password()
    {
        using var record = PublicRecord.Begin(laptop.Host);
        await laptop.Host.ApplyAsync(Instance(FileServer.AdminPassword) + "\n  allowedNamespaces: {from: All}", "instance", Token, "keepers");
        await laptop.ApplyAsync(Shop.Replace("name: archive", "name: archive, namespace: keepers", StringComparison.Ordinal));
        var refused = await laptop.AwaitSqlObjectAsync(DoltKinds.Database, "shop", "NotAllowed");
        refused.Message.ShouldNotBeNull().ShouldContain("keepers");
        await laptop.DeleteAsync(DoltKinds.Database, "shop");
        record.Passwords.Where(pair => pair.Value == FileServer.AdminPassword).Select(pair => pair.Key.Split(' ')[0]).ShouldBe(["keepers/archive-admin"]);
    }

    private const string Shop = """
        apiVersion: k8s.dolthub.com/v1alpha
        kind: Database
        metadata: {name: shop}
        spec:
          instanceRef: {name: archive}
          name: shop
          owner: {name: keeper}
          cleanupPolicy: Delete
          finalBackup: {skip: true}
        """;

    private string Instance(string password) => $$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: archive-admin}
        stringData: {password: {{password}}}
        ---
        {{Manifests.Archive(server)}}
        """;

    /// <summary>A Job whose result is written down is deleted.</summary>
    private Task AwaitNoJobAsync() => laptop.AwaitListAsync(BuiltInKinds.Job, "k8s.dolthub.com/database-uid", jobs => jobs.Count == 0, "the Job to go");
}
