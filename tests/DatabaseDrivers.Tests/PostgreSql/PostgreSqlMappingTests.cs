using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.PostgreSql;

/// <summary>What grants mean where databases have schemas.</summary>
[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlMappingTests(PostgreSqlEngine engine) : Suite(engine)
{
    [Fact]
    public async Task Strangers_cannot_connect_to_a_database_of_the_operator()
    {
        var (account, database) = await CreateAsync();
        (await MayAsync(account, database, session => session.ReadAsync("SELECT 1"))).ShouldBeFalse();
        await EnsureAsync(Grant(account, database, "CONNECT"));
        (await MayAsync(account, database, session => session.ReadAsync("SELECT 1"))).ShouldBeTrue();
        (await MayReadAsync(account, database)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_whose_creation_was_interrupted_is_completed()
    {
        var database = Engine.NewName("shop");
        await using (var session = await Engine.LoginAsAdministratorAsync())
            await session.ExecuteAsync($"CREATE DATABASE {database} ALLOW_CONNECTIONS false");
        (await EnsureAsync(new DatabaseDefinition { Name = database })).ShouldBeTrue();
        var account = await Engine.CreateAccountAsync();
        (await MayAsync(account, database, session => session.ReadAsync("SELECT 1"))).ShouldBeFalse();
        (await EnsureAsync(new DatabaseDefinition { Name = database })).ShouldBeFalse();
    }

    [Fact]
    public async Task A_database_that_was_there_before_keeps_who_may_connect()
    {
        var database = Engine.NewName("shop");
        await using (var session = await Engine.LoginAsAdministratorAsync())
            await session.ExecuteAsync($"CREATE DATABASE {database}");
        (await EnsureAsync(new DatabaseDefinition { Name = database })).ShouldBeFalse();
        (await MayAsync(await Engine.CreateAccountAsync(), database, session => session.ReadAsync("SELECT 1"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Privileges_on_a_schema_are_for_its_tables_only()
    {
        var (account, database) = await CreateAsync();
        await RunAsync(database, "CREATE SCHEMA sales", "CREATE TABLE sales.orders (id INT PRIMARY KEY)");
        var grant = Grant(account, database, "SELECT", "CREATE") with { Table = "sales.*" };
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await EnsureAsync(grant)).ShouldBeFalse();
        (await MayAsync(account, database, session => session.ReadAsync("SELECT COUNT(*) FROM sales.orders"))).ShouldBeTrue();
        (await MayAsync(account, database, session => session.ExecuteAsync("CREATE TABLE sales.own (id INT)"))).ShouldBeTrue();
        (await MayReadAsync(account, database)).ShouldBeFalse();
        await RevokeAsync(grant);
        (await MayAsync(account, database, session => session.ReadAsync("SELECT COUNT(*) FROM sales.orders"))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_table_of_a_schema_is_named_with_it()
    {
        var (account, database) = await CreateAsync();
        await RunAsync(database, "CREATE SCHEMA sales", "CREATE TABLE sales.orders (id INT PRIMARY KEY)", "CREATE TABLE sales.secrets (id INT PRIMARY KEY)");
        (await EnsureAsync(Grant(account, database, "SELECT") with { Table = "sales.orders" })).ShouldBeTrue();
        (await MayAsync(account, database, session => session.ReadAsync("SELECT COUNT(*) FROM sales.orders"))).ShouldBeTrue();
        (await MayAsync(account, database, session => session.ReadAsync("SELECT COUNT(*) FROM sales.secrets"))).ShouldBeFalse();
    }

    [Theory]
    [InlineData("nowhere.*", "schema nowhere")]
    [InlineData("nowhere.orders", "table nowhere.orders")]
    [InlineData("orders", "table public.orders")]
    public async Task A_schema_or_table_that_is_not_there_is_waited_for(string table, string naming)
    {
        var (account, database) = await CreateAsync();
        var grant = Grant(account, database, "SELECT") with { Table = table };
        await ShouldFailAsync(DriverError.Missing, EnsureAsync(grant), naming);
        await RevokeAsync(grant);
    }

    [Fact]
    public async Task A_table_that_another_account_creates_later_is_granted_with_the_next_look()
    {
        var (owner, database) = await CreateAsync();
        var reader = await Engine.CreateAccountAsync();
        await EnsureAsync(Grant(owner, database, "ALL"));
        var grant = Grant(reader, database, "SELECT");
        await EnsureAsync(grant);
        (await MayAsync(owner, database, session => session.ExecuteAsync("CREATE TABLE theirs (id INT PRIMARY KEY)"))).ShouldBeTrue();
        (await MayReadAsync(reader, database, "theirs")).ShouldBeFalse();
        (await EnsureAsync(grant)).ShouldBeTrue();
        (await MayReadAsync(reader, database, "theirs")).ShouldBeTrue();
    }

    [Fact]
    public async Task Rows_can_be_inserted_where_a_sequence_numbers_them()
    {
        var (account, database) = await CreateAsync();
        await RunAsync(database, "CREATE TABLE numbered (id SERIAL PRIMARY KEY, name TEXT)");
        await EnsureAsync(Grant(account, database, "INSERT"));
        (await MayAsync(account, database, session => session.ExecuteAsync("INSERT INTO numbered (name) VALUES ('one')"))).ShouldBeTrue();
        await RunAsync(database, "CREATE TABLE later (id SERIAL PRIMARY KEY, name TEXT)");
        (await MayAsync(account, database, session => session.ExecuteAsync("INSERT INTO later (name) VALUES ('one')"))).ShouldBeTrue();
    }

    [Fact]
    public async Task The_last_privilege_takes_the_connection_along()
    {
        var (account, database) = await CreateAsync();
        await EnsureAsync(Grant(account, database, "SELECT"));
        await EnsureAsync(Grant(account, database, "DELETE") with { Table = "items" });
        await RevokeAsync(Grant(account, database, "SELECT"));
        (await MayWriteAsync(account, database)).ShouldBeFalse();
        (await MayAsync(account, database, session => session.ExecuteAsync("DELETE FROM items"))).ShouldBeTrue();
        await RevokeAsync(Grant(account, database, "DELETE") with { Table = "items" });
        (await MayAsync(account, database, session => session.ReadAsync("SELECT 1"))).ShouldBeFalse();
    }

    [Theory]
    [InlineData("*", "SELECT", "*", DriverError.Unsupported)]
    [InlineData("shop", "INDEX", "*", DriverError.Unsupported)]
    [InlineData("shop", "EXECUTE", "*", DriverError.Unsupported)]
    [InlineData("shop", "SELECT (id)", "*", DriverError.Unsupported)]
    [InlineData("shop", "CONNECT", "items", DriverError.Invalid)]
    [InlineData("shop", "SELECT", "pg_catalog.*", DriverError.Invalid)]
    [InlineData("shop", "SELECT", "a.b.c", DriverError.Missing)]
    public async Task What_has_no_meaning_here_is_refused(string database, string privilege, string table, DriverError error)
    {
        var account = await Engine.CreateAccountAsync();
        await ShouldFailAsync(error, EnsureAsync(Grant(account, database, privilege) with { Table = table }));
    }

    [Fact]
    public async Task What_an_account_owns_in_several_databases_goes_to_the_administrator()
    {
        var (account, database) = await CreateAsync();
        var other = await Engine.CreateDatabaseAsync();
        foreach (var name in new[] { database, other })
        {
            await EnsureAsync(Grant(account, name, "ALL"));
            (await MayAsync(account, name, session => session.ExecuteAsync("CREATE TABLE own (id INT PRIMARY KEY)"))).ShouldBeTrue();
        }

        await Driver.DropAccountAsync(Server, account.Name, Token);
        foreach (var name in new[] { database, other })
        {
            await using var session = await Engine.LoginAsAdministratorAsync(name);
            (await session.ReadAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'own'")).ShouldBe(Server.User);
        }
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("pg_monitor")]
    [InlineData("rds_superuser")]
    public async Task Roles_of_the_server_are_not_managed(string name)
    {
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(new AccountDefinition { Name = new(name, "%"), Password = "hijacked" }), name);
        await ShouldFailAsync(DriverError.Invalid, Driver.DropAccountAsync(Server, new(name, "%"), Token), name);
    }

    [Fact]
    public async Task A_superuser_is_neither_managed_nor_dropped()
    {
        var name = Engine.NewName("chief");
        await RunAsync("postgres", $"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD 'chief-secret'");
        await ShouldFailAsync(DriverError.Invalid, EnsureAsync(new AccountDefinition { Name = new(name, "%"), Password = "hijacked" }), name);
        await ShouldFailAsync(DriverError.Invalid, Driver.DropAccountAsync(Server, new(name, "%"), Token), name);
        await ShouldLogInAsync(name, "chief-secret");
    }

    [Fact]
    public async Task Functions_that_a_user_puts_into_a_database_are_not_called_by_the_administrator()
    {
        var (account, database) = await CreateAsync();
        // The server prefers it to its own format, which takes any number of arguments of any type, unless it does not see it.
        await RunAsync(database, "CREATE FUNCTION public.format(text, text, name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$");
        (await EnsureAsync(Grant(account, database, "SELECT"))).ShouldBeTrue();
    }

    private static GrantDefinition Grant(AccountDefinition account, string database, params string[] privileges) =>
        new() { Account = account.Name, Database = database, Privileges = privileges };

    private async Task<(AccountDefinition Account, string Database)> CreateAsync() => (await Engine.CreateAccountAsync(), await Engine.CreateDatabaseAsync());

    private async Task RunAsync(string database, params string[] statements)
    {
        await using var session = await Engine.LoginAsAdministratorAsync(database);
        foreach (var statement in statements)
            await session.ExecuteAsync(statement);
    }
}
