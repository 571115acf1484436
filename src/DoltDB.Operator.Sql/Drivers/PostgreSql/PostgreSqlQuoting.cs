namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>The only two ways in which text gets into a statement for PostgreSQL.</summary>
internal static class PostgreSqlQuoting
{
    /// <summary>A string literal. With a backslash in it the form is E'', which means the same whatever standard_conforming_strings says.</summary>
    /// <exception cref="ArgumentException">The text contains NUL, which no text of PostgreSQL may.</exception>
    public static string Literal(string value)
    {
        RefuseNul(value);
        var quoted = value.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal) ? $"E'{quoted.Replace(@"\", @"\\", StringComparison.Ordinal)}'" : $"'{quoted}'";
    }

    /// <summary>An identifier in double quotes.</summary>
    /// <exception cref="ArgumentException">The name is empty or contains NUL, which no identifier may.</exception>
    public static string Identifier(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        RefuseNul(name);
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static void RefuseNul(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("a statement cannot contain a NUL character", nameof(text));
    }
}
