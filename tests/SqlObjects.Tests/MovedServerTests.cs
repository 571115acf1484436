using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.SqlObjects.Tests.Support;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>Objects whose spec has come to name another server than the one that has their counterpart.</summary>
public sealed class MovedServerTests
{
    private const string Inline = """
        kind: Database
        metadata: {name: shop}
        spec:
          name: shop
          driver: mysql
          finalBackup: {skip: true}
          connect: {host: here.example.com, sslmode: disable}
          credentials: {username: {value: root}, password: {value: word}}
        """;

    [Theory]
    [InlineData("""{"spec":{"driver":null,"connect":null,"credentials":null,"instanceRef":{"name":"server"}}}""")]
    [InlineData("""{"spec":{"driver":null,"connect":null,"credentials":null,"doltDBRef":{"name":"nowhere"}}}""")]
    [InlineData("""{"spec":{"connect":{"host":"there.example.com"}}}""")]
    public async Task A_database_of_an_inline_server_is_never_dropped_from_another(string elsewhere)
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync(Inline);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.PatchAsync(DoltKinds.Database, "shop", elsewhere);
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        var message = (await desk.ReadyAsync(DoltKinds.Database, "shop", "ServerChanged")).Message;
        message.ShouldContain("MySQL/here.example.com:3306");
        message.ShouldContain("cleanupPolicy");
        desk.Server.HasDatabase("shop").ShouldBeTrue();

        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"cleanupPolicy":"Skip"}}""");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
    }

    [Fact]
    public async Task A_database_whose_inline_server_is_put_back_goes_with_its_object()
    {
        await using var desk = await SqlDesk.StartAsync();
        await desk.ApplyAsync(Inline);
        await desk.CreatedAsync(DoltKinds.Database, "shop");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"connect":{"host":"there.example.com"}}}""");
        await desk.DeleteAsync(DoltKinds.Database, "shop");
        await desk.ReadyAsync(DoltKinds.Database, "shop", "ServerChanged");
        await desk.PatchAsync(DoltKinds.Database, "shop", """{"spec":{"connect":{"host":"here.example.com"}}}""");
        await desk.GoneAsync(DoltKinds.Database, "shop");
        desk.Server.HasDatabase("shop").ShouldBeFalse();
        desk.Server.Endpoint!.Host.ShouldBe("here.example.com");
    }

    [Fact]
    public async Task Another_server_in_the_spec_holds_no_namespace()
    {
        await using var desk = await SqlDesk.StartAsync();
        await desk.ApplyAsync("{kind: Namespace, metadata: {name: team, finalizers: [example.com/hold]}}");
        await desk.ApplyAsync(Inline.Replace("{name: shop}\n", "{name: shop, namespace: team}\n", StringComparison.Ordinal));
        await desk.CreatedAsync(DoltKinds.Database, "team/shop");
        await desk.PatchAsync(DoltKinds.Database, "team/shop", """{"spec":{"connect":{"host":"there.example.com"}}}""");
        await desk.DeleteAsync(BuiltInKinds.Namespace, "/team");
        await desk.DeleteAsync(DoltKinds.Database, "team/shop");
        await desk.GoneAsync(DoltKinds.Database, "team/shop");
        desk.Server.HasDatabase("shop").ShouldBeTrue();
    }

    [Fact]
    public async Task An_account_goes_from_the_server_where_it_was_made()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync("{kind: User, metadata: {name: reader}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: reader, key: password, generate: true}}}");
        await desk.CreatedAsync(DoltKinds.User, "reader");
        await desk.PatchAsync(DoltKinds.User, "reader", """{"spec":{"instanceRef":{"name":"nowhere"}}}""");
        await desk.DeleteAsync(DoltKinds.User, "reader");
        await desk.GoneAsync(DoltKinds.User, "reader");
        desk.Server.Password("reader").ShouldBeNull();
    }
}
