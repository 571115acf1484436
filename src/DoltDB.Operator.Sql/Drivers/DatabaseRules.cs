using System.Buffers;

namespace DoltDB.Operator.Sql.Drivers;

/// <summary>Character sets and collations of databases, as far as engines agree on them.</summary>
internal static class DatabaseRules
{
    private const int LongestEncoding = 64;

    private static readonly SearchValues<char> s_encodingCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@-");

    /// <exception cref="DriverException">Invalid: no character set or collation is called so.</exception>
    public static void CheckEncoding(DatabaseDefinition database)
    {
        if (database.Charset is { } charset && !IsEncoding(charset))
            throw NameRules.Invalid($"there is no charset of the name given for database {database.Name}");
        if (database.Collation is { } collation && !IsEncoding(collation))
            throw NameRules.Invalid($"there is no collation of the name given for database {database.Name}");
    }

    /// <exception cref="DriverException">Unsupported: the database has another character set or collation, and the engine cannot change it.</exception>
    public static void RequireEncoding(DatabaseDefinition database, DatabaseState state, Func<string, string> normalize)
    {
        Require("charset", database.Name, database.Charset, state.Charset);
        Require("collation", database.Name, database.Collation, state.Collation);

        void Require(string field, string name, string? wanted, string? actual)
        {
            if (wanted is not null && actual is not null && normalize(wanted) != normalize(actual))
                throw new DriverException(DriverError.Unsupported, $"{field} {actual} of database {name} cannot be changed to {wanted}");
        }
    }

    /// <summary>MySQL's utf8 is utf8mb3 by its older name.</summary>
    public static string NormalizeMySql(string encoding)
    {
        var name = encoding.ToLowerInvariant();
        return name is "utf8" || name.StartsWith("utf8_", StringComparison.Ordinal) ? "utf8mb3" + name[4..] : name;
    }

    /// <exception cref="DriverException">Unsupported: only Dolt has branches and ignore patterns.</exception>
    public static void RefuseDoltOnly(DatabaseDefinition database, string engine)
    {
        if (database.Branches.Count > 0)
            throw new DriverException(DriverError.Unsupported, $"{engine} has no branches");
        if (database.IgnorePatterns.Count > 0)
            throw new DriverException(DriverError.Unsupported, $"{engine} has no ignore patterns");
    }

    private static bool IsEncoding(string name) => name.Length is > 0 and <= LongestEncoding && !name.AsSpan().ContainsAnyExcept(s_encodingCharacters);
}
