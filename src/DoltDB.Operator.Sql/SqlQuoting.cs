using System.Text;

namespace DoltDB.Operator.Sql;

/// <summary>The only two ways in which text gets into a statement.</summary>
public static class SqlQuoting
{
    /// <summary>
    /// A string literal in single quotes. A quote is doubled rather than escaped, so that even a session without backslash escapes
    /// never ends the literal early.
    /// </summary>
    public static string Literal(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var literal = new StringBuilder(value.Length + 8).Append('\'');
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => literal.Append(@"\\"),
                '\'' => literal.Append("''"),
                '\0' => literal.Append(@"\0"),
                '\n' => literal.Append(@"\n"),
                '\r' => literal.Append(@"\r"),
                '\u001A' => literal.Append(@"\Z"),
                _ => literal.Append(character),
            };
        }

        return literal.Append('\'').ToString();
    }

    /// <summary>An identifier in backticks, such as the name of a database.</summary>
    /// <exception cref="ArgumentException">The name is empty or contains NUL, which no identifier may.</exception>
    public static string Identifier(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("an identifier cannot contain a NUL character", nameof(name));
        return $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
    }
}
