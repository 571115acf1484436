using System.Text;

namespace DoltDB.Operator.Sql.Drivers.MySqlProtocol;

/// <summary>A line of SHOW GRANTS: privileges at one level, or roles.</summary>
internal sealed record GrantLine
{
    /// <summary>Names of privileges in upper case, ALL PRIVILEGES among them; empty for roles.</summary>
    public IReadOnlyList<string> Privileges { get; init; } = [];

    /// <summary>Names of roles; empty for privileges.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The role that is active after login, where a line says that.</summary>
    public string? DefaultRole { get; init; }

    /// <summary>Database as the server stores it, wildcards and escapes included; null for all.</summary>
    public string? Database { get; init; }

    /// <summary>Table; null for all.</summary>
    public string? Table { get; init; }

    /// <summary>Who holds them; null where a line does not say that in the usual way.</summary>
    public AccountName? Account { get; init; }

    /// <summary>Whether privileges may be passed on, or roles administered.</summary>
    public bool WithGrantOption { get; init; }

    /// <summary>Null for a line about something else: a routine, a proxy, columns only.</summary>
    public static GrantLine? Parse(string text) => new Reader(Token.Split(text)).Read();

    private readonly record struct Token(string Text, bool IsQuoted)
    {
        public bool Is(string word) => !IsQuoted && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

        public static List<Token> Split(string text)
        {
            var tokens = new List<Token>();
            for (var at = 0; at < text.Length;)
            {
                if (char.IsWhiteSpace(text[at]))
                    at++;
                else if (text[at] is '`' or '\'' or '"')
                    tokens.Add(new(ReadQuoted(text, ref at), IsQuoted: true));
                else if (IsWord(text[at]))
                    tokens.Add(new(ReadWord(text, ref at), IsQuoted: false));
                else
                    tokens.Add(new(text[at++].ToString(), IsQuoted: false));
            }

            return tokens;
        }

        private static bool IsWord(char character) => char.IsLetterOrDigit(character) || character is '_' or '$';

        private static string ReadWord(string text, ref int at)
        {
            var start = at;
            while (at < text.Length && IsWord(text[at]))
                at++;
            return text[start..at];
        }

        private static string ReadQuoted(string text, ref int at)
        {
            var quote = text[at++];
            var content = new StringBuilder();
            while (at < text.Length)
            {
                if (text[at] != quote)
                    content.Append(text[at++]);
                else if (at + 1 < text.Length && text[at + 1] == quote)
                    content.Append(text[(at += 2) - 1]);
                else
                    break;
            }

            at++;
            return content.ToString();
        }
    }

    private sealed class Reader(List<Token> tokens)
    {
        private int _at;

        public GrantLine? Read()
        {
            if (Accept("SET") && Accept("DEFAULT") && Accept("ROLE"))
                return _at < tokens.Count ? new() { DefaultRole = tokens[_at].Text } : null;
            if (!Accept("GRANT"))
                return null;
            List<string> privileges = [], roles = [];
            do
                ReadItem(privileges, roles);
            while (Accept(","));
            if (Accept("ON"))
                return ReadLevel(privileges);
            return Accept("TO") && roles.Count > 0 ? new() { Roles = roles, Account = ReadAccount(), WithGrantOption = EndsWith("ADMIN", "OPTION") } : null;
        }

        private void ReadItem(List<string> privileges, List<string> roles)
        {
            if (_at < tokens.Count && tokens[_at].IsQuoted)
            {
                roles.Add(tokens[_at++].Text);
                if (Accept("@"))
                    _at++;
                return;
            }

            var words = new List<string>();
            while (_at < tokens.Count && !IsAt(",") && !IsAt("ON") && !IsAt("TO") && !IsAt("("))
                words.Add(tokens[_at++].Text.ToUpperInvariant());
            if (IsAt("("))
                SkipColumns();
            else if (words.Count > 0)
                privileges.Add(string.Join(' ', words));
        }

        private void SkipColumns()
        {
            while (_at < tokens.Count && !Accept(")"))
                _at++;
        }

        private GrantLine? ReadLevel(List<string> privileges)
        {
            Accept("TABLE");
            var (first, second) = (ReadPart(), Accept(".") ? ReadPart() : null);
            if (first is null || second is null || privileges.Count == 0)
                return null;
            return new()
            {
                Privileges = privileges,
                Database = first.Value.IsQuoted ? first.Value.Text : null,
                Table = second.Value.IsQuoted ? second.Value.Text : null,
                Account = Accept("TO") ? ReadAccount() : null,
                WithGrantOption = EndsWith("GRANT", "OPTION"),
            };
        }

        private Token? ReadPart() => _at < tokens.Count && (tokens[_at].IsQuoted || tokens[_at].Is("*")) ? tokens[_at++] : null;

        private AccountName? ReadAccount() =>
            _at + 2 < tokens.Count && tokens[_at].IsQuoted && tokens[_at + 1].Is("@") && tokens[_at + 2].IsQuoted
                ? new(tokens[_at].Text, tokens[_at + 2].Text)
                : null;

        // Limits such as MAX_USER_CONNECTIONS may follow the option.
        private bool EndsWith(string first, string second)
        {
            for (var index = _at; index + 1 < tokens.Count; index++)
            {
                if (tokens[index].Is(first) && tokens[index + 1].Is(second))
                    return true;
            }

            return false;
        }

        private bool IsAt(string word) => _at < tokens.Count && tokens[_at].Is(word);

        private bool Accept(string word)
        {
            if (!IsAt(word))
                return false;
            _at++;
            return true;
        }
    }
}
