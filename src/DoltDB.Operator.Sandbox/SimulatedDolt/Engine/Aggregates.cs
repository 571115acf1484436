using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>COUNT, SUM, MIN, MAX, AVG and GROUP_CONCAT over the rows of a group.</summary>
internal static class Aggregates
{
    public static object? Compute(Call call, RowScope scope, Evaluator evaluator)
    {
        var grouped = scope;
        while (grouped is { Group: null }) grouped = grouped.Outer;
        if (grouped?.Group is not { } group) throw SqlErrors.General($"invalid use of group function {call.Name}");
        if (call.Star) return (long)group.Count;
        if (call.Arguments is not [var argument, ..]) throw SqlErrors.General($"function {call.Name} needs an argument");
        var values = group.Select(row => evaluator.Evaluate(argument, grouped.ForRow(row))).Where(v => v is not null).Select(v => v!);
        if (call.Distinct) values = values.DistinctBy(SqlValue.Format);
        var list = values.ToList();
        return call.Name switch
        {
            "count" => (long)list.Count,
            _ when list.Count == 0 => null,
            "sum" => Sum(list),
            "min" => list.Aggregate((a, b) => SqlValue.Compare(a, b) <= 0 ? a : b),
            "max" => list.Aggregate((a, b) => SqlValue.Compare(a, b) >= 0 ? a : b),
            "avg" => Arithmetic.Compute("/", Sum(list), (long)list.Count),
            _ => string.Join(',', list.Select(SqlValue.Format)),
        };
    }

    private static object Sum(List<object> values) => values.TrueForAll(v => v is long or decimal)
        ? values.Sum(SqlValue.ToDecimal)
        : values.Sum(SqlValue.ToDouble);

    /// <summary>Whether the expression needs a group of rows.</summary>
    public static bool IsIn(Expr? expression) => expression switch
    {
        Call { IsAggregate: true } => true,
        Call call => call.Arguments.Any(IsIn),
        Unary unary => IsIn(unary.Operand),
        Binary binary => IsIn(binary.Left) || IsIn(binary.Right),
        Cast cast => IsIn(cast.Operand),
        IsNull test => IsIn(test.Operand),
        InList list => IsIn(list.Operand) || list.Items.Any(IsIn),
        Between between => IsIn(between.Operand) || IsIn(between.Low) || IsIn(between.High),
        CaseWhen choice => IsIn(choice.Subject) || IsIn(choice.Else) || choice.Arms.Any(a => IsIn(a.When) || IsIn(a.Then)),
        _ => false,
    };
}
