using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Dolt;

/// <summary>What is Dolt's own about grants: how it finds accounts, and its dynamic privileges.</summary>
[Collection(DoltServers.Name)]
public sealed class DoltGrantRulesTests(DoltEngine engine) : Suite(engine)
{
    [Fact]
    public async Task A_grant_to_an_account_that_is_missing_is_not_given_to_another_host_of_the_same_user()
    {
        var database = await Engine.CreateDatabaseAsync();
        var anywhere = await Engine.CreateAccountAsync();
        var grant = new GrantDefinition { Account = anywhere.Name with { Host = "10.%" }, Database = database, Privileges = ["SELECT"] };
        await ShouldFailAsync(DriverError.Missing, EnsureAsync(grant), "10.%");
        (await MayReadAsync(anywhere, database)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_revoke_from_an_account_that_is_gone_leaves_another_host_of_the_same_user_alone()
    {
        var database = await Engine.CreateDatabaseAsync();
        var anywhere = await Engine.CreateAccountAsync();
        var grant = new GrantDefinition { Account = anywhere.Name, Database = database, Privileges = ["SELECT"] };
        await EnsureAsync(grant);
        await RevokeAsync(grant with { Account = anywhere.Name with { Host = "10.%" } });
        (await MayReadAsync(anywhere, database)).ShouldBeTrue();
    }

    [Fact]
    public async Task Accounts_of_one_user_and_several_hosts_hold_grants_of_their_own()
    {
        var database = await Engine.CreateDatabaseAsync();
        var anywhere = await Engine.CreateAccountAsync();
        var elsewhere = anywhere with { Name = anywhere.Name with { Host = "10.%" } };
        await EnsureAsync(elsewhere);
        var grant = new GrantDefinition { Account = elsewhere.Name, Database = database, Privileges = ["SELECT"] };
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        (await MayReadAsync(anywhere, database)).ShouldBeFalse();
        await RevokeAsync(grant);
        (await EnsureAsync(grant)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("CLONE_ADMIN")]
    [InlineData("replication_slave_admin")]
    public async Task A_dynamic_privilege_is_granted_once_and_revoked(string privilege)
    {
        var account = await Engine.CreateAccountAsync();
        var grant = new GrantDefinition { Account = account.Name, Privileges = [privilege] };
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureGrantAsync(server, grant, Token), readings: 1);
        await RevokeAsync(grant);
        (await EnsureAsync(grant)).ShouldBeTrue();
    }

    [Fact]
    public async Task All_privileges_do_not_hold_the_dynamic_ones_which_are_granted_beside_them()
    {
        var account = await Engine.CreateAccountAsync();
        await EnsureAsync(new GrantDefinition { Account = account.Name, Privileges = ["ALL"] });
        var grant = new GrantDefinition { Account = account.Name, Privileges = ["SELECT", "CLONE_ADMIN"] };
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        await RevokeAsync(new GrantDefinition { Account = account.Name, Privileges = ["ALL"] });
        (await EnsureAsync(grant)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_dynamic_privilege_is_global()
    {
        var account = await Engine.CreateAccountAsync();
        var database = await Engine.CreateDatabaseAsync();
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(new GrantDefinition { Account = account.Name, Database = database, Privileges = ["CLONE_ADMIN"] }), "CLONE_ADMIN");
    }

    [Fact]
    public async Task A_dynamic_privilege_of_MySQL_is_none_of_Dolt()
    {
        var account = await Engine.CreateAccountAsync();
        await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(new GrantDefinition { Account = account.Name, Privileges = ["BACKUP_ADMIN"] }), "BACKUP_ADMIN");
    }
}
