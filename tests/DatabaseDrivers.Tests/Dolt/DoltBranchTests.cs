using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Dolt;

/// <summary>Branches and ignore patterns.</summary>
[Collection(DoltServers.Name)]
public sealed class DoltBranchTests(DoltEngine engine) : Suite(engine)
{
    [Fact]
    public async Task Branches_are_created_from_the_default_branch_once()
    {
        var database = NewDatabase() with { Branches = ["main", "dev", "feature/x"] };
        (await EnsureAsync(database)).ShouldBeTrue();
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_branches WHERE name IN ('dev', 'feature/x')")).ShouldBe("2");
        (await EnsureAsync(database)).ShouldBeFalse();
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureDatabaseAsync(server, database, database, Token), readings: 2);
    }

    [Fact]
    public async Task A_branch_that_the_definition_no_longer_has_is_removed_and_others_stay()
    {
        var database = NewDatabase() with { Branches = ["main", "dev", "old"] };
        await EnsureAsync(database);
        await RunAsync(database, "CALL DOLT_BRANCH('by-hand')");
        var reduced = database with { Branches = ["dev"] };
        (await EnsureAsync(reduced, database)).ShouldBeTrue();
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_branches WHERE name IN ('main', 'dev', 'by-hand')")).ShouldBe("3");
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_branches WHERE name = 'old'")).ShouldBe("0");
        (await EnsureAsync(reduced, database)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_removed_branch_with_work_of_its_own_is_kept_with_a_clear_message()
    {
        var database = NewDatabase() with { Branches = ["dev"] };
        await EnsureAsync(database);
        await RunAsync(database, "CALL DOLT_CHECKOUT('dev')", "CREATE TABLE work (id INT PRIMARY KEY)", "CALL DOLT_COMMIT('-Am', 'work')");
        var exception = await ShouldFailAsync(DriverError.Refused, EnsureAsync(database with { Branches = [] }, database), "dev");
        exception.Message.ShouldContain("Merge it or delete it by hand");
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_branches WHERE name = 'dev'")).ShouldBe("1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-D")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("x'); DROP DATABASE mysql; --")]
    [InlineData("HEAD")]
    [InlineData("grün")]
    public async Task A_name_that_no_branch_can_have_is_refused_before_the_database(string name)
    {
        var database = NewDatabase() with { Branches = [name] };
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(database), "branch");
        (await Driver.ReadDatabaseAsync(Server, database.Name, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Patterns_are_committed_and_removed_again()
    {
        var database = NewDatabase() with { IgnorePatterns = ["tmp_%", "it's*"] };
        (await EnsureAsync(database)).ShouldBeTrue();
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_status")).ShouldBe("0");
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_ignore AS OF 'main'")).ShouldBe("2");
        (await EnsureAsync(database)).ShouldBeFalse();
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureDatabaseAsync(server, database, database, Token), readings: 2);
        var reduced = database with { IgnorePatterns = ["tmp_%"] };
        (await EnsureAsync(reduced, database)).ShouldBeTrue();
        (await ReadAsync(database, "SELECT pattern FROM dolt_ignore AS OF 'main'")).ShouldBe("tmp_%");
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_status")).ShouldBe("0");
    }

    [Fact]
    public async Task Patterns_that_somebody_left_uncommitted_are_committed_and_those_not_ours_stay()
    {
        var database = NewDatabase() with { IgnorePatterns = ["tmp_%"] };
        await EnsureAsync(database with { IgnorePatterns = [] });
        await RunAsync(database, "INSERT INTO dolt_ignore (pattern, ignored) VALUES ('tmp_%', 0), ('theirs', 1)");
        (await EnsureAsync(database)).ShouldBeTrue();
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_ignore AS OF 'main' WHERE ignored = 1")).ShouldBe("2");
        (await EnsureAsync(database)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_others_staged_is_not_committed_with_the_patterns()
    {
        var database = NewDatabase();
        await EnsureAsync(database);
        await RunAsync(database, "CREATE TABLE staged (id INT PRIMARY KEY)", "CALL DOLT_ADD('staged')");
        var withPatterns = database with { IgnorePatterns = ["tmp_%"] };
        await ShouldFailAsync(DriverError.Refused, EnsureAsync(withPatterns, database), "staged");
        (await ReadAsync(database, "SELECT COUNT(*) FROM dolt_log")).ShouldBe("1");
        await RunAsync(database, "CALL DOLT_COMMIT('-m', 'theirs')");
        (await EnsureAsync(withPatterns, database)).ShouldBeTrue();
    }

    [Fact]
    public async Task Work_that_nobody_committed_stays_uncommitted()
    {
        var database = NewDatabase();
        await EnsureAsync(database);
        await RunAsync(database, "CREATE TABLE work (id INT PRIMARY KEY)");
        await EnsureAsync(database with { IgnorePatterns = ["tmp_%"] }, database);
        (await ReadAsync(database, "SELECT table_name FROM dolt_status")).ShouldBe("work");
    }

    [Fact]
    public async Task A_dropped_database_does_not_spoil_the_connection_that_stood_in_it()
    {
        var database = NewDatabase() with { Branches = ["dev"] };
        await EnsureAsync(database);
        await Driver.DropDatabaseAsync(Server, database.Name, Token);
        (await EnsureAsync(database, database)).ShouldBeTrue();
    }

    [Fact]
    public async Task The_demand_for_encryption_of_an_account_that_exists_cannot_change()
    {
        var account = await Engine.CreateAccountAsync();
        await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(account with { RequireTls = true, Password = "second-secret" }), "requireTLS");
        await ShouldLogInAsync(account.Name.User, account.Password);
    }

    [Theory]
    [InlineData("BACKUP_ADMIN")]
    [InlineData("SYSTEM_USER")]
    [InlineData("PROXY")]
    [InlineData("SELECT (id)")]
    public async Task A_privilege_that_Dolt_lacks_is_unsupported(string privilege)
    {
        var account = await Engine.CreateAccountAsync();
        await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(new GrantDefinition { Account = account.Name, Privileges = [privilege] }), privilege.ToUpperInvariant());
    }

    private DatabaseDefinition NewDatabase() => new() { Name = Engine.NewName("shop") };

    private async Task RunAsync(DatabaseDefinition database, params string[] statements)
    {
        await using var session = await Engine.LoginAsAdministratorAsync(database.Name);
        foreach (var statement in statements)
            await session.ExecuteAsync(statement);
    }

    private async Task<string?> ReadAsync(DatabaseDefinition database, string query)
    {
        await using var session = await Engine.LoginAsAdministratorAsync(database.Name);
        return await session.ReadAsync(query);
    }
}
