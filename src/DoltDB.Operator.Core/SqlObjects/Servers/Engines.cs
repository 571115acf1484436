namespace DoltDB.Operator.Core.SqlObjects.Servers;

/// <summary>The engines that the operator has drivers for.</summary>
internal static class Engines
{
    public const string Dolt = "Dolt";
    public const string MySql = "MySQL";
    public const string MariaDb = "MariaDB";
    public const string PostgreSql = "PostgreSQL";

    /// <summary>The engine's name as the API spells it; null for one that there is no driver for.</summary>
    public static string? Known(string? engine) => engine?.ToLowerInvariant() switch
    {
        "dolt" => Dolt,
        "mysql" => MySql,
        "mariadb" => MariaDb,
        "postgresql" or "postgres" => PostgreSql,
        _ => null,
    };

    /// <summary>The port on which the engine listens unless told otherwise.</summary>
    public static int Port(string? engine) => Known(engine) == PostgreSql ? 5432 : 3306;

    /// <summary>How the Service Binding specification calls the kind of service.</summary>
    public static string BindingType(string engine) => Known(engine) switch
    {
        PostgreSql => "postgresql",
        null => engine.ToLowerInvariant(),
        _ => "mysql",
    };
}
