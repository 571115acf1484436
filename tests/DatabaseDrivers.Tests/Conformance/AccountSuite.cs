using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Conformance;

/// <summary>Accounts.</summary>
public abstract class AccountSuite(TestEngine engine) : Suite(engine)
{
    [Fact]
    public async Task An_account_is_created_once_and_logs_in()
    {
        var account = NewAccount();
        (await Driver.HasAccountAsync(Server, account.Name, Token)).ShouldBeFalse();
        (await EnsureAsync(account)).ShouldBeTrue();
        (await Driver.HasAccountAsync(Server, account.Name, Token)).ShouldBeTrue();
        (await EnsureAsync(account)).ShouldBeFalse();
        await ShouldLogInAsync(account.Name.User, account.Password);
        await ShouldNotLogInAsync(account.Name.User, "another-secret");
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureAccountAsync(server, account, Token), readings: 2);
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one()
    {
        var account = await Engine.CreateAccountAsync();
        var changed = account with { Password = "second-secret" };
        (await EnsureAsync(changed)).ShouldBeTrue();
        await ShouldLogInAsync(account.Name.User, "second-secret");
        await ShouldNotLogInAsync(account.Name.User, account.Password);
        (await EnsureAsync(changed)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_password_that_was_changed_by_hand_is_set_back()
    {
        var account = await Engine.CreateAccountAsync();
        await using (var session = await Engine.LoginAsAdministratorAsync())
        {
            await session.ExecuteAsync(Engine.Engine == "PostgreSQL"
                ? $"ALTER ROLE {account.Name.User} PASSWORD 'drifted'"
                : $"ALTER USER '{account.Name.User}'@'%' IDENTIFIED BY 'drifted'");
        }

        (await EnsureAsync(account with { IsPasswordApplied = true })).ShouldBeTrue();
        await ShouldLogInAsync(account.Name.User, account.Password);
        await ShouldNotLogInAsync(account.Name.User, "drifted");
    }

    [Fact]
    public async Task No_statement_carries_a_password_that_a_log_could_keep()
    {
        await using var proxy = new RecordingProxy(Server.Port, Engine.Engine == "PostgreSQL");
        var server = Server with { Port = proxy.Port };
        var account = NewAccount();
        await Driver.EnsureAccountAsync(server, account, Token);
        await Driver.EnsureAccountAsync(server, account with { Password = "second-secret" }, Token);
        var statements = string.Join('\n', proxy.Take());
        statements.ShouldContain(account.Name.User);
        statements.ShouldNotContain("first-secret");
        statements.ShouldNotContain("second-secret");
    }

    [Fact]
    public async Task An_account_that_was_dropped_by_hand_comes_back()
    {
        var account = await Engine.CreateAccountAsync();
        await using (var session = await Engine.LoginAsAdministratorAsync())
            await session.ExecuteAsync(Engine.Engine == "PostgreSQL" ? $"DROP ROLE {account.Name.User}" : $"DROP USER '{account.Name.User}'@'%'");
        (await EnsureAsync(account with { IsPasswordApplied = true })).ShouldBeTrue();
        await ShouldLogInAsync(account.Name.User, account.Password);
    }

    [Fact]
    public async Task An_account_is_dropped_and_dropping_it_again_is_no_error()
    {
        var account = await Engine.CreateAccountAsync();
        await Driver.DropAccountAsync(Server, account.Name, Token);
        (await Driver.HasAccountAsync(Server, account.Name, Token)).ShouldBeFalse();
        await ShouldNotLogInAsync(account.Name.User, account.Password);
        await Driver.DropAccountAsync(Server, account.Name, Token);
    }

    [Fact]
    public async Task An_account_with_grants_and_an_open_session_is_dropped()
    {
        var database = await Engine.CreateDatabaseAsync();
        var account = await Engine.CreateAccountAsync();
        await EnsureAsync(new GrantDefinition { Account = account.Name, Database = database, Privileges = ["ALL"] });
        await using var session = await Engine.LoginAsync(account.Name.User, account.Password, database);
        await session.ExecuteAsync($"CREATE TABLE {Engine.Table(database, "own")} (id INT PRIMARY KEY)");
        await Driver.DropAccountAsync(Server, account.Name, Token);
        (await Driver.HasAccountAsync(Server, account.Name, Token)).ShouldBeFalse();
        await using var administrator = await Engine.LoginAsAdministratorAsync(database);
        (await administrator.ReadAsync($"SELECT COUNT(*) FROM {Engine.Table(database, "own")}")).ShouldBe("0");
    }

    [Fact]
    public async Task Accounts_of_one_user_on_two_hosts_are_two_or_one()
    {
        var account = NewAccount();
        var local = account with { Name = account.Name with { Host = "10.0.0.%" }, Password = "local-secret" };
        await EnsureAsync(account);
        (await EnsureAsync(local)).ShouldBeTrue();
        if (!Engine.Has(DriverCapabilities.Hosts))
        {
            await ShouldLogInAsync(account.Name.User, local.Password);
            return;
        }

        await ShouldLogInAsync(account.Name.User, account.Password);
        await Driver.DropAccountAsync(Server, local.Name, Token);
        await ShouldLogInAsync(account.Name.User, account.Password);
    }

    [Fact]
    public async Task A_limit_of_connections_holds_or_is_refused()
    {
        var account = NewAccount() with { MaxUserConnections = 1 };
        if (!Engine.Has(DriverCapabilities.MaxUserConnections))
        {
            await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(account), "maxUserConnections");
            (await Driver.HasAccountAsync(Server, account.Name, Token)).ShouldBeFalse();
            return;
        }

        await EnsureAsync(account);
        await using (await Engine.LoginAsync(account.Name.User, account.Password))
            await ShouldNotLogInAsync(account.Name.User, account.Password);
        (await EnsureAsync(account)).ShouldBeFalse();
        (await EnsureAsync(account with { MaxUserConnections = null })).ShouldBeFalse();
        (await EnsureAsync(account with { MaxUserConnections = 0 })).ShouldBeTrue();
        (await EnsureAsync(account with { MaxUserConnections = 0 })).ShouldBeFalse();
        await using (await Engine.LoginAsync(account.Name.User, account.Password))
            await ShouldLogInAsync(account.Name.User, account.Password);
    }

    [Fact]
    public async Task A_demand_for_encryption_holds_or_is_refused()
    {
        var account = NewAccount() with { RequireTls = true };
        if (!Engine.Has(DriverCapabilities.RequireTLS))
        {
            await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(account), "requireTLS");
            (await Driver.HasAccountAsync(Server, account.Name, Token)).ShouldBeFalse();
            return;
        }

        await EnsureAsync(account);
        await ShouldNotLogInAsync(account.Name.User, account.Password);
        await ShouldLogInAsync(account.Name.User, account.Password, encrypted: true);
        (await EnsureAsync(account)).ShouldBeFalse();
        (await EnsureAsync(account with { RequireTls = null })).ShouldBeFalse();
    }

