using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.Conformance;

/// <summary>Databases.</summary>
public abstract class DatabaseSuite(TestEngine engine) : Suite(engine)
{
    [Fact]
    public async Task A_database_is_created_once()
    {
        var database = new DatabaseDefinition { Name = Engine.NewName("shop") };
        (await Driver.ReadDatabaseAsync(Server, database.Name, Token)).ShouldBeNull();
        (await EnsureAsync(database)).ShouldBeTrue();
        (await EnsureAsync(database)).ShouldBeFalse();
        (await Driver.ReadDatabaseAsync(Server, database.Name, Token)).ShouldNotBeNull();
        await ShouldOnlyReadAsync((driver, server) => driver.EnsureDatabaseAsync(server, database, null, Token), readings: 1);
    }

    [Fact]
    public async Task A_database_that_was_dropped_by_hand_comes_back()
    {
        var database = new DatabaseDefinition { Name = Engine.NewName("shop") };
        await EnsureAsync(database);
        await using (var session = await Engine.LoginAsAdministratorAsync())
            await session.ExecuteAsync($"DROP DATABASE {database.Name}");
        (await EnsureAsync(database, database)).ShouldBeTrue();
        (await Driver.ReadDatabaseAsync(Server, database.Name, Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_database_is_dropped_with_its_rows_and_dropping_it_again_is_no_error()
    {
        var database = await Engine.CreateDatabaseAsync();
        await Driver.DropDatabaseAsync(Server, database, Token);
        (await Driver.ReadDatabaseAsync(Server, database, Token)).ShouldBeNull();
        await Driver.DropDatabaseAsync(Server, database, Token);
    }

    [Fact]
    public async Task A_database_is_dropped_while_sessions_are_in_it()
    {
        var database = await Engine.CreateDatabaseAsync();
        await using var session = await Engine.LoginAsAdministratorAsync(database);
        (await session.ReadAsync($"SELECT COUNT(*) FROM {Engine.Table(database, "items")}")).ShouldBe("1");
        await Driver.DropDatabaseAsync(Server, database, Token);
        (await Driver.ReadDatabaseAsync(Server, database, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Charset_and_collation_are_as_asked_for()
    {
        var (charset, collation, _) = Engine.Encoding;
        var database = new DatabaseDefinition { Name = Engine.NewName("shop"), Charset = charset, Collation = collation };
        (await EnsureAsync(database)).ShouldBeTrue();
        (await EnsureAsync(database)).ShouldBeFalse();
        var state = await Driver.ReadDatabaseAsync(Server, database.Name, Token);
        state!.Charset.ShouldBe(charset, StringCompareShould.IgnoreCase);
        state.Collation.ShouldBe(collation);
    }

    [Fact]
    public async Task A_new_collation_is_applied_or_refused_before_anything_else()
    {
        var (charset, collation, other) = Engine.Encoding;
        var database = new DatabaseDefinition { Name = Engine.NewName("shop"), Charset = charset, Collation = collation };
        await EnsureAsync(database);
        var changed = database with { Collation = other };
        if (Engine.ChangesEncoding)
        {
            (await EnsureAsync(changed, database)).ShouldBeTrue();
            (await Driver.ReadDatabaseAsync(Server, database.Name, Token))!.Collation.ShouldBe(other);
            (await EnsureAsync(changed, database)).ShouldBeFalse();
            return;
        }

        var exception = await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(changed, database), "collation");
        exception.Message.ShouldContain(collation);
        exception.Message.ShouldContain(other);
        (await Driver.ReadDatabaseAsync(Server, database.Name, Token))!.Collation.ShouldBe(collation);
    }

    [Theory]
    [InlineData("charset", "nonsense'; DROP DATABASE mysql; --", null)]
    [InlineData("collation", null, "no such collation")]
    public async Task An_encoding_that_cannot_be_one_is_invalid(string field, string? charset, string? collation)
    {
        var database = new DatabaseDefinition { Name = Engine.NewName("shop"), Charset = charset, Collation = collation };
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(database), field);
        (await Driver.ReadDatabaseAsync(Server, database.Name, Token)).ShouldBeNull();
    }

    [Fact]
    public async Task Databases_of_the_server_are_neither_managed_nor_dropped()
    {
        string[] names = Engine.Engine == "PostgreSQL" ? ["postgres", "template0", "template1"] : ["mysql", "MySQL", "information_schema"];
        foreach (var name in names)
        {
            await ShouldFailAsync(DriverError.Invalid, EnsureAsync(new DatabaseDefinition { Name = name }), name);
            await ShouldFailAsync(DriverError.Invalid, Driver.DropDatabaseAsync(Server, name, Token), name);
        }
    }

    [Fact]
    public async Task Branches_and_patterns_are_there_or_refused_before_the_database()
    {
        var database = new DatabaseDefinition { Name = Engine.NewName("shop"), Branches = ["dev"], IgnorePatterns = ["tmp_%"] };
        if (Engine.Has(DriverCapabilities.Branches))
        {
            (await EnsureAsync(database)).ShouldBeTrue();
            (await EnsureAsync(database)).ShouldBeFalse();
            return;
        }

        await ShouldFailAsync(DriverError.Unsupported, EnsureAsync(database), "branches");
        (await Driver.ReadDatabaseAsync(Server, database.Name, Token)).ShouldBeNull();
    }
}
