namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>Databases of a PostgreSQL server.</summary>
internal static class PostgreSqlDatabases
{
    private const string Read = """
        SELECT pg_encoding_to_char(d.encoding)::text, COALESCE(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', d.datcollate::text), d.datallowconn::text
        FROM pg_database d WHERE d.datname = $1
        """;

    public static async Task<DatabaseState?> ReadAsync(PostgreSqlSession session, string name) =>
        (await FindAsync(session, name))?.State;

    public static async Task<bool> EnsureAsync(PostgreSqlSession session, DatabaseDefinition database)
    {
        PostgreSqlNames.Rules.CheckDatabase(database.Name);
        DatabaseRules.CheckEncoding(database);
        DatabaseRules.RefuseDoltOnly(database, "PostgreSQL");
        var found = await FindAsync(session, database.Name);
        if (found is { IsOpen: true })
        {
            DatabaseRules.RequireEncoding(database, found.State, Normalize);
            return false;
        }

        if (found is null)
            await CreateAsync(session, database);
        await OpenAsync(session, database.Name);
        return true;
    }

    public static async Task DropAsync(PostgreSqlSession session, string name)
    {
        if (await FindAsync(session, name) is not null)
            await session.ExecuteLongAsync($"DROP DATABASE IF EXISTS {PostgreSqlQuoting.Identifier(name)} WITH (FORCE)");
    }

    /// <summary>
    /// Nobody can connect until <see cref="OpenAsync"/>: by that, a creation that was interrupted is recognized and completed.
    /// An encoding or collation of its own needs the template that has no content in another.
    /// </summary>
    private static async Task CreateAsync(PostgreSqlSession session, DatabaseDefinition database)
    {
        var encoding = (database.Charset is null ? "" : $" ENCODING {PostgreSqlQuoting.Literal(database.Charset)}")
            + (database.Collation is null ? "" : $" LC_COLLATE {PostgreSqlQuoting.Literal(database.Collation)} LC_CTYPE {PostgreSqlQuoting.Literal(database.Collation)}");
        var template = encoding.Length == 0 ? "" : " TEMPLATE template0";
        try
        {
            await session.ExecuteLongAsync($"CREATE DATABASE {PostgreSqlQuoting.Identifier(database.Name)} ALLOW_CONNECTIONS false{template}{encoding}");
        }
        catch (DriverException exception)
        {
            if (await FindAsync(session, database.Name) is not null)
                return;
            // The only thing that such a statement can miss is an encoding.
            if (exception.Error == DriverError.Missing)
                throw new DriverException(DriverError.Invalid, exception.Message, exception);
            throw;
        }
    }

    /// <summary>Only those who are granted it connect to databases that the operator created.</summary>
    private static Task OpenAsync(PostgreSqlSession session, string name)
    {
        var database = PostgreSqlQuoting.Identifier(name);
        return session.ExecuteTogetherAsync([$"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC", $"ALTER DATABASE {database} ALLOW_CONNECTIONS true"]);
    }

    private static async Task<Found?> FindAsync(PostgreSqlSession session, string name) =>
        (await session.QueryAsync(Read, name)) is [var row, ..] ? new(new(row[0], row[1]), row[2] is "true") : null;

    // Encodings and the code sets of locales are written with and without hyphens.
    private static string Normalize(string encoding)
    {
        var name = encoding.ToLowerInvariant();
        var at = name.IndexOf('.', StringComparison.Ordinal);
        return at < 0 && name.Contains('_', StringComparison.Ordinal)
            ? name
            : name[..Math.Max(at, 0)] + name[Math.Max(at, 0)..].Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
    }

    private sealed record Found(DatabaseState State, bool IsOpen);
}
