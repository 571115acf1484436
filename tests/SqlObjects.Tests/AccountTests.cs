using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.SqlObjects.Tests.Support;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>Which account is a User's: those that were there before, renamed ones, those of engines without hosts.</summary>
public sealed class AccountTests
{
    private const string Reader = "{kind: User, metadata: {name: reader}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: reader, key: password}}}";

    [Fact]
    public async Task An_account_that_was_there_before_is_left_alone_unless_it_is_adopted()
    {
        await using var desk = await DeskAsync();
        desk.Server.AddAccount("reader", "in-use");
        await desk.ApplyAsync(Reader);
        (await desk.ReadyAsync(DoltKinds.User, "reader", "AccountExists")).Message.ShouldContain("spec.adopt");
        desk.Server.Changes.ShouldBeEmpty();
        await desk.DeleteAsync(DoltKinds.User, "reader");
        await desk.GoneAsync(DoltKinds.User, "reader");
        desk.Server.Password("reader").ShouldBe("in-use");

        await desk.ApplyAsync(Reader);
        await desk.PatchAsync(DoltKinds.User, "reader", """{"spec":{"adopt":true}}""");
        await desk.CreatedAsync(DoltKinds.User, "reader");
        desk.Server.Password("reader").ShouldBe("word");
        await desk.DeleteAsync(DoltKinds.User, "reader");
        await desk.GoneAsync(DoltKinds.User, "reader");
        desk.Server.Password("reader").ShouldBeNull();
    }

    [Fact]
    public async Task A_new_name_that_somebody_has_changes_nothing()
    {
        await using var desk = await DeskAsync();
        desk.Server.AddAccount("writer", "in-use");
        await desk.ApplyAsync(Reader);
        await desk.CreatedAsync(DoltKinds.User, "reader");
        await desk.PatchAsync(DoltKinds.User, "reader", """{"spec":{"name":"writer"}}""");
        await desk.ReadyAsync(DoltKinds.User, "reader", "AccountExists");
        (desk.Server.Password("writer"), desk.Server.Password("reader")).ShouldBe(("in-use", "word"));
        await desk.DeleteAsync(DoltKinds.User, "reader");
        await desk.GoneAsync(DoltKinds.User, "reader");
        (desk.Server.Password("writer"), desk.Server.Password("reader")).ShouldBe(("in-use", null));
    }

    [Fact]
    public async Task A_second_rename_before_the_first_is_done_leaves_no_account_behind()
    {
        await using var desk = await DeskAsync();
        await RenameTwiceAsync(desk, "third");
        (desk.Server.Password("reader"), desk.Server.Password("second"), desk.Server.Password("third")).ShouldBe((null, null, "word"));
    }

    [Fact]
    public async Task A_rename_that_is_taken_back_before_it_is_done_keeps_the_account()
    {
        await using var desk = await DeskAsync();
        await RenameTwiceAsync(desk, "reader");
        desk.Server.Changes.ShouldNotContain("drop account 'reader'@'%'");
        (desk.Server.Password("reader"), desk.Server.Password("second")).ShouldBe(("word", null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hosts_tell_accounts_apart_only_where_the_engine_has_them(bool hasHosts)
    {
        await using var desk = await DeskAsync();
        if (!hasHosts)
            desk.Server.Capabilities &= ~DriverCapabilities.Hosts;
        await desk.ApplyAsync(Reader);
        await desk.CreatedAsync(DoltKinds.User, "reader");
        await desk.ApplyAsync("{kind: User, metadata: {name: twin}, spec: {instanceRef: {name: server}, name: reader, host: 10.%, passwordSecretKeyRef: {name: other, key: password, generate: true}}}");
        await desk.ReadyAsync(DoltKinds.User, "twin", hasHosts ? "Created" : "Conflict");
        await desk.DeleteAsync(DoltKinds.User, "twin");
        await desk.GoneAsync(DoltKinds.User, "twin");
        desk.Server.Password("reader").ShouldBe("word");
    }

    [Fact]
    public async Task A_grant_keeps_what_another_gives_to_the_same_role_under_another_host()
    {
        await using var desk = await DeskAsync();
        desk.Server.Capabilities &= ~DriverCapabilities.Hosts;
        await desk.ApplyAsync(Reader);
        await desk.ApplyAsync("{kind: Grant, metadata: {name: one}, spec: {instanceRef: {name: server}, username: reader, database: shop, privileges: [SELECT, INSERT]}}");
        await desk.ApplyAsync("{kind: Grant, metadata: {name: two}, spec: {instanceRef: {name: server}, username: reader, host: 10.%, database: shop, privileges: [SELECT]}}");
        await desk.CreatedAsync(DoltKinds.Grant, "one");
        await desk.CreatedAsync(DoltKinds.Grant, "two");
        await desk.DeleteAsync(DoltKinds.Grant, "one");
        await desk.GoneAsync(DoltKinds.Grant, "one");
        desk.Server.Privileges("reader").ShouldBe("shop.*:SELECT");
    }

    private static async Task<SqlDesk> DeskAsync()
    {
        var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.SecretAsync("reader", ("password", "word"));
        return desk;
    }

    /// <summary>The account is to be called second, and before that can be finished something else.</summary>
    private static async Task RenameTwiceAsync(SqlDesk desk, string name)
    {
        await desk.ApplyAsync(Reader);
        await desk.CreatedAsync(DoltKinds.User, "reader");
        desk.Server.DropFailure = new DriverException(DriverError.Refused, "not now");
        foreach (var next in (string[])["second", name])
        {
            await desk.PatchAsync(DoltKinds.User, "reader", $$$"""{"spec":{"name":"{{{next}}}"}}""");
            await desk.ReadyAsync(DoltKinds.User, "reader", "Failed");
        }

        desk.Server.DropFailure = null;
        await desk.CreatedAsync(DoltKinds.User, "reader");
    }
}
