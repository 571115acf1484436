using System.Text;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>Cuts SQL text into tokens. Comments vanish; the content of <c>/*! ... */</c> counts as SQL.</summary>
internal sealed class Lexer
{
    private static readonly string[] Symbols = ["<=>", ":=", "<=", ">=", "<>", "!=", "||", "&&", "@@"];

    private readonly string _text;
    private int _at;

    private Lexer(string text) => _text = text;

    public static List<Token> Tokenize(string text)
    {
        var lexer = new Lexer(text);
        var tokens = new List<Token>();
        Token token;
        do
        {
            token = lexer.Next();
            tokens.Add(token);
        }
        while (token.Kind != TokenKind.End);
        return tokens;
    }

    private Token Next()
    {
        SkipBlanks();
        var start = _at;
        if (_at >= _text.Length) return new Token(TokenKind.End, "", start);
        var c = _text[_at];
        if (c is '\'' or '"') return new Token(TokenKind.Text, ReadQuoted(c, escapes: true), start);
        if (c == '`') return new Token(TokenKind.QuotedName, ReadQuoted(c, escapes: false), start);
        if (char.IsAsciiDigit(c) || (c == '.' && Peek(1) is { } next && char.IsAsciiDigit(next))) return ReadNumber(start);
        if (IsNameCharacter(c)) return ReadWord(start);
        foreach (var symbol in Symbols)
            if (string.CompareOrdinal(_text, _at, symbol, 0, symbol.Length) == 0)
            {
                _at += symbol.Length;
                return new Token(TokenKind.Symbol, symbol, start);
            }

        _at++;
        return new Token(TokenKind.Symbol, c.ToString(), start);
    }

    private static bool IsNameCharacter(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' || c > 127;

    private char? Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : null;

    private Token ReadWord(int start)
    {
        while (_at < _text.Length && IsNameCharacter(_text[_at])) _at++;
        return new Token(TokenKind.Word, _text[start.._at], start);
    }

    private Token ReadNumber(int start)
    {
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.')) _at++;
        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            var exponent = _at + 1;
            if (exponent < _text.Length && _text[exponent] is '+' or '-') exponent++;
            if (exponent < _text.Length && char.IsAsciiDigit(_text[exponent]))
            {
                _at = exponent;
                while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
            }
        }

        return new Token(TokenKind.Number, _text[start.._at], start);
    }

    private string ReadQuoted(char quote, bool escapes)
    {
        var start = _at++;
        var value = new StringBuilder();
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == '\\' && escapes && _at < _text.Length) AppendEscape(value, _text[_at++]);
            else if (c != quote) value.Append(c);
            else if (_at < _text.Length && _text[_at] == quote) value.Append(_text[_at++]);
            else return value.ToString();
        }

        throw SqlErrors.Syntax(start, _text[start..]);
    }

    private static void AppendEscape(StringBuilder value, char c)
    {
        // In a LIKE pattern these two keep their backslash: it escapes the wildcard there.
        if (c is '%' or '_') value.Append('\\');
        value.Append(c switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', 'b' => '\b', 'Z' => '\u001a', _ => c });
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(_text[_at])) _at++;
            else if (_text[_at] == '#' || (StartsWith("--") && (Peek(2) is null || char.IsWhiteSpace(Peek(2)!.Value)))) SkipLine();
            else if (StartsWith("/*!")) SkipVersionMark();
            else if (StartsWith("/*")) SkipUntil("*/");
            else if (StartsWith("*/")) _at += 2;
            else return;
        }
    }

    private bool StartsWith(string mark) => string.CompareOrdinal(_text, _at, mark, 0, mark.Length) == 0;

    private void SkipLine()
    {
        while (_at < _text.Length && _text[_at] != '\n') _at++;
    }

    private void SkipVersionMark()
    {
        _at += 3;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
    }

    private void SkipUntil(string mark)
    {
        var end = _text.IndexOf(mark, _at + 2, StringComparison.Ordinal);
        _at = end < 0 ? _text.Length : end + mark.Length;
    }
}
