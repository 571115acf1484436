namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>Field names in expressions: what is no identifier is escaped, <c>__dash__</c> for a dash, <c>__in__</c> for a keyword.</summary>
internal static class CelNames
{
    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package", "namespace", "return", "var", "void", "while",
    };

    public static string Unescape(string identifier)
    {
        if (!identifier.Contains("__", StringComparison.Ordinal)) return identifier;
        if (identifier.Length > 4 && identifier.StartsWith("__", StringComparison.Ordinal) && identifier.EndsWith("__", StringComparison.Ordinal)
            && Keywords.Contains(identifier[2..^2]))
        {
            return identifier[2..^2];
        }

        return identifier.Replace("__dash__", "-", StringComparison.Ordinal).Replace("__dot__", ".", StringComparison.Ordinal)
            .Replace("__slash__", "/", StringComparison.Ordinal).Replace("__underscores__", "__", StringComparison.Ordinal);
    }
}
