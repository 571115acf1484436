using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.PostgreSql;

/// <summary>Administrators of managed services, who are no superusers and cannot read how passwords are stored.</summary>
[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlManagedServiceTests(PostgreSqlEngine engine) : Suite(engine)
{
    [Fact]
    public async Task An_administrator_who_is_no_superuser_manages_databases_accounts_and_their_grants()
    {
        var server = await CreateAdministratorAsync("CREATEDB CREATEROLE");
        (await Driver.ProbeAsync(server, Token)).Capabilities.ShouldBe(Driver.Capabilities);
        var database = new DatabaseDefinition { Name = Engine.NewName("shop") };
        var account = new AccountDefinition { Name = new(Engine.NewName("app"), "%"), Password = "first-secret" };
        var grant = new GrantDefinition { Account = account.Name, Database = database.Name, Privileges = ["ALL"] };
        (await Driver.EnsureDatabaseAsync(server, database, null, Token)).ShouldBeTrue();
        (await Driver.EnsureAccountAsync(server, account, Token)).ShouldBeTrue();
        (await Driver.EnsureGrantAsync(server, grant, Token)).ShouldBeTrue();
        (await Driver.EnsureGrantAsync(server, grant, Token)).ShouldBeFalse();
        (await MayAsync(account, database.Name, session => session.ExecuteAsync("CREATE TABLE own (id INT PRIMARY KEY)"))).ShouldBeTrue();
        var reader = account with { Name = new(Engine.NewName("reader"), "%") };
        await Driver.EnsureAccountAsync(server, reader, Token);
        await Driver.EnsureGrantAsync(server, grant with { Account = reader.Name, Privileges = ["SELECT"] }, Token);
        (await MayReadAsync(reader, database.Name, "own")).ShouldBeTrue();
        await Driver.DropAccountAsync(server, account.Name, Token);
        (await MayReadAsync(reader, database.Name, "own")).ShouldBeTrue();
        await Driver.DropAccountAsync(server, reader.Name, Token);
        await Driver.DropDatabaseAsync(server, database.Name, Token);
    }

    [Fact]
    public async Task Where_passwords_cannot_be_compared_they_are_set_when_they_are_not_known_to_be_applied()
    {
        var server = await CreateAdministratorAsync("CREATEROLE");
        var account = new AccountDefinition { Name = new(Engine.NewName("app"), "%"), Password = "first-secret" };
        (await Driver.EnsureAccountAsync(server, account, Token)).ShouldBeTrue();
        (await Driver.EnsureAccountAsync(server, account with { IsPasswordApplied = true }, Token)).ShouldBeFalse();
        var changed = account with { Password = "second-secret" };
        (await Driver.EnsureAccountAsync(server, changed, Token)).ShouldBeTrue();
        await ShouldLogInAsync(account.Name.User, "second-secret");
    }

    [Theory]
    [InlineData("line-break\n")]
    [InlineData(" 'quoted'; = \"x\" ")]
    public async Task A_password_of_the_administrator_is_sent_as_it_is(string password)
    {
        var server = await CreateAdministratorAsync("CREATEROLE");
        await RunAsync("postgres", $"ALTER ROLE {server.User} PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");
        (await Driver.ProbeAsync(server with { Password = password }, Token)).Capabilities.ShouldNotBe(DriverCapabilities.None);
    }

    [Fact]
    public async Task What_an_administrator_may_not_do_is_no_capability_and_refused()
    {
        var server = await CreateAdministratorAsync("");
        (await Driver.ProbeAsync(server, Token)).Capabilities.ShouldBe(DriverCapabilities.Grants);
        await ShouldFailAsync(DriverError.Refused, Driver.EnsureDatabaseAsync(server, new() { Name = Engine.NewName("shop") }, null, Token));
        var database = await Engine.CreateDatabaseAsync();
        await EnsureAsync(new GrantDefinition { Account = new(server.User, "%"), Database = database, Privileges = ["SELECT"] });
        var account = await Engine.CreateAccountAsync();
        var grant = new GrantDefinition { Account = account.Name, Database = database, Table = "items", Privileges = ["SELECT"] };
        await ShouldFailAsync(DriverError.Refused, Driver.EnsureGrantAsync(server, grant, Token));
        (await MayReadAsync(account, database)).ShouldBeFalse();
    }

    private async Task<ServerEndpoint> CreateAdministratorAsync(string attributes)
    {
        var name = Engine.NewName("managed");
        await RunAsync("postgres", $"CREATE ROLE {name} LOGIN PASSWORD 'managed-secret' {attributes}");
        return Server with { User = name, Password = "managed-secret" };
    }

    private async Task RunAsync(string database, string statement)
    {
        await using var session = await Engine.LoginAsAdministratorAsync(database);
        await session.ExecuteAsync(statement);
    }
}
