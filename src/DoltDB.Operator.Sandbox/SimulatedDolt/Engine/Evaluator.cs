using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Computes expressions, with SQL's three-valued logic.</summary>
internal sealed class Evaluator(StatementContext context)
{
    private static readonly RowScope NoRow = new([], []);

    private readonly Functions _functions = new(context);

    /// <summary>Computes an expression without columns.</summary>
    public object? Constant(Expr expression) => Evaluate(expression, NoRow);

    public bool IsTrue(Expr? condition, RowScope scope) => condition is null || SqlValue.IsTrue(Evaluate(condition, scope));

    public object? Evaluate(Expr expression, RowScope scope) => expression switch
    {
        Literal literal => literal.Value,
        ColumnRef column => scope.Read(column.Table, column.Name),
        SystemVariable variable => ReadVariable(variable),
        UserVariable variable => context.Session.UserVariables.GetValueOrDefault(variable.Name),
        Unary unary => Negate(unary.Operator, Evaluate(unary.Operand, scope)),
        Binary binary => EvaluateBinary(binary, scope),
        InList list => IsIn(Evaluate(list.Operand, scope), list.Items.Select(i => Evaluate(i, scope)), list.Negated),
        InQuery query => IsIn(Evaluate(query.Operand, scope), Run(query.Query, scope).Rows.Select(r => r[0]), query.Negated),
        Between between => EvaluateBetween(between, scope),
        Like like => EvaluateLike(like, scope),
        IsNull test => Bool((Evaluate(test.Operand, scope) is null) != test.Negated),
        CaseWhen choice => EvaluateCase(choice, scope),
        Cast cast => EvaluateCast(Evaluate(cast.Operand, scope), cast.TargetType),
        ScalarQuery query => Run(query.Query, scope).Rows is [var row, ..] ? row[0] : null,
        ExistsQuery query => Bool(Run(query.Query, scope).Rows.Count > 0),
        Call { IsAggregate: true } call => Aggregates.Compute(call, scope, this),
        Call call => _functions.Invoke(call.Name, [.. call.Arguments.Select(a => Evaluate(a, scope))]),
        _ => throw SqlErrors.General($"unsupported expression: {expression.Text}"),
    };

    public static object Bool(bool value) => value ? 1L : 0L;

    private ResultSet Run(SelectQuery query, RowScope scope) => new QueryRunner(context).Run(query, scope);

    private object? ReadVariable(SystemVariable variable)
    {
        if (variable.Scope is not "global" && context.Session.Variables.TryGetValue(variable.Name, out var value)) return value;
        return variable.Name switch
        {
            "last_insert_id" or "identity" => context.Session.LastInsertId,
            "warning_count" => (long)context.Session.Warnings.Count,
            _ => context.Engine.Globals.Read(variable.Name, variable.ToString()),
        };
    }

    private object? EvaluateBinary(Binary binary, RowScope scope)
    {
        var left = Evaluate(binary.Left, scope);
        switch (binary.Operator)
        {
            case "and":
                if (left is not null && !SqlValue.IsTrue(left)) return 0L;
                var also = Evaluate(binary.Right, scope);
                return also is not null && !SqlValue.IsTrue(also) ? 0L : left is null || also is null ? null : 1L;
            case "or":
                if (SqlValue.IsTrue(left)) return 1L;
                var other = Evaluate(binary.Right, scope);
                return SqlValue.IsTrue(other) ? 1L : left is null || other is null ? null : 0L;
        }

        var right = Evaluate(binary.Right, scope);
        if (binary.Operator == "<=>") return Bool(SqlValue.Compare(left, right) == 0);
        if (left is null || right is null) return null;
        return binary.Operator switch
        {
            "xor" => Bool(SqlValue.IsTrue(left) != SqlValue.IsTrue(right)),
            "=" => Bool(SqlValue.Compare(left, right) == 0),
            "<>" => Bool(SqlValue.Compare(left, right) != 0),
            "<" => Bool(SqlValue.Compare(left, right) < 0),
            "<=" => Bool(SqlValue.Compare(left, right) <= 0),
            ">" => Bool(SqlValue.Compare(left, right) > 0),
            ">=" => Bool(SqlValue.Compare(left, right) >= 0),
            _ => Arithmetic.Compute(binary.Operator, left, right),
        };
    }

    private static object? Negate(string symbol, object? value)
    {
        if (value is null) return null;
        return symbol == "not" ? Bool(!SqlValue.IsTrue(value)) : Arithmetic.Compute("-", 0L, value);
    }

    private static object? IsIn(object? value, IEnumerable<object?> items, bool negated)
    {
        if (value is null) return null;
        var sawNull = false;
        foreach (var item in items)
        {
            if (item is null) sawNull = true;
            else if (SqlValue.Compare(value, item) == 0) return Bool(!negated);
        }

        return sawNull ? null : Bool(negated);
    }

    private object? EvaluateBetween(Between between, RowScope scope)
    {
        var (value, low, high) = (Evaluate(between.Operand, scope), Evaluate(between.Low, scope), Evaluate(between.High, scope));
        if (value is null || low is null || high is null) return null;
        return Bool((SqlValue.Compare(value, low) >= 0 && SqlValue.Compare(value, high) <= 0) != between.Negated);
    }

    private object? EvaluateLike(Like like, RowScope scope)
    {
        var (value, pattern) = (SqlValue.Format(Evaluate(like.Operand, scope)), SqlValue.Format(Evaluate(like.Pattern, scope)));
        return value is null || pattern is null ? null : Bool(LikePattern.Matches(value, pattern) != like.Negated);
    }

    private object? EvaluateCase(CaseWhen choice, RowScope scope)
    {
        var subject = choice.Subject is null ? null : Evaluate(choice.Subject, scope);
        foreach (var (when, then) in choice.Arms)
        {
            var test = Evaluate(when, scope);
            var matches = choice.Subject is null ? SqlValue.IsTrue(test) : subject is not null && test is not null && SqlValue.Compare(subject, test) == 0;
            if (matches) return Evaluate(then, scope);
        }

        return choice.Else is null ? null : Evaluate(choice.Else, scope);
    }

    private static object? EvaluateCast(object? value, string type) => value is null ? null : type switch
    {
        "signed" or "unsigned" or "int" or "integer" or "bigint" => SqlValue.ToLong(value),
        "decimal" => SqlValue.ToDecimal(value),
        "double" or "float" or "real" => SqlValue.ToDouble(value),
        "date" => SqlValue.ToTime(value)?.Date,
        "datetime" or "timestamp" => SqlValue.ToTime(value),
        _ => SqlValue.Format(value),
    };
}
