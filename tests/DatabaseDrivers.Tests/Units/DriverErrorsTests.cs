using DoltDB.Operator.Sql;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DatabaseDrivers.Tests.Units;

public sealed class DriverErrorsTests
{
    private static readonly ServerEndpoint s_server = new() { Host = "db", Port = 3306, User = "root", Password = "any" };

    [Theory]
    [InlineData(1205)]
    [InlineData(1213)]
    [InlineData(1290)]
    [InlineData(1836)]
    public void A_lock_a_deadlock_and_a_server_that_is_read_only_are_no_silence(int code) =>
        DriverErrors.OfStatement(new DoltException(code, "no"), s_server).Error.ShouldBe(DriverError.Busy);

    [Theory]
    [InlineData(1040)]
    [InlineData(1053)]
    public void A_server_that_lets_nobody_in_is_unreachable(int code) =>
        DriverErrors.OfStatement(new DoltException(code, "no"), s_server).Error.ShouldBe(DriverError.Unreachable);

    [Fact]
    public void Our_own_connection_in_use_is_no_silence_but_a_login_that_takes_too_long_is()
    {
        DriverErrors.OfLogin(new ConnectionBusyException("in use"), s_server).Error.ShouldBe(DriverError.Busy);
        DriverErrors.OfLogin(new TimeoutException("no answer"), s_server).Error.ShouldBe(DriverError.Unreachable);
    }
}
