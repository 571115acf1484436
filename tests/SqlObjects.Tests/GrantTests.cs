using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.SqlObjects.Tests.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>Privileges: given, taken back, and shared between objects.</summary>
public sealed class GrantTests
{
    [Fact]
    public async Task A_grant_waits_for_its_account_and_comes_with_it()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync(Grant("g", "[SELECT]"));
        await desk.ReadyAsync(DoltKinds.Grant, "g", "WaitingForDependency");
        await UserAsync(desk);
        await desk.CreatedAsync(DoltKinds.Grant, "g");
        desk.Server.Privileges("reader").ShouldBe("shop.*:SELECT");
    }

    [Fact]
    public async Task Privileges_that_the_spec_no_longer_names_are_revoked()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await UserAsync(desk);
        await desk.ApplyAsync(Grant("g", "[select, INSERT]", ", grantOption: true"));
        await desk.CreatedAsync(DoltKinds.Grant, "g");
        desk.Server.Privileges("reader").ShouldBe("shop.*:GRANT OPTION shop.*:INSERT shop.*:SELECT");
        await desk.PatchAsync(DoltKinds.Grant, "g", """{"spec":{"privileges":["SELECT"],"grantOption":false}}""");
        await Eventually.HoldsAsync(() => desk.Server.Privileges("reader") == "shop.*:SELECT", "the privilege that is left");
    }

    [Fact]
    public async Task A_grant_that_moves_leaves_nothing_at_its_old_place()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await UserAsync(desk);
        await desk.ApplyAsync(Grant("g", "[SELECT]"));
        await desk.CreatedAsync(DoltKinds.Grant, "g");
        await desk.PatchAsync(DoltKinds.Grant, "g", """{"spec":{"database":"stock","table":"items"}}""");
        await Eventually.HoldsAsync(() => desk.Server.Privileges("reader") == "stock.items:SELECT", "the new place alone");
    }

    [Fact]
    public async Task What_one_grant_takes_back_another_keeps()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await UserAsync(desk);
        await desk.ApplyAsync(Grant("a", "[ALL]"));
        await desk.CreatedAsync(DoltKinds.Grant, "a");
        await desk.ApplyAsync(Grant("b", "[SELECT, INSERT]"));
        await desk.CreatedAsync(DoltKinds.Grant, "b");
        await desk.DeleteAsync(DoltKinds.Grant, "a");
        await desk.GoneAsync(DoltKinds.Grant, "a");
        desk.Server.Privileges("reader").ShouldBe("shop.*:INSERT shop.*:SELECT");
        await desk.DeleteAsync(DoltKinds.Grant, "b");
        await desk.GoneAsync(DoltKinds.Grant, "b");
        desk.Server.Privileges("reader").ShouldBeEmpty();
    }

    [Fact]
    public async Task E1_A_deleted_grant_is_revoked_whatever_the_User_object_is_called()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await UserAsync(desk);
        await desk.ApplyAsync(Grant("g", "[ALL]", ", grantOption: true"));
        await desk.CreatedAsync(DoltKinds.Grant, "g");
        await desk.DeleteAsync(DoltKinds.Grant, "g");
        await desk.GoneAsync(DoltKinds.Grant, "g");
        desk.Server.Privileges("reader").ShouldBeEmpty();
        desk.Server.Password("reader").ShouldNotBeNull();
    }

    [Fact]
    public async Task Roles_are_granted_where_there_are_roles()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await UserAsync(desk);
        await desk.ApplyAsync("{kind: Grant, metadata: {name: g}, spec: {instanceRef: {name: server}, roles: [readers], username: reader}}");
        (await desk.ReadyAsync(DoltKinds.Grant, "g", "UnsupportedByEngine")).Message.ShouldContain("spec.roles");
        desk.Server.Capabilities |= DriverCapabilities.Roles;
        await desk.PatchAsync(DoltKinds.Grant, "g", """{"spec":{"roles":["readers","writers"]}}""");
        await desk.CreatedAsync(DoltKinds.Grant, "g");
        desk.Server.Privileges("reader").ShouldBe("role:readers role:writers");
    }

    private static string Grant(string name, string privileges, string more = "") =>
        $"{{kind: Grant, metadata: {{name: {name}}}, spec: {{instanceRef: {{name: server}}, database: shop, privileges: {privileges}, username: reader{more}}}}}";

    private static async Task UserAsync(SqlDesk desk)
    {
        await desk.SecretAsync("reader", ("password", "word"));
        await desk.ApplyAsync("{kind: User, metadata: {name: somebody}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: reader, key: password}}}");
        await desk.CreatedAsync(DoltKinds.User, "somebody");
    }
}
