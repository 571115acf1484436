namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

internal enum TokenKind
{
    End,
    Word,
    QuotedName,
    Text,
    Number,
    Symbol,
}

/// <summary>One lexical element. <see cref="Value"/> is unescaped; <see cref="Position"/> is the offset in the statement text.</summary>
internal readonly record struct Token(TokenKind Kind, string Value, int Position)
{
    public bool IsWord(string word) => Kind == TokenKind.Word && string.Equals(Value, word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(string symbol) => Kind == TokenKind.Symbol && Value == symbol;
}
