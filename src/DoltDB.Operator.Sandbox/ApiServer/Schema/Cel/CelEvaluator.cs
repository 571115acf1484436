namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>Computes an expression. Failures come back as <see cref="CelError"/>.</summary>
internal static class CelEvaluator
{
    public static object? Evaluate(CelExpression expression, CelScope scope) => expression switch
    {
        CelLiteral literal => literal.Value,
        CelIdentifier identifier => scope.Find(identifier.Name),
        CelSelect select => Select(Evaluate(select.Target, scope), select.Field, select.Optional),
        CelHas has => Has(Evaluate(has.Target, scope), has.Field),
        CelIndex index => Select(Evaluate(index.Target, scope), Evaluate(index.Index, scope), index.Optional),
        CelLogic logic => Logic(logic, scope),
        CelConditional choice => Choose(choice, scope),
        CelCall call => Call(call, scope),
        CelListLiteral list => List(list, scope),
        CelMapLiteral map => Map(map, scope),
        CelMacro macro => CelMacros.Evaluate(macro, scope),
        _ => new CelError("unknown expression"),
    };

    private static object? Select(object? target, object? key, bool optional)
    {
        if (target is CelError) return target;
        if (key is CelError) return key;
        if (target is CelOptional wrapped)
        {
            if (!wrapped.HasValue) return CelOptional.None;
            return CelValues.TryLookup(wrapped.Value, key, out var inner) ? new CelOptional(true, inner) : CelOptional.None;
        }

        if (!optional) return CelValues.Lookup(target, key);
        return CelValues.TryLookup(target, key, out var value) ? new CelOptional(true, value) : CelOptional.None;
    }

    private static object? Has(object? target, string field) => target switch
    {
        CelError => target,
        CelOptional optional => optional.HasValue && CelValues.TryLookup(optional.Value, field, out _),
        _ => CelValues.TryLookup(target, field, out var value) && value is not null,
    };

    /// <summary>Either side may decide alone; an error counts only when the other side leaves the question open.</summary>
    private static object? Logic(CelLogic logic, CelScope scope)
    {
        var decisive = !logic.IsAnd;
        var left = Evaluate(logic.Left, scope);
        if (left is bool first && first == decisive) return decisive;
        var right = Evaluate(logic.Right, scope);
        if (right is bool second && second == decisive) return decisive;
        if (left is CelError) return left;
        if (right is CelError) return right;
        return left is bool && right is bool ? !decisive : CelError.NoOverload(logic.IsAnd ? "&&" : "||");
    }

    private static object? Choose(CelConditional choice, CelScope scope) => Evaluate(choice.Condition, scope) switch
    {
        true => Evaluate(choice.Then, scope),
        false => Evaluate(choice.Else, scope),
        CelError error => error,
        _ => CelError.NoOverload("?:"),
    };

    private static object? Call(CelCall call, CelScope scope)
    {
        var offset = call.Target is null ? 0 : 1;
        var arguments = new object?[call.Arguments.Count + offset];
        if (call.Target is not null) arguments[0] = Evaluate(call.Target, scope);
        for (var i = 0; i < call.Arguments.Count; i++) arguments[i + offset] = Evaluate(call.Arguments[i], scope);
        foreach (var argument in arguments)
        {
            if (argument is CelError) return argument;
        }

        if (char.IsAsciiLetter(call.Name[0]) && call.Name is not ("in" or "negate")) return CelFunctions.Call(call.Name, arguments);
        return call.Name switch
        {
            "!" => CelOperators.Not(arguments[0]),
            "negate" => CelOperators.Negate(arguments[0]),
            _ => CelOperators.Apply(call.Name, arguments[0], arguments[1]),
        };
    }

    private static object List(CelListLiteral literal, CelScope scope)
    {
        var list = new List<object?>(literal.Items.Count);
        foreach (var item in literal.Items)
        {
            var value = Evaluate(item, scope);
            if (value is CelError) return value;
            list.Add(value);
        }

        return list;
    }

    private static object Map(CelMapLiteral literal, CelScope scope)
    {
        var map = new Dictionary<object, object?>();
        foreach (var (keyExpression, valueExpression) in literal.Entries)
        {
            var key = Evaluate(keyExpression, scope);
            var value = Evaluate(valueExpression, scope);
            if (key is null or CelError) return key ?? new CelError("unsupported key type");
            if (value is CelError) return value;
            map[key] = value;
        }

        return map;
    }
}
