using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>Recursive-descent parser: token access and the choice of statement. The grammar's parts are in the other files.</summary>
internal sealed partial class Parser
{
    private readonly string _text;
    private readonly List<Token> _tokens;
    private int _at;

    public Parser(string text)
    {
        _text = text;
        _tokens = Lexer.Tokenize(text);
    }

    /// <summary>Whether another statement follows.</summary>
    public bool HasMore
    {
        get
        {
            while (Current.IsSymbol(";")) _at++;
            return Current.Kind != TokenKind.End;
        }
    }

    private Token Current => _tokens[_at];

    /// <summary>Parses the next statement of a text with several.</summary>
    /// <exception cref="SqlError">1064, a syntax error.</exception>
    public Statement ParseNext()
    {
        if (!HasMore) throw new SqlError(1065, "Query was empty");
        var statement = ParseStatement();
        if (!Current.IsSymbol(";") && Current.Kind != TokenKind.End) throw Unexpected();
        return statement;
    }

    /// <summary>Parses a text that is one expression, such as the default of a column.</summary>
    public static Expr ParseExpressionText(string text) => new Parser(text).ParseExpression();

    private Statement ParseStatement()
    {
        if (Current.IsWord("select") || Current.IsSymbol("(")) return new Select(ParseQuery());
        var word = ExpectWord().ToLowerInvariant();
        return word switch
        {
            "insert" => ParseInsert(replace: false),
            "replace" => ParseInsert(replace: true),
            "update" => ParseUpdate(),
            "delete" => ParseDelete(),
            "truncate" => ParseTruncate(),
            "create" => ParseCreate(),
            "drop" => ParseDrop(),
            "alter" => ParseAlter(),
            "rename" => ParseRename(),
            "grant" => ParseGrant(),
            "revoke" => ParseRevoke(),
            "show" => ParseShow(),
            "describe" or "desc" or "explain" => new Show(ShowKind.Columns) { Table = ParseTableName() },
            "use" => new Use(ParseDatabaseRevision()),
            "set" => ParseSet(),
            "begin" => SkipRest(new Begin()),
            "start" => ParseStart(),
            "commit" => SkipRest(new Commit()),
            "rollback" => SkipRest(new Rollback()),
            "call" => ParseCall(),
            "flush" => new Flush(SkipTo()),
            "lock" or "unlock" or "analyze" or "kill" => SkipRest(new Ignored()),
            _ => throw Unexpected(_tokens[_at - 1]),
        };
    }

    private Begin ParseStart()
    {
        Expect("transaction");
        return SkipRest(new Begin());
    }

    private CallProcedure ParseCall()
    {
        var name = ParseTableName().Name;
        var arguments = ImmutableArray<Expr>.Empty;
        if (AcceptSymbol("("))
        {
            if (!Current.IsSymbol(")")) arguments = ParseExpressions();
            ExpectSymbol(")");
        }

        return new CallProcedure(name.ToLowerInvariant(), arguments);
    }

    private string ParseDatabaseRevision()
    {
        var name = ParseName();
        while (AcceptSymbol("/")) name += "/" + ParseName();
        return name;
    }

    private T SkipRest<T>(T statement)
        where T : Statement
    {
        SkipTo();
        return statement;
    }

    private string SkipTo()
    {
        var words = new List<string>();
        while (Current.Kind != TokenKind.End && !Current.IsSymbol(";")) words.Add(_tokens[_at++].Value.ToLowerInvariant());
        return string.Join(' ', words);
    }

    private TableName ParseTableName()
    {
        var first = ParseName();
        return AcceptSymbol(".") ? new TableName(first, ParseName()) : new TableName(null, first);
    }

    private string ParseName() => Current.Kind is TokenKind.Word or TokenKind.QuotedName ? _tokens[_at++].Value : throw Unexpected();

    private string ParseNameOrText() => Current.Kind is TokenKind.Text ? _tokens[_at++].Value : ParseName();

    private string ExpectWord() => Current.Kind == TokenKind.Word ? _tokens[_at++].Value : throw Unexpected();

    private string ExpectText() => Current.Kind == TokenKind.Text ? _tokens[_at++].Value : throw Unexpected();

    private bool Accept(string word)
    {
        if (!Current.IsWord(word)) return false;
        _at++;
        return true;
    }

    private bool Accept(string first, string second)
    {
        if (!Current.IsWord(first) || !_tokens[_at + 1].IsWord(second)) return false;
        _at += 2;
        return true;
    }

    private bool AcceptSymbol(string symbol)
    {
        if (!Current.IsSymbol(symbol)) return false;
        _at++;
        return true;
    }

    private void Expect(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (!Accept(word)) throw Unexpected();
    }

    private void ExpectSymbol(string symbol)
    {
        if (!AcceptSymbol(symbol)) throw Unexpected();
    }

    private bool AcceptIfExists()
    {
        if (!Accept("if")) return false;
        Expect("exists");
        return true;
    }

    private bool AcceptIfNotExists()
    {
        if (!Accept("if")) return false;
        Expect("not", "exists");
        return true;
    }

    private SqlError Unexpected() => Unexpected(Current);

    private static SqlError Unexpected(Token token) => SqlErrors.Syntax(token.Position + token.Value.Length, token.Value);

    /// <summary>The source text from the token at <paramref name="start"/> up to the current one.</summary>
    private string TextSince(int start) => _text[_tokens[start].Position..EndOf(_at - 1)];

    private int EndOf(int token)
    {
        var end = _tokens[token + 1].Position;
        while (end > _tokens[token].Position && char.IsWhiteSpace(_text[end - 1])) end--;
        return end;
    }
}
