using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.PostgreSql;

/// <summary>Statements that a server holds up for long: they hold up nobody else.</summary>
[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlLongStatementTests(PostgreSqlEngine engine) : Suite(engine)
{
    [Fact]
    public async Task While_databases_cannot_be_dropped_others_are_served_at_once()
    {
        List<string> databases = [];
        for (var count = 0; count < 6; count++)
            databases.Add(await Engine.CreateDatabaseAsync());
        await using var holder = await HoldAsync();
        List<Task> dropping = [.. databases.Select(database => Driver.DropDatabaseAsync(Server, database, Token))];
        await AwaitLockAsync();
        await Engine.CreateAccountAsync();
        (await Driver.ReadDatabaseAsync(Server, databases[0], Token)).ShouldNotBeNull();
        dropping.ShouldAllBe(drop => !drop.IsCompleted);
        await holder.ExecuteAsync("ROLLBACK");
        await Task.WhenAll(dropping);
    }

    [Fact]
    public async Task A_database_that_cannot_be_dropped_in_time_makes_no_server_unreachable()
    {
        await using var hasty = DoltDB.Operator.Sql.Drivers.DatabaseDrivers.Create("PostgreSQL", new DriverOptions { DatabaseDeadline = TimeSpan.FromMilliseconds(300) }, TimeProvider.System);
        var database = await Engine.CreateDatabaseAsync();
        await using var holder = await HoldAsync();
        await ShouldFailAsync(DriverError.Busy, hasty.DropDatabaseAsync(Server, database, Token), "within 0.3 s");
        await holder.ExecuteAsync("ROLLBACK");
        await Driver.DropDatabaseAsync(Server, database, Token);
    }

    [Fact]
    public async Task A_turn_that_does_not_come_is_no_silence_of_the_server()
    {
        await using var hasty = DoltDB.Operator.Sql.Drivers.DatabaseDrivers.Create("PostgreSQL", new DriverOptions { TurnDeadline = TimeSpan.FromMilliseconds(300) }, TimeProvider.System);
        List<string> databases = [];
        for (var count = 0; count < 5; count++)
            databases.Add(await Engine.CreateDatabaseAsync());
        await using var holder = await HoldAsync();
        List<Task> dropping = [.. databases.Select(database => hasty.DropDatabaseAsync(Server, database, Token))];
        var exception = await Should.ThrowAsync<DriverException>(await Task.WhenAny(dropping));
        exception.Error.ShouldBe(DriverError.Busy);
        exception.Message.ShouldContain("in use until the deadline");
        await holder.ExecuteAsync("ROLLBACK");
        await Should.ThrowAsync<DriverException>(Task.WhenAll(dropping));
    }

    // Catalogs can be read meanwhile, but no database is made or dropped.
    private async Task<ITestSession> HoldAsync()
    {
        var session = await Engine.LoginAsAdministratorAsync("postgres");
        await session.ExecuteAsync("BEGIN");
        await session.ExecuteAsync("LOCK TABLE pg_catalog.pg_database IN SHARE MODE");
        return session;
    }

    private async Task AwaitLockAsync()
    {
        await using var session = await Engine.LoginAsAdministratorAsync("postgres");
        var start = TimeProvider.System.GetTimestamp();
        while (await session.ReadAsync("SELECT count(*)::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DROP DATABASE%'") == "0")
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(20), "the statement waits for nobody");
    }
}
