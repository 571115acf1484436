using System.Text.RegularExpressions;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>
/// Error messages end in conditions, events and logs, and servers like to repeat the statement in them. What could be a password is taken out.
/// </summary>
internal static partial class ErrorText
{
    public const string SyntaxError = "the server could not parse the statement";
    public const string Withheld = "the server refused the statement; its message is withheld because it repeats a part of it that may be secret";

    private const string Mask = "***";
    private const int LongestExaminedStatement = 64 * 1024;
    private const int RegexDeadlineMillis = 1000;

    /// <summary>The message as it may be shown.</summary>
    public static string Scrub(int code, string message, string statement)
    {
        if (code is 1064 or 1149 || ParseErrorPattern().IsMatch(message))
            return SyntaxError;
        if (statement.Length > LongestExaminedStatement)
            return Withheld;
        var (names, secrets) = Split(statement);
        if (secrets.Count > 0)
            message = LiteralPattern().Replace(message, match => names.Contains(Content(match)) ? match.Value : $"'{Mask}'");
        if (secrets.Exists(secret => message.Contains(secret, StringComparison.Ordinal)))
            return Withheld;
        return UrlCredentialsPattern().Replace(message, $"://{Mask}@");
    }

    // Literals after IDENTIFIED or PASSWORD are secrets, those before it are account names.
    private static (HashSet<string> Names, List<string> Secrets) Split(string statement)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var secrets = new List<string>();
        var secretsBegan = false;
        foreach (Match token in TokenPattern().Matches(statement))
        {
            var content = Content(token);
            if (content.Length == token.Length)
            {
                secretsBegan |= content.Equals("IDENTIFIED", StringComparison.OrdinalIgnoreCase)
                    || content.Equals("PASSWORD", StringComparison.OrdinalIgnoreCase);
            }
            else if (!secretsBegan)
            {
                names.Add(content);
            }
            else if (content.Length > 0)
            {
                secrets.Add(content);
                secrets.Add(Unescape(content));
            }
        }

        return (names, secrets);
    }

    private static string Content(Match token) => token.Value[0] is '\'' or '"' or '`' ? token.Value[1..^1] : token.Value;

    private static string Unescape(string content) =>
        EscapePattern().Replace(content, match => match.Value is "''" ? "'" : match.Value[1..]);

    [GeneratedRegex(@"syntax error|error in your SQL syntax|\bat position \d|\bnear ['""`]", RegexOptions.IgnoreCase, RegexDeadlineMillis)]
    private static partial Regex ParseErrorPattern();

    [GeneratedRegex(@"'(?>[^'\\]+|\\.|'')*'|""(?>[^""\\]+|\\.|"""")*""", RegexOptions.Singleline, RegexDeadlineMillis)]
    private static partial Regex LiteralPattern();

    [GeneratedRegex(@"'(?>[^'\\]+|\\.|'')*'|""(?>[^""\\]+|\\.|"""")*""|`(?>[^`]+|``)*`|\w+", RegexOptions.Singleline, RegexDeadlineMillis)]
    private static partial Regex TokenPattern();

    [GeneratedRegex(@"''|\\.", RegexOptions.Singleline, RegexDeadlineMillis)]
    private static partial Regex EscapePattern();

    [GeneratedRegex(@"://[^/\s'@]+@", RegexOptions.None, RegexDeadlineMillis)]
    private static partial Regex UrlCredentialsPattern();
}
