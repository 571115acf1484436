using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;
using DoltDB.Operator.Sql.Drivers;

namespace DatabaseDrivers.Tests.MariaDb;

/// <summary>Administrators of managed services: they lack SUPER and more, and can pass on only what they have.</summary>
[Collection(MariaDbServers.Name)]
public sealed class ManagedServiceTests(MariaDbEngine engine) : Suite(engine)
{
    private const string Granted =
        "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE,"
        + " BINLOG MONITOR, CREATE VIEW, SHOW VIEW, CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, DELETE HISTORY";

    [Fact]
    public async Task An_administrator_without_super_manages_databases_accounts_and_their_grants()
    {
        var server = await CreateAdministratorAsync(Granted, " WITH GRANT OPTION");
        var database = new DatabaseDefinition { Name = Engine.NewName("shop") };
        var account = new AccountDefinition { Name = new(Engine.NewName("app"), "%"), Password = "first-secret", MaxUserConnections = 5, RequireTls = false };
        var grant = new GrantDefinition { Account = account.Name, Database = database.Name, Privileges = ["SELECT", "CREATE", "INSERT"] };
        (await Driver.ProbeAsync(server, Token)).Capabilities.ShouldBe(Driver.Capabilities);
        (await Driver.EnsureDatabaseAsync(server, database, null, Token)).ShouldBeTrue();
        (await Driver.EnsureAccountAsync(server, account, Token)).ShouldBeTrue();
        (await Driver.EnsureGrantAsync(server, grant, Token)).ShouldBeTrue();
        (await Driver.EnsureAccountAsync(server, account, Token)).ShouldBeFalse();
        (await Driver.EnsureGrantAsync(server, grant, Token)).ShouldBeFalse();
        await ShouldFailAsync(DriverError.Refused, Driver.EnsureGrantAsync(server, grant with { Database = "*", Privileges = ["ALL"] }, Token));
        await Driver.RevokeAsync(server, grant, Token);
        await Driver.DropAccountAsync(server, account.Name, Token);
        await Driver.DropDatabaseAsync(server, database.Name, Token);
    }

    [Fact]
    public async Task What_an_administrator_may_not_do_is_no_capability()
    {
        var server = await CreateAdministratorAsync("SELECT", "");
        var capabilities = (await Driver.ProbeAsync(server, Token)).Capabilities;
        capabilities.HasFlag(DriverCapabilities.Databases).ShouldBeFalse();
        capabilities.HasFlag(DriverCapabilities.Users).ShouldBeFalse();
        capabilities.HasFlag(DriverCapabilities.Grants).ShouldBeFalse();
        await ShouldFailAsync(DriverError.Refused, Driver.EnsureDatabaseAsync(server, new() { Name = Engine.NewName("shop") }, null, Token), "1044");
    }

    [Fact]
    public async Task A_server_of_another_quoting_keeps_passwords_and_names_exact()
    {
        await using var session = await Engine.LoginAsAdministratorAsync();
        var before = await session.ReadAsync("SELECT @@global.sql_mode");
        await session.ExecuteAsync("SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'");
        try
        {
            await using var driver = DoltDB.Operator.Sql.Drivers.DatabaseDrivers.Create("mariadb", new DriverOptions(), TimeProvider.System);
            var account = new AccountDefinition { Name = new(@"back\" + Engine.NewName("slash"), "%"), Password = @"pa\ss'word" };
            (await driver.EnsureAccountAsync(Server, account, Token)).ShouldBeTrue();
            (await driver.EnsureAccountAsync(Server, account, Token)).ShouldBeFalse();
            await ShouldLogInAsync(account.Name.User, account.Password);
        }
        finally
        {
            await session.ExecuteAsync($"SET GLOBAL sql_mode = '{before}'");
        }
    }

    private async Task<ServerEndpoint> CreateAdministratorAsync(string privileges, string option)
    {
        var name = Engine.NewName("managed");
        await using var session = await Engine.LoginAsAdministratorAsync();
        await session.ExecuteAsync($"CREATE USER {name} IDENTIFIED BY 'managed-secret'");
        await session.ExecuteAsync($"GRANT {privileges} ON *.* TO {name}{option}");
        return Server with { User = name, Password = "managed-secret" };
    }
}
