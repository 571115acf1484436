namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>The macros over lists and maps.</summary>
internal static class CelMacros
{
    public static object? Evaluate(CelMacro macro, CelScope scope)
    {
        var target = CelEvaluator.Evaluate(macro.Target, scope);
        if (target is CelError) return target;
        var inner = new CelScope(macro.Variable, null, scope);
        if (macro.Name == "optMap") return OfOptional(macro, target, inner);
        if (CelValues.Range(target) is not { } range) return CelError.NoOverload(macro.Name);
        return macro.Name switch
        {
            "all" => Quantified(macro, range, inner, decisive: false),
            "exists" => Quantified(macro, range, inner, decisive: true),
            "exists_one" => ExistsOne(macro, range, inner),
            _ => Collected(macro, range, inner),
        };
    }

    private static object? OfOptional(CelMacro macro, object? target, CelScope inner)
    {
        if (target is not CelOptional optional) return CelError.NoOverload(macro.Name);
        if (!optional.HasValue) return CelOptional.None;
        inner.Value = optional.Value;
        var mapped = CelEvaluator.Evaluate(macro.Body, inner);
        return mapped is CelError ? mapped : new CelOptional(true, mapped);
    }

    private static object Quantified(CelMacro macro, IEnumerable<object?> range, CelScope inner, bool decisive)
    {
        CelError? error = null;
        foreach (var item in range)
        {
            inner.Value = item;
            var result = CelEvaluator.Evaluate(macro.Body, inner);
            if (result is bool truth)
            {
                if (truth == decisive) return decisive;
            }
            else
            {
                error = result as CelError ?? CelError.NoOverload(macro.Name);
            }
        }

        return error is null ? !decisive : error;
    }

    private static object ExistsOne(CelMacro macro, IEnumerable<object?> range, CelScope inner)
    {
        var matches = 0;
        foreach (var item in range)
        {
            inner.Value = item;
            var result = CelEvaluator.Evaluate(macro.Body, inner);
            if (result is CelError) return result;
            if (result is true) matches++;
        }

        return matches == 1;
    }

    private static object Collected(CelMacro macro, IEnumerable<object?> range, CelScope inner)
    {
        var results = new List<object?>();
        var condition = macro.Name == "filter" ? macro.Body : macro.Filter;
        foreach (var item in range)
        {
            inner.Value = item;
            var wanted = condition is null ? true : CelEvaluator.Evaluate(condition, inner);
            if (wanted is CelError) return wanted;
            if (wanted is not true) continue;
            var result = macro.Name == "filter" ? item : CelEvaluator.Evaluate(macro.Body, inner);
            if (result is CelError) return result;
            results.Add(result);
        }

        return results;
    }
}
