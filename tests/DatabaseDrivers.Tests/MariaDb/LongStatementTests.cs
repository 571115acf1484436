using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.MariaDb;

/// <summary>Statements that a server holds up for long: they hold up nobody else.</summary>
[Collection(MariaDbServers.Name)]
public sealed class LongStatementTests(MariaDbEngine engine) : Suite(engine)
{
    [Fact]
    public async Task While_a_dropped_database_is_in_use_others_are_served_at_once()
    {
        var database = await Engine.CreateDatabaseAsync();
        await using var user = await Engine.LoginAsAdministratorAsync(database);
        await user.ExecuteAsync("START TRANSACTION");
        await user.ReadAsync($"SELECT COUNT(*) FROM {Engine.Table(database, "items")}");
        var dropping = Driver.DropDatabaseAsync(Server, database, Token);
        await AwaitLockAsync();
        var account = await Engine.CreateAccountAsync();
        (await Driver.EnsureDatabaseAsync(Server, new() { Name = Engine.NewName("shop") }, null, Token)).ShouldBeTrue();
        await EnsureAsync(new GrantDefinition { Account = account.Name, Database = database, Privileges = ["SELECT"] });
        dropping.IsCompleted.ShouldBeFalse();
        await user.ExecuteAsync("ROLLBACK");
        await dropping;
        (await Driver.ReadDatabaseAsync(Server, database, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task A_database_that_cannot_be_dropped_in_time_makes_no_server_unreachable()
    {
        await using var hasty = DoltDB.Operator.Sql.Drivers.DatabaseDrivers.Create("MySQL", new DriverOptions { DatabaseDeadline = TimeSpan.FromMilliseconds(300) }, TimeProvider.System);
        var database = await Engine.CreateDatabaseAsync();
        await using var user = await Engine.LoginAsAdministratorAsync(database);
        await user.ExecuteAsync("START TRANSACTION");
        await user.ReadAsync($"SELECT COUNT(*) FROM {Engine.Table(database, "items")}");
        await ShouldFailAsync(DriverError.Busy, hasty.DropDatabaseAsync(Server, database, Token), "within 0.3 s");
        await user.ExecuteAsync("ROLLBACK");
        await Driver.DropDatabaseAsync(Server, database, Token);
    }

    private async Task AwaitLockAsync()
    {
        await using var session = await Engine.LoginAsAdministratorAsync();
        var deadline = TimeProvider.System.GetTimestamp();
        while (await session.ReadAsync("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE '%metadata lock%'") == "0")
            TimeProvider.System.GetElapsedTime(deadline).ShouldBeLessThan(TimeSpan.FromSeconds(20), "the statement waits for nobody");
    }
}
