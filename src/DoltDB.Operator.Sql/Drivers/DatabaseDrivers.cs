using DoltDB.Operator.Sql.Drivers.Dolt;
using DoltDB.Operator.Sql.Drivers.MySql;
using DoltDB.Operator.Sql.Drivers.PostgreSql;

namespace DoltDB.Operator.Sql.Drivers;

/// <summary>The drivers that are built in.</summary>
public static class DatabaseDrivers
{
    /// <summary>The driver of an engine, whose name is compared without regard to case. Its owner disposes it.</summary>
    /// <exception cref="DriverException">Invalid: no built-in driver is for that engine.</exception>
    public static IDatabaseDriver Create(string engine, DriverOptions options, TimeProvider clock) => engine.ToUpperInvariant() switch
    {
        "DOLT" => new DoltDriver(options, clock),
        "MYSQL" or "MARIADB" => new MySqlDriver(options, clock),
        "POSTGRESQL" or "POSTGRES" => new PostgreSqlDriver(options, clock),
        _ => throw NameRules.Invalid($"there is no built-in driver for engine {engine}"),
    };
}