    [Fact]
    public async Task An_empty_password_is_invalid()
    {
        var account = NewAccount() with { Password = "" };
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(account), "password");
        (await Driver.HasAccountAsync(Server, account.Name, Token)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_administrator_is_neither_managed_nor_dropped()
    {
        var name = new AccountName(Server.User, "%");
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(new AccountDefinition { Name = name, Password = "hijacked" }), Server.User);
        await ShouldFailAsync(DriverError.Invalid, Driver.DropAccountAsync(Server, name, Token), Server.User);
        await ShouldLogInAsync(Server.User, Server.Password);
    }

    [Fact]
    public async Task A_name_may_be_as_long_as_the_engine_takes_and_no_longer()
    {
        var longest = NewAccount() with { Name = new(Engine.NewName("app").PadRight(Engine.LongestUserName, 'x'), "%") };
        (await EnsureAsync(longest)).ShouldBeTrue();
        await ShouldLogInAsync(longest.Name.User, longest.Password);
        (await EnsureAsync(longest)).ShouldBeFalse();
        var tooLong = longest with { Name = new(longest.Name.User + "x", "%") };
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(tooLong), $"limit is {Engine.LongestUserName}");
    }

    private AccountDefinition NewAccount() => new() { Name = new(Engine.NewName("app"), "%"), Password = "first-secret" };
}
