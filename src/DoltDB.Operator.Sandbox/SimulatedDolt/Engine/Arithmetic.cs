using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Numbers: whole ones stay whole, decimals stay exact, everything else is floating point.</summary>
internal static class Arithmetic
{
    public static object? Compute(string symbol, object left, object right)
    {
        if (symbol is "div") return Divide(left, right) is { } quotient ? SqlValue.ToLong(Math.Truncate(SqlValue.ToDecimal(quotient))) : null;
        if (symbol is "/") return Divide(left, right);
        if (left is long a && right is long b) return OfWhole(symbol, a, b);
        if (left is long or decimal && right is long or decimal) return OfExact(symbol, SqlValue.ToDecimal(left), SqlValue.ToDecimal(right));
        return OfFloating(symbol, SqlValue.ToDouble(left), SqlValue.ToDouble(right));
    }

    private static object? OfWhole(string symbol, long a, long b)
    {
        try
        {
            return symbol switch
            {
                "+" => checked(a + b),
                "-" => checked(a - b),
                "*" => checked(a * b),
                _ => b == 0 ? null : a % b,
            };
        }
        catch (OverflowException)
        {
            throw new SqlError(1690, "BIGINT value is out of range");
        }
    }

    private static object? OfExact(string symbol, decimal a, decimal b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        _ => b == 0 ? null : a % b,
    };

    private static object? OfFloating(string symbol, double a, double b) => symbol switch
    {
        "+" => a + b,
        "-" => a - b,
        "*" => a * b,
        _ => b == 0 ? null : a % b,
    };

    private static object? Divide(object left, object right)
    {
        if (SqlValue.ToDouble(right) == 0) return null;
        if (left is long or decimal && right is long or decimal) return Math.Round(SqlValue.ToDecimal(left) / SqlValue.ToDecimal(right), 4, MidpointRounding.AwayFromZero);
        return SqlValue.ToDouble(left) / SqlValue.ToDouble(right);
    }
}
