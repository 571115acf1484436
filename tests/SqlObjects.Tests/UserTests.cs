using System.Text.RegularExpressions;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.SqlObjects.Tests.Support;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.SqlObjects.Tests;

/// <summary>Accounts and their passwords.</summary>
public sealed partial class UserTests
{
    private const string Reader = "{kind: User, metadata: {name: reader}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: reader, key: password}}}";

    [Fact]
    public async Task A_password_follows_its_Secret_at_once_without_a_label()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.SecretAsync("reader", ("password", "first"));
        await desk.ApplyAsync(Reader);
        await desk.CreatedAsync(DoltKinds.User, "reader");
        desk.Server.Password("reader").ShouldBe("first");
        await desk.SecretAsync("reader", ("password", "second"));
        await Eventually.HoldsAsync(() => desk.Server.Password("reader") == "second", "the second password");
    }

    [Fact]
    public async Task A_missing_Secret_is_named_and_heals_when_it_comes()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync(Reader);
        (await desk.ReadyAsync(DoltKinds.User, "reader", "PasswordUnavailable")).Message.ShouldBe("Secret reader does not exist");
        await desk.SecretAsync("reader", ("other", "x"));
        await Eventually.HoldsAsync(
            async () => (await desk.GetAsync(DoltKinds.User, "reader")).Status!.Conditions![0].Message == "Secret reader has no key password", "the missing key");
        await desk.SecretAsync("reader", ("password", "word"));
        await desk.CreatedAsync(DoltKinds.User, "reader");
    }

    [Fact]
    public async Task A_password_is_generated_once_and_never_overwritten()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(20));
        await desk.ApplyAsync("{kind: User, metadata: {name: reader}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: made, key: password, generate: true}}}");
        await desk.CreatedAsync(DoltKinds.User, "reader");
        var password = (await desk.SecretAsync("made", "password")).ShouldNotBeNull();
        Generated().IsMatch(password).ShouldBeTrue();
        var calls = desk.Server.Calls;
        await Eventually.HoldsAsync(() => desk.Server.Calls > calls + 10, "ten more looks");
        (await desk.SecretAsync("made", "password")).ShouldBe(password);
        (await desk.GetAsync(BuiltInKinds.Secret, "made")).Metadata.OwnerReferences.ShouldHaveSingleItem().Kind.ShouldBe("User");
    }

    [Fact]
    public async Task A_key_is_added_to_a_Secret_that_is_there_and_what_it_holds_stays()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.SecretAsync("made", ("other", "stays"));
        await desk.ApplyAsync("{kind: User, metadata: {name: reader}, spec: {instanceRef: {name: server}, name: reader, passwordSecretKeyRef: {name: made, key: password, generate: true}}}");
        await desk.CreatedAsync(DoltKinds.User, "reader");
        (await desk.SecretAsync("made", "other")).ShouldBe("stays");
        (await desk.SecretAsync("made", "password")).ShouldBe(desk.Server.Password("reader"));
    }

    [Fact]
    public async Task A_renamed_account_leaves_no_old_one_behind()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.SecretAsync("reader", ("password", "word"));
        await desk.ApplyAsync(Reader);
        await desk.CreatedAsync(DoltKinds.User, "reader");
        await desk.PatchAsync(DoltKinds.User, "reader", """{"spec":{"name":"writer","host":"10.%"}}""");
        await Eventually.HoldsAsync(() => desk.Server.Password("writer", "10.%") == "word" && desk.Server.Password("reader") is null, "the new account alone");
        await desk.DeleteAsync(DoltKinds.User, "reader");
        await desk.GoneAsync(DoltKinds.User, "reader");
        desk.Server.Password("writer", "10.%").ShouldBeNull();
    }

    [Fact]
    public async Task An_account_that_somebody_drops_comes_back()
    {
        await using var desk = await SqlDesk.WithInstanceAsync(TimeSpan.FromMilliseconds(50));
        await desk.SecretAsync("reader", ("password", "word"));
        await desk.ApplyAsync(Reader);
        await desk.CreatedAsync(DoltKinds.User, "reader");
        desk.Server.Forget(new AccountName("reader", "%"));
        await Eventually.HoldsAsync(() => desk.Server.Password("reader") == "word", "the account again");
        desk.Events.All.ShouldContain(text => text.StartsWith("User reader Changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_administrator_itself_is_no_User()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.SecretAsync("reader", ("password", "lock-out"));
        await desk.ApplyAsync("{kind: User, metadata: {name: admin}, spec: {instanceRef: {name: server}, name: admin, passwordSecretKeyRef: {name: reader, key: password}}}");
        (await desk.ReadyAsync(DoltKinds.User, "admin", "InvalidSpec")).Message.ShouldContain("administrator");
        desk.Server.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_objects_for_one_account_are_a_conflict()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.SecretAsync("reader", ("password", "word"));
        await desk.ApplyAsync(Reader);
        await desk.CreatedAsync(DoltKinds.User, "reader");
        await desk.ApplyAsync("{kind: User, metadata: {name: twin}, spec: {instanceRef: {name: server}, name: reader, host: '%', passwordSecretKeyRef: {name: other, key: password, generate: true}}}");
        (await desk.ReadyAsync(DoltKinds.User, "twin", "Conflict")).Message.ShouldContain("User default/reader");
        desk.Server.Password("reader").ShouldBe("word");
        await desk.DeleteAsync(DoltKinds.User, "twin");
        await desk.GoneAsync(DoltKinds.User, "twin");
        desk.Server.Password("reader").ShouldBe("word");
    }

    [Fact]
    public async Task An_interval_that_is_none_is_named()
    {
        await using var desk = await SqlDesk.WithInstanceAsync();
        await desk.ApplyAsync("{kind: User, metadata: {name: reader}, spec: {instanceRef: {name: server}, name: reader, requeueInterval: often, passwordSecretKeyRef: {name: reader, key: password}}}");
        (await desk.ReadyAsync(DoltKinds.User, "reader", "InvalidSpec")).Message.ShouldContain("spec.requeueInterval");
    }

    [GeneratedRegex("^[A-Za-z0-9]{32}$", RegexOptions.NonBacktracking)]
    private static partial Regex Generated();
}
