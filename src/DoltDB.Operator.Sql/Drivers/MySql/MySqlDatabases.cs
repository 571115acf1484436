using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DoltDB.Operator.Sql.Drivers.MySql;

/// <summary>Databases of a MySQL or MariaDB server.</summary>
internal static class MySqlDatabases
{
    /// <summary>Whether case of a name matters is for the server to say; its comparison of the query never regards case.</summary>
    public static async Task<DatabaseState?> ReadAsync(DriverSession session, string name)
    {
        var answer = await session.QueryAsync(
            "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME, @@lower_case_table_names FROM information_schema.SCHEMATA"
            + $" WHERE SCHEMA_NAME = {SqlQuoting.Literal(name)}");
        return answer.Rows
            .Where(row => string.Equals(row[0], name, row[3] is "0" ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
            .Select(row => new DatabaseState(row[1], row[2]))
            .FirstOrDefault();
    }

    public static async Task<bool> EnsureAsync(DriverSession session, DatabaseDefinition database, MySqlDialect dialect)
    {
        dialect.Names.CheckDatabase(database.Name);
        DatabaseRules.CheckEncoding(database);
        DatabaseRules.RefuseDoltOnly(database, dialect.Privileges.Engine);
        var state = await ReadAsync(session, database.Name);
        if (state is null)
            return await CreateAsync(session, database);
        if (HasEncoding(database, state))
            return false;
        await session.ExecuteLongAsync($"ALTER DATABASE {SqlQuoting.Identifier(database.Name)}{Encoding(database)}");
        return true;
    }

    public static async Task DropAsync(DriverSession session, string name, MySqlDialect dialect)
    {
        dialect.Names.CheckDatabase(name);
        if (await ReadAsync(session, name) is null)
            return;
        try
        {
            await session.ExecuteLongAsync($"DROP DATABASE {SqlQuoting.Identifier(name)}");
        }
        catch (DoltException)
        {
            if (await ReadAsync(session, name) is not null)
                throw;
        }
    }

    private static async Task<bool> CreateAsync(DriverSession session, DatabaseDefinition database)
    {
        try
        {
            await session.ExecuteLongAsync($"CREATE DATABASE {SqlQuoting.Identifier(database.Name)}{Encoding(database)}");
        }
        catch (DoltException)
        {
            if (await ReadAsync(session, database.Name) is null)
                throw;
        }

        return true;
    }

    private static string Encoding(DatabaseDefinition database) =>
        (database.Charset is null ? "" : $" CHARACTER SET {SqlQuoting.Literal(database.Charset)}")
        + (database.Collation is null ? "" : $" COLLATE {SqlQuoting.Literal(database.Collation)}");

    // MariaDB takes the name of a collation without its charset and stores it with it.
    private static bool HasEncoding(DatabaseDefinition database, DatabaseState state) =>
        Same(database.Charset, state.Charset)
        && (Same(database.Collation, state.Collation) || Same($"{state.Charset}_{database.Collation}", state.Collation));

    private static bool Same(string? wanted, string? actual) =>
        wanted is null || (actual is not null && DatabaseRules.NormalizeMySql(wanted) == DatabaseRules.NormalizeMySql(actual));
}
