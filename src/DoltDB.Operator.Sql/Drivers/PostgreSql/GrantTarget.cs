using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>
/// What a grant means in PostgreSQL. On a database (table *): CONNECT, CREATE and TEMPORARY are of the database, USAGE of schema public, and
/// privileges of tables hold for all tables of schema public, those that the administrator will create included. On schema.*: CREATE and USAGE are
/// of the schema, the rest is for its tables. On schema.table, or table for one in public: privileges of the table. Privileges on tables bring
/// CONNECT on the database and USAGE on the schema along, INSERT and UPDATE on all tables USAGE on the sequences. ALL is everything at that place.
/// </summary>
internal sealed record GrantTarget
{
    private static readonly string[] s_database = ["CONNECT", "CREATE", "TEMPORARY"];
    private static readonly string[] s_schema = ["CREATE", "USAGE"];
    private static readonly string[] s_table = ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"];
    private static readonly string[] s_sequence = ["SELECT", "UPDATE", "USAGE"];

    public required string Database { get; init; }

    public required string Schema { get; init; }

    /// <summary>One table; null for all of the schema.</summary>
    public string? Table { get; init; }

    /// <summary>Privileges of the database that were asked for.</summary>
    public IReadOnlyList<string> OnDatabase { get; init; } = [];

    /// <summary>Privileges of the schema that were asked for.</summary>
    public IReadOnlyList<string> OnSchema { get; init; } = [];

    /// <summary>Privileges of tables.</summary>
    public IReadOnlyList<string> OnTables { get; init; } = [];

    /// <summary>Privileges of sequences.</summary>
    public IReadOnlyList<string> OnSequences { get; init; } = [];

    /// <summary>Whether the schema has to be used at all.</summary>
    public bool UsesSchema => OnSchema.Count + OnTables.Count > 0;

    /// <exception cref="DriverException">Invalid or Unsupported, naming what PostgreSQL does not take.</exception>
    public static GrantTarget Create(GrantDefinition grant)
    {
        if (grant.Database == "*")
            throw new DriverException(DriverError.Unsupported, "database *: PostgreSQL grants within one database, which has to be named");
        PostgreSqlNames.Rules.CheckIdentifier("database name", grant.Database);
        var (schema, table, isDatabase) = Locate(grant.Table);
        var words = grant.Privileges.SelectMany(text => text.Split(',')).Select(PrivilegeCatalog.Normalize).Select(word => word == "TEMP" ? "TEMPORARY" : word).Distinct().ToList();
        // Only the option: that of everything.
        if (words.Count == 0 && grant.WithGrantOption)
            words.Add("ALL");
        if (words.Count == 0)
            throw NameRules.Invalid("a grant needs privileges or roles");
        var all = words.Exists(word => word is "ALL" or "ALL PRIVILEGES");
        words.RemoveAll(word => word is "ALL" or "ALL PRIVILEGES");
        foreach (var word in words)
            Check(word, isDatabase, table);
        List<string> Of(string[] privileges) => [.. all ? privileges : privileges.Where(words.Contains)];
        return new()
        {
            Database = grant.Database,
            Schema = schema,
            Table = table,
            OnDatabase = isDatabase ? Of(s_database) : [],
            OnSchema = table is not null ? [] : isDatabase ? (all ? s_schema : [.. words.Where(word => word == "USAGE")]) : Of(s_schema),
            OnTables = Of(s_table),
            OnSequences = table is not null ? [] : all ? s_sequence : words.Exists(word => word is "INSERT" or "UPDATE") ? ["USAGE"] : [],
        };
    }

    private static (string Schema, string? Table, bool IsDatabase) Locate(string target)
    {
        if (target == "*")
            return ("public", null, true);
        var dot = target.IndexOf('.', StringComparison.Ordinal);
        var (schema, table) = dot < 0 ? ("public", target) : (target[..dot], target[(dot + 1)..]);
        PostgreSqlNames.Rules.CheckIdentifier("schema name", schema);
        if (schema is "pg_catalog" or "information_schema")
            throw NameRules.Invalid($"schema {schema} belongs to the server and is not managed");
        if (table == "*")
            return (schema, null, false);
        PostgreSqlNames.Rules.CheckIdentifier("table name", table);
        return (schema, table, false);
    }

    private static void Check(string word, bool isDatabase, string? table)
    {
        if (s_table.Contains(word) || (table is null && s_schema.Contains(word)) || (isDatabase && s_database.Contains(word)))
            return;
        if (s_schema.Contains(word) || s_database.Contains(word))
            throw NameRules.Invalid($"privilege {word} cannot be granted on {(table is null ? "a schema" : "a table")}");
        if (word.Contains('(', StringComparison.Ordinal) || PrivilegeCatalog.IsKnown(word) || word is "EXECUTE" or "MAINTAIN" or "SET" or "ALTER SYSTEM")
            throw new DriverException(DriverError.Unsupported, $"privilege {word} is none that can be granted on databases, schemas and tables of PostgreSQL");
        throw NameRules.Invalid($"there is no privilege {word}");
    }
}
