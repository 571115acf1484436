using System.Collections.Immutable;
using System.Globalization;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>Expressions, loosest binding first: OR, XOR, AND, NOT, comparison, sum, product, sign.</summary>
internal sealed partial class Parser
{
    private static readonly string[] Comparisons = ["=", "<=>", "<>", "!=", "<=", ">=", "<", ">"];

    private ImmutableArray<Expr> ParseExpressions()
    {
        var items = ImmutableArray.CreateBuilder<Expr>();
        do items.Add(ParseExpression());
        while (AcceptSymbol(","));
        return items.ToImmutable();
    }

    private Expr ParseExpression()
    {
        var start = _at;
        return ParseOr() with { Text = TextSince(start) };
    }

    private Expr ParseOr()
    {
        var left = ParseAnd();
        while (true)
        {
            if (Accept("or") || AcceptSymbol("||")) left = new Binary("or", left, ParseAnd());
            else if (Accept("xor")) left = new Binary("xor", left, ParseAnd());
            else return left;
        }
    }

    private Expr ParseAnd()
    {
        var left = ParseNot();
        while (Accept("and") || AcceptSymbol("&&")) left = new Binary("and", left, ParseNot());
        return left;
    }

    private Expr ParseNot() => Accept("not") || AcceptSymbol("!") ? new Unary("not", ParseNot()) : ParseComparison();

    private Expr ParseComparison()
    {
        var left = ParseSum();
        while (true)
        {
            var negated = Current.IsWord("not") && (_tokens[_at + 1].IsWord("in") || _tokens[_at + 1].IsWord("like") || _tokens[_at + 1].IsWord("between"));
            if (negated) _at++;
            if (Accept("is")) left = ParseIs(left);
            else if (Accept("in")) left = ParseIn(left, negated);
            else if (Accept("like")) left = new Like(left, ParseSum(), negated);
            else if (Accept("between")) left = ParseBetween(left, negated);
            else if (Array.Find(Comparisons, Current.IsSymbol) is { } symbol)
            {
                _at++;
                left = new Binary(symbol == "!=" ? "<>" : symbol, left, ParseSum());
            }
            else
            {
                return left;
            }
        }
    }

    private Expr ParseIs(Expr left)
    {
        var negated = Accept("not");
        if (Accept("null")) return new IsNull(left, negated);
        var truth = Accept("true") ? true : Accept("false") ? false : throw Unexpected();
        var known = new Call("coalesce", [left, new Literal(truth ? 0L : 1L)]);
        Expr test = truth ? new Binary("<>", known, new Literal(0L)) : new Binary("=", known, new Literal(0L));
        return negated ? new Unary("not", test) : test;
    }

    private Expr ParseIn(Expr left, bool negated)
    {
        ExpectSymbol("(");
        Expr result = Current.IsWord("select")
            ? new InQuery(left, ParseQuery(), negated)
            : new InList(left, ParseExpressions(), negated);
        ExpectSymbol(")");
        return result;
    }

    private Between ParseBetween(Expr left, bool negated)
    {
        var low = ParseSum();
        Expect("and");
        return new Between(left, low, ParseSum(), negated);
    }

    private Expr ParseSum()
    {
        var left = ParseProduct();
        while (Current.IsSymbol("+") || Current.IsSymbol("-"))
        {
            var symbol = _tokens[_at++].Value;
            left = new Binary(symbol, left, ParseProduct());
        }

        return left;
    }

    private Expr ParseProduct()
    {
        var left = ParseSigned();
        while (true)
        {
            if (Current.IsSymbol("*") || Current.IsSymbol("/") || Current.IsSymbol("%"))
            {
                var symbol = _tokens[_at++].Value;
                left = new Binary(symbol, left, ParseSigned());
            }
            else if (Accept("div")) left = new Binary("div", left, ParseSigned());
            else if (Accept("mod")) left = new Binary("%", left, ParseSigned());
            else return left;
        }
    }

    private Expr ParseSigned()
    {
        if (AcceptSymbol("-")) return new Unary("-", ParseSigned());
        if (AcceptSymbol("+")) return ParseSigned();
        if (Accept("binary")) return ParseSigned();
        return ParsePrimary();
    }

