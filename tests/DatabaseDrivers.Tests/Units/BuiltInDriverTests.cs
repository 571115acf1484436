using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Sql.Drivers.Dolt;
using DoltDB.Operator.Sql.Drivers.MySql;
using DoltDB.Operator.Sql.Drivers.PostgreSql;
using BuiltIn = DoltDB.Operator.Sql.Drivers.DatabaseDrivers;

namespace DatabaseDrivers.Tests.Units;

public sealed class BuiltInDriverTests
{
    [Theory]
    [InlineData("Dolt", typeof(DoltDriver))]
    [InlineData("mysql", typeof(MySqlDriver))]
    [InlineData("MariaDB", typeof(MySqlDriver))]
    [InlineData("PostgreSQL", typeof(PostgreSqlDriver))]
    [InlineData("postgres", typeof(PostgreSqlDriver))]
    public async Task An_engine_has_its_driver(string engine, Type driver)
    {
        await using var created = BuiltIn.Create(engine, new DriverOptions(), TimeProvider.System);
        created.ShouldBeOfType(driver);
    }

    [Fact]
    public void Another_engine_is_refused_by_name()
    {
        var exception = Should.Throw<DriverException>(() => BuiltIn.Create("oracle", new DriverOptions(), TimeProvider.System));
        exception.Error.ShouldBe(DriverError.Invalid);
        exception.Message.ShouldContain("oracle");
    }
}
