namespace DoltDB.Operator.Sandbox.Tests.SimulatedDolt;

public sealed class AccountTests
{
    [Fact]
    public async Task A_wrong_password_is_1045()
    {
        await using var servers = SimulatedServers.Start(1);
        (await Should.ThrowAsync<DoltDB.Operator.Sql.DoltException>(() => servers.ConnectAsync(0, password: "wrong"))).Code.ShouldBe(1045);
        (await Should.ThrowAsync<DoltDB.Operator.Sql.DoltException>(() => servers.ConnectAsync(0, "nobody"))).Code.ShouldBe(1045);
    }

    [Fact]
    public async Task Grants_decide_what_an_account_may_do_and_act_at_once()
    {
        await using var servers = SimulatedServers.Start(1);
        var root = await servers.ConnectAsync(0);
        await root.RunAsync("CREATE DATABASE shop");
        await root.RunAsync("CREATE TABLE shop.t (id INT PRIMARY KEY)");
        await root.RunAsync("CREATE USER 'app'@'%' IDENTIFIED BY 'pw'");
        var app = await servers.ConnectAsync(0, "app", "pw");
        (await app.FailAsync("SELECT * FROM shop.t")).Code.ShouldBe(1105);
        (await app.FailAsync("USE shop")).Message.ShouldContain("Access denied for user 'app'@'%' to database 'shop'");
        await root.RunAsync("GRANT SELECT, INSERT ON shop.* TO app");
        await app.RunAsync("INSERT INTO shop.t VALUES (1)");
        (await app.FailAsync("DELETE FROM shop.t")).Message.ShouldContain("command denied");
        (await root.RunAsync("SHOW GRANTS FOR app")).Rows.Select(row => row[0])
            .ShouldBe(["GRANT USAGE ON *.* TO `app`@`%`", "GRANT SELECT, INSERT ON `shop`.* TO `app`@`%`"]);
        await root.RunAsync("REVOKE ALL ON shop.* FROM app");
        (await app.FailAsync("SELECT * FROM shop.t")).Code.ShouldBe(1105);
        await root.RunAsync("DROP USER app");
        (await app.FailAsync("SELECT 1")).Code.ShouldBe(1045);
    }

    [Fact]
    public async Task Wildcards_in_database_names_grant_nothing()
    {
        await using var servers = SimulatedServers.Start(1);
        var root = await servers.ConnectAsync(0);
        await root.RunAsync("CREATE DATABASE db1");
        await root.RunAsync("CREATE USER app IDENTIFIED BY 'pw'");
        await root.RunAsync("GRANT SELECT ON `db%`.* TO app");
        var app = await servers.ConnectAsync(0, "app", "pw");
        (await app.FailAsync("USE db1")).Code.ShouldBe(1105);
    }

    [Fact]
    public async Task Alter_user_without_identified_empties_the_password()
    {
        await using var servers = SimulatedServers.Start(1);
        var root = await servers.ConnectAsync(0);
        await root.RunAsync("CREATE USER app IDENTIFIED BY 'pw'");
        await root.RunAsync("ALTER USER app WITH MAX_USER_CONNECTIONS 2");
        await servers.ConnectAsync(0, "app", "");
    }

    [Theory]
    [InlineData("CREATE USER root", "Operation CREATE USER failed for ")]
    [InlineData("DROP USER nobody", "Operation DROP USER failed for ")]
    [InlineData("ALTER USER nobody IDENTIFIED BY 'x'", "Operation ALTER USER failed for ")]
    [InlineData("GRANT SELECT ON *.* TO nobody", "You are not allowed to create a user with GRANT")]
    [InlineData("SHOW GRANTS FOR nobody", "There is no such grant defined for user 'nobody' on host '%'")]
    public async Task Existing_and_missing_users_are_1105(string statement, string message)
    {
        await using var servers = SimulatedServers.Start(1);
        var error = await (await servers.ConnectAsync(0)).FailAsync(statement);
        error.Code.ShouldBe(1105);
        error.Message.ShouldContain(message);
    }
}
