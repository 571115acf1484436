namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>Arithmetic, comparison and membership.</summary>
internal static class CelOperators
{
    public static object? Apply(string symbol, object? left, object? right)
    {
        switch (symbol)
        {
            case "==": return CelValues.AreEqual(left, right);
            case "!=": return !CelValues.AreEqual(left, right);
            case "in": return Contains(right, left);
            case "<" or "<=" or ">" or ">=": return Ordered(symbol, left, right);
            default: return Arithmetic(symbol, left, right);
        }
    }

    public static object? Not(object? value) => value is bool truth ? !truth : CelError.NoOverload("!");

    public static object? Negate(object? value) => value switch
    {
        long integer => -integer,
        double real => -real,
        _ => CelError.NoOverload("-"),
    };

    private static object? Ordered(string symbol, object? left, object? right)
    {
        if (CelValues.Compare(left, right) is not { } order) return CelError.NoOverload(symbol);
        return symbol switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static object? Contains(object? container, object? value)
    {
        if (container is System.Text.Json.Nodes.JsonObject or Dictionary<object, object?>) return CelValues.TryLookup(container, value, out _);
        return CelValues.Range(container) is { } items ? items.Any(item => CelValues.AreEqual(item, value)) : CelError.NoOverload("in");
    }

    private static object? Arithmetic(string symbol, object? left, object? right)
    {
        try
        {
            return (left, right) switch
            {
                (long a, long b) => Integers(symbol, a, b),
                (string a, string b) when symbol == "+" => a + b,
                (TimeSpan a, TimeSpan b) when symbol is "+" or "-" => symbol == "+" ? a + b : a - b,
                (DateTimeOffset a, TimeSpan b) when symbol is "+" or "-" => symbol == "+" ? a + b : a - b,
                (DateTimeOffset a, DateTimeOffset b) when symbol == "-" => a - b,
                _ when CelValues.Number(left) is { } a && CelValues.Number(right) is { } b => Reals(symbol, a, b),
                _ when symbol == "+" && Joined(left, right) is { } list => list,
                _ => CelError.NoOverload(symbol),
            };
        }
        catch (Exception error) when (error is OverflowException or ArgumentOutOfRangeException)
        {
            return new CelError("integer overflow");
        }
    }

    private static List<object?>? Joined(object? left, object? right)
    {
        if (left is System.Text.Json.Nodes.JsonObject || right is System.Text.Json.Nodes.JsonObject) return null;
        return CelValues.Range(left) is { } first && CelValues.Range(right) is { } second ? [.. first, .. second] : null;
    }

    private static object Integers(string symbol, long a, long b) => symbol switch
    {
        "+" => checked(a + b),
        "-" => checked(a - b),
        "*" => checked(a * b),
        "/" => b == 0 ? new CelError("division by zero") : a / b,
        _ => b == 0 ? new CelError("modulus by zero") : a % b,
    };

    private static object Reals(string symbol, double a, double b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        "/" => a / b,
        _ => CelError.NoOverload("%"),
    };
}
