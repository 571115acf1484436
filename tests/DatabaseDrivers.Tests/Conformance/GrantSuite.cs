using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Conformance;

/// <summary>Privileges and roles, tried out by the account.</summary>
public abstract class GrantSuite(TestEngine engine) : Suite(engine)
{
    [Fact]
    public async Task An_account_without_grants_reads_nothing()
    {
        var (account, database) = await CreateAsync();
        (await MayReadAsync(account, database)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_grant_on_a_database_is_effective_and_granted_once()
    {
        var (account, database) = await CreateAsync();
        var grant = OnDatabase(account, database, "SELECT");
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayReadAsync(account, database)).ShouldBeTrue();
        (await MayWriteAsync(account, database)).ShouldBeFalse();
        (await EnsureAsync(grant)).ShouldBeFalse();
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureGrantAsync(server, grant, Token), readings: 2);
    }

    [Fact]
    public async Task A_grant_on_all_databases_covers_them_or_is_refused()
    {
        var (account, database) = await CreateAsync();
        var grant = OnDatabase(account, "*", "SELECT", "PROCESS");
        if (Engine.Engine == "PostgreSQL")
        {
            await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(grant), "database *");
            return;
        }

        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayReadAsync(account, database)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        (await EnsureAsync(OnDatabase(account, database, "SELECT"))).ShouldBeTrue("what is granted here must outlive what is granted everywhere");
        await RevokeAsync(grant);
        (await MayReadAsync(account, database)).ShouldBeTrue();
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(OnDatabase(account, database, "PROCESS")), "PROCESS");
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(grant with { Table = "items" }), "items");
    }

    [Fact]
    public async Task A_grant_on_a_database_covers_tables_that_come_later()
    {
        var (account, database) = await CreateAsync();
        await EnsureAsync(OnDatabase(account, database, "select", "Delete"));
        await Engine.CreateTableAsync(database, "later");
        (await MayReadAsync(account, database, "later")).ShouldBeTrue();
        (await MayWriteAsync(account, database, "later")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_grant_on_a_table_is_for_that_table_only()
    {
        var (account, database) = await CreateAsync();
        await Engine.CreateTableAsync(database, "other");
        var grant = OnDatabase(account, database, "SELECT") with { Table = "items" };
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayReadAsync(account, database)).ShouldBeTrue();
        (await MayReadAsync(account, database, "other")).ShouldBeFalse();
        (await EnsureAsync(grant)).ShouldBeFalse();
        await RevokeAsync(grant);
        (await MayReadAsync(account, database)).ShouldBeFalse();
    }

    [Fact]
    public async Task All_on_a_database_is_all_and_granted_once()
    {
        var (account, database) = await CreateAsync();
        var grant = OnDatabase(account, database, "ALL");
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayWriteAsync(account, database)).ShouldBeTrue();
        (await MayAsync(account, database, session => session.ExecuteAsync($"CREATE TABLE {Engine.Table(database, "own")} (id INT PRIMARY KEY)"))).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureGrantAsync(server, grant, Token), readings: 2);
        await RevokeAsync(grant);
        (await MayReadAsync(account, database)).ShouldBeFalse();
        (await MayAsync(account, database, session => session.ExecuteAsync($"CREATE TABLE {Engine.Table(database, "more")} (id INT PRIMARY KEY)"))).ShouldBeFalse();
    }

    [Fact]
    public async Task All_with_the_grant_option_is_granted_and_revoked_completely()
    {
        var (account, database) = await CreateAsync();
        var grant = OnDatabase(account, database, "ALL") with { WithGrantOption = true };
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        await RevokeAsync(grant);
        (await MayReadAsync(account, database)).ShouldBeFalse();
        (await EnsureAsync(grant)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_grant_option_lets_an_account_pass_its_privileges_on()
    {
        var (account, database) = await CreateAsync();
        var friend = await Engine.CreateAccountAsync();
        await EnsureAsync(OnDatabase(account, database, "SELECT"));
        (await MayAsync(account, database, session => PassOnAsync(session, friend, database))).ShouldBeFalse();
        var grant = OnDatabase(account, database, "SELECT") with { WithGrantOption = true };
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayAsync(account, database, session => PassOnAsync(session, friend, database))).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_privilege_that_was_revoked_by_hand_is_granted_again()
    {
        var (account, database) = await CreateAsync();
        var grant = OnDatabase(account, database, "SELECT", "INSERT");
        await EnsureAsync(grant);
        await RevokeAsync(OnDatabase(account, database, "SELECT"));
        (await MayReadAsync(account, database)).ShouldBeFalse();
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayReadAsync(account, database)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_revoke_leaves_other_privileges_databases_and_accounts_alone()
    {
        var (account, database) = await CreateAsync();
        var other = await Engine.CreateDatabaseAsync();
        var friend = await Engine.CreateAccountAsync();
        await EnsureAsync(OnDatabase(account, database, "SELECT", "DELETE"));
        await EnsureAsync(OnDatabase(account, other, "SELECT"));
        await EnsureAsync(OnDatabase(friend, database, "SELECT", "DELETE"));
        await RevokeAsync(OnDatabase(account, database, "DELETE"));
        (await MayReadAsync(account, database)).ShouldBeTrue();
        (await MayWriteAsync(account, database)).ShouldBeFalse();
        (await MayReadAsync(account, other)).ShouldBeTrue();
        (await MayWriteAsync(friend, database)).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_accounts_are_granted_one_database_at_once()
    {
        var database = await Engine.CreateDatabaseAsync();
        var accounts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Engine.CreateAccountAsync()));
        (await Task.WhenAll(accounts.Select(account => EnsureAsync(OnDatabase(account, database, "SELECT"))))).ShouldAllBe(changed => changed);
        foreach (var account in accounts)
            (await MayReadAsync(account, database)).ShouldBeTrue();
        await Task.WhenAll(accounts.Select(account => RevokeAsync(OnDatabase(account, database, "SELECT"))));
        (await MayReadAsync(accounts[0], database)).ShouldBeFalse();
    }

    [Fact]
    public async Task Only_the_grant_option_can_be_taken_away()
    {
        var (account, database) = await CreateAsync();
        var friend = await Engine.CreateAccountAsync();
        await EnsureAsync(OnDatabase(account, database, "SELECT") with { WithGrantOption = true });
        await RevokeAsync(OnDatabase(account, database) with { WithGrantOption = true });
        (await MayReadAsync(account, database)).ShouldBeTrue();
        (await MayAsync(account, database, session => PassOnAsync(session, friend, database))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_grant_on_a_name_with_an_underscore_opens_no_other_database()
    {
        var account = await Engine.CreateAccountAsync();
        var stem = Engine.NewName("a");
        foreach (var name in new[] { $"{stem}_b", $"{stem}xb" })
        {
            await EnsureAsync(new DatabaseDefinition { Name = name });
            await Engine.CreateTableAsync(name, "items");
        }

        var grant = OnDatabase(account, $"{stem}_b", "SELECT");
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        (await MayReadAsync(account, $"{stem}_b")).ShouldBeTrue();
        (await MayReadAsync(account, $"{stem}xb")).ShouldBeFalse();
        await RevokeAsync(grant);
        (await MayReadAsync(account, $"{stem}_b")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_grant_to_an_account_that_is_not_there_waits_and_its_revoke_is_done()
    {
        var database = await Engine.CreateDatabaseAsync();
        var nobody = new AccountDefinition { Name = new(Engine.NewName("nobody"), "%"), Password = "any" };
        await ShouldFailAsync(DriverError.Missing, EnsureAsync(OnDatabase(nobody, database, "SELECT")), nobody.Name.User);
        (await Driver.HasAccountAsync(Server, nobody.Name, Token)).ShouldBeFalse();
        await RevokeAsync(OnDatabase(nobody, database, "SELECT"));
    }

    [Fact]
    public async Task A_revoke_on_a_database_or_table_that_is_gone_is_no_error()
    {
        var (account, database) = await CreateAsync();
        var onDatabase = OnDatabase(account, database, "SELECT");
        var onTable = onDatabase with { Table = "items" };
        await EnsureAsync(onDatabase);
        await EnsureAsync(onTable);
        await using (var session = await Engine.LoginAsAdministratorAsync(database))
            await session.ExecuteAsync($"DROP TABLE {Engine.Table(database, "items")}");
        await RevokeAsync(onTable);
        await Driver.DropDatabaseAsync(Server, database, Token);
        await RevokeAsync(onDatabase);
        await EnsureAsync(new DatabaseDefinition { Name = database });
        await Engine.CreateTableAsync(database, "items");
        (await MayReadAsync(account, database)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("SELECT; DROP TABLE x", DriverError.Invalid)]
    [InlineData("FLY", DriverError.Invalid)]
    [InlineData("", DriverError.Invalid)]
    public async Task A_privilege_that_is_none_is_refused_by_name(string privilege, DriverError error)
    {
        var (account, database) = await CreateAsync();
        await ShouldFailAsync(error, EnsureAsync(OnDatabase(account, database, privilege)), privilege);
        (await MayReadAsync(account, database)).ShouldBeFalse();
    }

    [Fact]
    public async Task The_administrators_own_grants_are_left_alone()
    {
        var database = await Engine.CreateDatabaseAsync();
        var administrator = new AccountDefinition { Name = new(Server.User, "%"), Password = Server.Password };
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(OnDatabase(administrator, database, "SELECT")), Server.User);
        await ShouldFailAsync(DriverError.Invalid, RevokeAsync(OnDatabase(administrator, database, "ALL")), Server.User);
    }

    [Fact]
    public async Task Membership_in_a_role_is_granted_and_revoked_or_refused()
    {
        var (account, database) = await CreateAsync();
        var role = Engine.NewName("readers");
        var grant = new GrantDefinition { Account = account.Name, Roles = [role] };
        if (!Engine.Has(DriverCapabilities.Roles))
        {
            await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(grant), "roles");
            return;
        }

        await ShouldFailAsync(DriverError.Missing, EnsureAsync(grant));
        await Engine.CreateRoleAsync(role);
        await Engine.GrantSelectAsync(role, database);
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayReadAsync(account, database)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureGrantAsync(server, grant, Token), readings: 2);
        await RevokeAsync(grant);
        (await MayReadAsync(account, database)).ShouldBeFalse();
        await ShouldLogInAsync(account.Name.User, account.Password);
        await RevokeAsync(grant);
    }

    protected static GrantDefinition OnDatabase(AccountDefinition account, string database, params string[] privileges) =>
        new() { Account = account.Name, Database = database, Privileges = privileges };

    private async Task<(AccountDefinition Account, string Database)> CreateAsync() => (await Engine.CreateAccountAsync(), await Engine.CreateDatabaseAsync());

    private async Task PassOnAsync(ITestSession session, AccountDefinition friend, string database)
    {
        if (Engine.Engine != "PostgreSQL")
        {
            await session.ExecuteAsync($"GRANT SELECT ON {database}.* TO '{friend.Name.User}'@'%'");
            return;
        }

        // Without the option, PostgreSQL warns and grants nothing.
        await session.ExecuteAsync($"GRANT SELECT ON items TO {friend.Name.User}");
        if (await session.ReadAsync($"SELECT has_table_privilege('{friend.Name.User}', 'items', 'SELECT')") is not "True")
            throw new RefusedException(new InvalidOperationException("nothing was granted"));
    }
}
