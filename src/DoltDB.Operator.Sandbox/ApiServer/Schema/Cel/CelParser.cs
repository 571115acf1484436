namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>Builds the expression tree; macros are recognised here.</summary>
internal sealed class CelParser
{
    private static readonly string[][] BinaryLevels = [["<", "<=", ">", ">=", "==", "!=", "in"], ["+", "-"], ["*", "/", "%"]];

    private readonly List<CelToken> tokens;
    private int next;

    private CelParser(string text) => tokens = new CelLexer(text).Tokens();

    /// <exception cref="CelSyntaxException">The text is no expression.</exception>
    public static CelExpression Parse(string text)
    {
        var parser = new CelParser(text);
        var expression = parser.Conditional();
        if (parser.Peek.Kind != CelTokenKind.End) throw parser.Unexpected();
        return expression;
    }

    private CelToken Peek => tokens[next];

    private CelExpression Conditional()
    {
        var condition = Or();
        if (!Accept("?")) return condition;
        var then = Or();
        Expect(":");
        return new CelConditional(condition, then, Conditional());
    }

    private CelExpression Or()
    {
        var left = And();
        while (Accept("||")) left = new CelLogic(IsAnd: false, left, And());
        return left;
    }

    private CelExpression And()
    {
        var left = Binary(0);
        while (Accept("&&")) left = new CelLogic(IsAnd: true, left, Binary(0));
        return left;
    }

    private CelExpression Binary(int level)
    {
        if (level == BinaryLevels.Length) return Unary();
        var left = Binary(level + 1);
        while (Peek.Kind == CelTokenKind.Symbol && BinaryLevels[level].Contains(Peek.Text))
        {
            var symbol = tokens[next++].Text;
            left = new CelCall(symbol, null, [left, Binary(level + 1)]);
        }

        return left;
    }

    private CelExpression Unary()
    {
        if (Accept("!")) return new CelCall("!", null, [Unary()]);
        if (!Accept("-")) return Member();
        var operand = Unary();
        return operand switch
        {
            CelLiteral { Value: long integer } => new CelLiteral(-integer),
            CelLiteral { Value: double real } => new CelLiteral(-real),
            _ => new CelCall("negate", null, [operand]),
        };
    }

    private CelExpression Member()
    {
        var target = Primary();
        while (true)
        {
            if (Accept("."))
            {
                var optional = Accept("?");
                var name = Identifier();
                target = !optional && Accept("(") ? Method(target, name) : new CelSelect(target, CelNames.Unescape(name), optional);
            }
            else if (Accept("["))
            {
                var optional = Accept("?");
                var index = Conditional();
                Expect("]");
                target = new CelIndex(target, index, optional);
            }
            else
            {
                return target;
            }
        }
    }

    private CelExpression Method(CelExpression target, string name)
    {
        var arguments = List(")");
        if (target is CelIdentifier { Name: "optional" }) return new CelCall("optional." + name, null, arguments);
        if (name is not ("all" or "exists" or "exists_one" or "existsOne" or "map" or "filter" or "optMap"))
        {
            return new CelCall(name, target, arguments);
        }

        if (arguments is not [CelIdentifier variable, ..] || arguments.Count > (name == "map" ? 3 : 2) || arguments.Count < 2)
        {
            throw new CelSyntaxException($"{name}() expects a variable and an expression");
        }

        return new CelMacro(name == "existsOne" ? "exists_one" : name, target, variable.Name, arguments[^1],
            arguments.Count == 3 ? arguments[1] : null);
    }

    private CelExpression Primary()
    {
        var token = tokens[next];
        if (token.Kind == CelTokenKind.Literal)
        {
            next++;
            return new CelLiteral(token.Value);
        }

        if (Accept("("))
        {
            var inner = Conditional();
            Expect(")");
            return inner;
        }

        if (Accept("[")) return new CelListLiteral(List("]"));
        if (Accept("{")) return Map();
        var name = Identifier();
        return Accept("(") ? Function(name) : new CelIdentifier(name);
    }

    private CelExpression Function(string name)
    {
        var arguments = List(")");
        if (name != "has") return new CelCall(name, null, arguments);
        return arguments is [CelSelect { Optional: false } field]
            ? new CelHas(field.Target, field.Field)
            : throw new CelSyntaxException("invalid argument to has() macro");
    }

    private CelMapLiteral Map()
    {
        var entries = new List<(CelExpression, CelExpression)>();
        while (!Accept("}"))
        {
            var key = Conditional();
            Expect(":");
            entries.Add((key, Conditional()));
            if (!Accept(",") && Peek.Text != "}") throw Unexpected();
        }

        return new CelMapLiteral(entries);
    }

    private List<CelExpression> List(string end)
    {
        var items = new List<CelExpression>();
        while (!Accept(end))
        {
            items.Add(Conditional());
            if (!Accept(",") && Peek.Text != end) throw Unexpected();
        }

        return items;
    }

    private string Identifier() => Peek.Kind == CelTokenKind.Identifier ? tokens[next++].Text : throw Unexpected();

    private bool Accept(string symbol)
    {
        if (Peek.Kind != CelTokenKind.Symbol || Peek.Text != symbol) return false;
        next++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol)) throw Unexpected();
    }

    private CelSyntaxException Unexpected() => new(Peek.Kind == CelTokenKind.End
        ? "Syntax error: mismatched input '<EOF>'"
        : $"Syntax error: unexpected '{Peek.Text}' (position {Peek.Position})");
}
