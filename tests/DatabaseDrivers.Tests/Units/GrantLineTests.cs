using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DatabaseDrivers.Tests.Units;

/// <summary>Lines of SHOW GRANTS as servers print them.</summary>
public sealed class GrantLineTests
{
    [Fact]
    public void Dolt_lists_every_privilege_of_a_database()
    {
        var line = GrantLine.Parse("GRANT SELECT, CREATE TEMPORARY TABLES ON `db1`.* TO `u`@`%` WITH GRANT OPTION")!;
        line.Privileges.ShouldBe(["SELECT", "CREATE TEMPORARY TABLES"]);
        (line.Database, line.Table, line.WithGrantOption).ShouldBe(("db1", null, true));
    }

    [Fact]
    public void MariaDB_shows_hashes_and_limits_beside_global_privileges()
    {
        var line = GrantLine.Parse("GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19' REQUIRE SSL WITH GRANT OPTION MAX_USER_CONNECTIONS 3")!;
        line.Privileges.ShouldBe(["USAGE"]);
        (line.Database, line.Table, line.WithGrantOption).ShouldBe((null, null, true));
    }

    [Fact]
    public void MySQL_escapes_patterns_and_doubles_backticks()
    {
        var line = GrantLine.Parse(@"GRANT ALL PRIVILEGES ON `my\_db``x`.`t` TO `u`@`localhost`")!;
        line.Privileges.ShouldBe(["ALL PRIVILEGES"]);
        (line.Database, line.Table, line.WithGrantOption).ShouldBe((@"my\_db`x", "t", false));
    }

    [Fact]
    public void MySQL_lists_roles_with_hosts_in_one_line()
    {
        var line = GrantLine.Parse("GRANT `r1`@`%`,`r2`@`%` TO `u`@`%` WITH ADMIN OPTION")!;
        line.Roles.ShouldBe(["r1", "r2"]);
        line.WithGrantOption.ShouldBeTrue();
        line.Privileges.ShouldBeEmpty();
    }

    [Fact]
    public void MariaDB_tells_the_default_role() => GrantLine.Parse("SET DEFAULT ROLE `r1` FOR `u`@`%`")!.DefaultRole.ShouldBe("r1");

    [Fact]
    public void A_name_that_looks_like_a_clause_is_a_name()
    {
        var line = GrantLine.Parse("GRANT SELECT ON `db WITH GRANT OPTION`.* TO `u``@``% WITH GRANT OPTION`@`%`")!;
        (line.Database, line.WithGrantOption).ShouldBe(("db WITH GRANT OPTION", false));
    }

    [Theory]
    [InlineData("GRANT USAGE ON *.* TO `u`@`10.%`", "u", "10.%")]
    [InlineData("GRANT SELECT ON `db`.* TO 'u'@'localhost' WITH GRANT OPTION", "u", "localhost")]
    [InlineData("GRANT `r1`@`%` TO `u``x`@`%`", "u`x", "%")]
    public void A_line_tells_whose_it_is(string text, string user, string host) => GrantLine.Parse(text)!.Account.ShouldBe(new AccountName(user, host));

    [Fact]
    public void Dolt_lists_dynamic_privileges_in_lower_case_and_a_line_of_their_own() =>
        GrantLine.Parse("GRANT replication_slave_admin, clone_admin ON *.* TO `u`@`%`")!.Privileges.ShouldBe(["REPLICATION_SLAVE_ADMIN", "CLONE_ADMIN"]);

    [Fact]
    public void A_role_of_MariaDB_has_no_host() => GrantLine.Parse("GRANT USAGE ON *.* TO `r1`")!.Account.ShouldBeNull();

    [Theory]
    [InlineData("GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION")]
    [InlineData("GRANT EXECUTE ON PROCEDURE `db`.`p` TO `u`@`%`")]
    [InlineData("GRANT SELECT (`id`) ON `db`.`t` TO `u`@`%`")]
    [InlineData("")]
    public void Lines_about_something_else_are_left_out(string text) => GrantLine.Parse(text).ShouldBeNull();
}
