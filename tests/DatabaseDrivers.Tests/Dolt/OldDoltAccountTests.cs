using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Dolt;

/// <summary>Dolt until the end of 2024, which takes the hash of a password and stores none: such an account would let anybody in.</summary>
public sealed class OldDoltAccountTests(OldDoltEngine engine) : Suite(engine), IClassFixture<OldDoltEngine>
{
    [Fact]
    public async Task A_new_account_has_its_password_and_does_not_open_without_one()
    {
        var account = NewAccount();
        (await EnsureAsync(account)).ShouldBeTrue();
        await ShouldLogInAsync(account.Name.User, account.Password);
        await ShouldNotLogInAsync(account.Name.User, "");
        (await EnsureAsync(account)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_changed_password_is_the_only_one_that_opens_the_account()
    {
        var account = await Engine.CreateAccountAsync();
        var changed = account with { Password = "second-secret" };
        (await EnsureAsync(changed)).ShouldBeTrue();
        await ShouldLogInAsync(account.Name.User, "second-secret");
        await ShouldNotLogInAsync(account.Name.User, account.Password);
        await ShouldNotLogInAsync(account.Name.User, "");
        (await EnsureAsync(changed)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_account_that_was_made_open_is_closed()
    {
        var account = NewAccount();
        await using (var session = await Engine.LoginAsAdministratorAsync())
            await session.ExecuteAsync($"CREATE USER '{account.Name.User}'@'%'");
        (await EnsureAsync(account with { IsPasswordApplied = true })).ShouldBeTrue();
        await ShouldNotLogInAsync(account.Name.User, "");
        await ShouldLogInAsync(account.Name.User, account.Password);
    }

    private AccountDefinition NewAccount() => new() { Name = new(Engine.NewName("app"), "%"), Password = "first-secret" };
}