    private Expr ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                return new Literal(ParseNumber(token.Value));
            case TokenKind.Text:
                _at++;
                return new Literal(token.Value);
            case TokenKind.QuotedName:
                return ParseColumn();
            case TokenKind.Symbol when AcceptSymbol("("):
                return ParseParenthesis();
            case TokenKind.Symbol when AcceptSymbol("@@"):
                return ParseSystemVariable();
            case TokenKind.Symbol when AcceptSymbol("@"):
                return new UserVariable(ParseNameOrText().ToLowerInvariant());
            case TokenKind.Word:
                return ParseWord(token);
            default:
                throw Unexpected();
        }
    }

    private Expr ParseParenthesis()
    {
        Expr inner = Current.IsWord("select") ? new ScalarQuery(ParseQuery()) : ParseExpression();
        ExpectSymbol(")");
        return inner;
    }

    private SystemVariable ParseSystemVariable()
    {
        var name = ParseName().ToLowerInvariant();
        return AcceptSymbol(".") ? new SystemVariable(name, ParseName().ToLowerInvariant()) : new SystemVariable(null, name);
    }

    private Expr ParseWord(Token word)
    {
        if (Accept("null")) return new Literal(null);
        if (Accept("true")) return new Literal(1L);
        if (Accept("false")) return new Literal(0L);
        if (Accept("case")) return ParseCase();
        if (Accept("exists")) return ParseExists();
        if (Current.Value.StartsWith('_') && _tokens[_at + 1].Kind == TokenKind.Text)
        {
            _at++; // A character set introducer: every text is UTF-8 here.
            return ParsePrimary();
        }

        if (_tokens[_at + 1].IsSymbol("("))
        {
            _at += 2;
            return ParseFunction(word.Value.ToLowerInvariant());
        }

        if (IsBareFunction(word)) { _at++; return new Call(word.Value.ToLowerInvariant(), []); }
        if (IsReserved(word)) throw Unexpected();
        return ParseColumn();
    }

    private static bool IsBareFunction(Token word) =>
        word.IsWord("current_timestamp") || word.IsWord("current_user") || word.IsWord("current_date") || word.IsWord("utc_timestamp") || word.IsWord("localtimestamp");

    private static bool IsReserved(Token word) => word.Value.ToLowerInvariant() is "from" or "where" or "select" or "group" or "order" or "limit"
        or "having" or "union" or "join" or "inner" or "left" or "on" or "and" or "or" or "not" or "in" or "is" or "like" or "between" or "as"
        or "by" or "set" or "values" or "into" or "when" or "then" or "else" or "end" or "table" or "create" or "insert" or "update" or "delete";

    private Expr ParseFunction(string name)
    {
        if (name is "cast" or "convert") return ParseCast(name);
        if (AcceptSymbol("*"))
        {
            ExpectSymbol(")");
            return new Call(name, [], Star: true);
        }

        var distinct = Accept("distinct");
        var arguments = Current.IsSymbol(")") ? [] : ParseExpressions();
        ExpectSymbol(")");
        return new Call(name, arguments, distinct);
    }

    private Cast ParseCast(string name)
    {
        var operand = ParseExpression();
        if (name == "convert" && AcceptSymbol(",") is false && Accept("using"))
        {
            ParseName();
            ExpectSymbol(")");
            return new Cast(operand, "char");
        }

        if (name == "cast") Expect("as");
        var type = ExpectWord().ToLowerInvariant();
        while (!Current.IsSymbol(")"))
        {
            if (Current.Kind == TokenKind.End) throw Unexpected();
            if (AcceptSymbol("(")) { while (!AcceptSymbol(")")) _at++; }
            else _at++;
        }

        ExpectSymbol(")");
        return new Cast(operand, type);
    }

    private CaseWhen ParseCase()
    {
        var subject = Current.IsWord("when") ? null : ParseExpression();
        var arms = ImmutableArray.CreateBuilder<(Expr, Expr)>();
        while (Accept("when"))
        {
            var when = ParseExpression();
            Expect("then");
            arms.Add((when, ParseExpression()));
        }

        var otherwise = Accept("else") ? ParseExpression() : null;
        Expect("end");
        return new CaseWhen(subject, arms.ToImmutable(), otherwise);
    }

    private ExistsQuery ParseExists()
    {
        ExpectSymbol("(");
        var query = ParseQuery();
        ExpectSymbol(")");
        return new ExistsQuery(query);
    }

    private ColumnRef ParseColumn()
    {
        var name = ParseName();
        if (!AcceptSymbol(".")) return new ColumnRef(null, name);
        var second = ParseName();
        return AcceptSymbol(".") ? new ColumnRef(second, ParseName()) : new ColumnRef(name, second);
    }

    private static object ParseNumber(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (text.Contains('e', StringComparison.OrdinalIgnoreCase)) return double.Parse(text, CultureInfo.InvariantCulture);
        return decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var exact)
            ? exact
            : throw SqlErrors.Syntax(0, text);
    }
}
