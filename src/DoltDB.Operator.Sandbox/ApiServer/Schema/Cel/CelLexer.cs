using System.Globalization;
using System.Text;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

internal enum CelTokenKind
{
    End,
    Identifier,
    Literal,
    Symbol,
}

/// <param name="Kind">What the token is.</param>
/// <param name="Text">The identifier or symbol.</param>
/// <param name="Value">The value of a literal.</param>
/// <param name="Position">Index of the first character, for messages.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, object? Value, int Position);

/// <summary>Cuts an expression into tokens.</summary>
internal sealed class CelLexer(string text)
{
    private static readonly string[] Symbols =
        ["&&", "||", "==", "!=", "<=", ">=", "?", ":", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ",", "."];

    private int position;

    /// <exception cref="CelSyntaxException">A character that starts no token, or an unfinished literal.</exception>
    public List<CelToken> Tokens()
    {
        var tokens = new List<CelToken>();
        while (true)
        {
            SkipBlanks();
            if (position == text.Length) break;
            tokens.Add(Next());
        }

        tokens.Add(new CelToken(CelTokenKind.End, "", null, position));
        return tokens;
    }

    private void SkipBlanks()
    {
        while (position < text.Length)
        {
            if (char.IsWhiteSpace(text[position])) position++;
            else if (text.AsSpan(position).StartsWith("//")) position = text.IndexOf('\n', position) is >= 0 and var end ? end : text.Length;
            else return;
        }
    }

    private CelToken Next()
    {
        var start = position;
        var c = text[position];
        if (char.IsAsciiDigit(c) || (c == '.' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1]))) return Number();
        if (c is '"' or '\'') return Quoted(raw: false);
        if (c is 'r' or 'R' && position + 1 < text.Length && text[position + 1] is '"' or '\'')
        {
            position++;
            return Quoted(raw: true);
        }

        if (char.IsAsciiLetter(c) || c == '_') return Word();
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, position, symbol, 0, symbol.Length) != 0) continue;
            position += symbol.Length;
            return new CelToken(CelTokenKind.Symbol, symbol, null, start);
        }

        throw new CelSyntaxException($"Syntax error: token recognition error at: '{c}' (position {start})");
    }

    private CelToken Word()
    {
        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '_')) position++;
        var word = text[start..position];
        return word switch
        {
            "true" => new CelToken(CelTokenKind.Literal, word, true, start),
            "false" => new CelToken(CelTokenKind.Literal, word, false, start),
            "null" => new CelToken(CelTokenKind.Literal, word, null, start),
            "in" => new CelToken(CelTokenKind.Symbol, word, null, start),
            _ => new CelToken(CelTokenKind.Identifier, word, null, start),
        };
    }

    private CelToken Number()
    {
        var start = position;
        if (text.AsSpan(position).StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            position += 2;
            while (position < text.Length && char.IsAsciiHexDigit(text[position])) position++;
            return Literal(start, long.Parse(text.AsSpan(start + 2, position - start - 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }

        var real = false;
        while (position < text.Length && (char.IsAsciiDigit(text[position]) || IsRealPart(position)))
        {
            real |= !char.IsAsciiDigit(text[position]);
            position++;
        }

        var digits = text.AsSpan(start, position - start);
        if (position < text.Length && text[position] is 'u' or 'U') position++;
        if (real) return Literal(start, double.Parse(digits, CultureInfo.InvariantCulture));
        return long.TryParse(digits, CultureInfo.InvariantCulture, out var integer)
            ? Literal(start, integer)
            : throw new CelSyntaxException($"invalid int literal: {digits}");
    }

    private bool IsRealPart(int at) => text[at] switch
    {
        '.' => at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]),
        'e' or 'E' => true,
        '+' or '-' => text[at - 1] is 'e' or 'E',
        _ => false,
    };

    private CelToken Literal(int start, object value) => new(CelTokenKind.Literal, text[start..position], value, start);

    private CelToken Quoted(bool raw)
    {
        var start = position;
        var quote = text.AsSpan(position).StartsWith("\"\"\"") || text.AsSpan(position).StartsWith("'''")
            ? text.Substring(position, 3)
            : text.Substring(position, 1);
        position += quote.Length;
        var value = new StringBuilder();
        while (string.CompareOrdinal(text, position, quote, 0, quote.Length) != 0)
        {
            if (position >= text.Length) throw new CelSyntaxException($"Syntax error: unfinished string (position {start})");
            if (text[position] == '\\' && !raw) Escape(value);
            else value.Append(text[position++]);
        }

        position += quote.Length;
        return Literal(start, value.ToString());
    }

    private void Escape(StringBuilder value)
    {
        var code = position + 1 < text.Length ? text[position + 1] : ' ';
        position += 2;
        switch (code)
        {
            case 'n': value.Append('\n'); break;
            case 't': value.Append('\t'); break;
            case 'r': value.Append('\r'); break;
            case '\\' or '"' or '\'' or '`' or '?': value.Append(code); break;
            case 'u': Code(value, 4); break;
            case 'x': Code(value, 2); break;
            default: throw new CelSyntaxException($"Syntax error: unknown escape \\{code}");
        }
    }

    private void Code(StringBuilder value, int digits)
    {
        if (position + digits > text.Length
            || !int.TryParse(text.AsSpan(position, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code))
        {
            throw new CelSyntaxException("Syntax error: unfinished escape");
        }

        value.Append((char)code);
        position += digits;
    }
}
