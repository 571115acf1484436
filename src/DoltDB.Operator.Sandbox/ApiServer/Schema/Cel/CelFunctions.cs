using System.Globalization;
using System.Text.RegularExpressions;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>The functions and methods that rules may call.</summary>
internal static class CelFunctions
{
    private const RegexOptions Pattern = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal)
    {
        "size", "matches", "startsWith", "endsWith", "contains", "lowerAscii", "upperAscii", "split", "join", "trim", "replace", "substring",
        "indexOf", "lastIndexOf", "charAt", "isSorted", "sum", "min", "max", "orValue", "or", "hasValue", "value", "isGreaterThan",
        "isLessThan", "compareTo", "getSeconds", "getMilliseconds", "getMinutes", "getHours", "asInteger", "reverse", "find",
    };

    private static readonly HashSet<string> Functions = new(StringComparer.Ordinal)
    {
        "size", "matches", "int", "uint", "double", "string", "bool", "dyn", "type", "duration", "timestamp", "quantity", "isQuantity",
        "optional.of", "optional.none", "optional.ofNonZeroValue",
    };

    public static bool Knows(string name, bool isMethod) => (isMethod ? Methods : Functions).Contains(name);

    /// <summary>Calls a function; an error value when no overload takes the arguments.</summary>
    public static object? Call(string name, object?[] arguments)
    {
        try
        {
            return arguments switch
            {
                [] when name == "optional.none" => CelOptional.None,
                [var only] => One(name, only),
                [string text, var second] when Text(name, text, second) is { } result => result,
                [CelOptional optional, var other] when name is "orValue" or "or" => optional.HasValue ? name == "or" ? optional : optional.Value : other,
                [var list, string separator] when name == "join" => Join(list, separator),
                [var list, var item] when name is "indexOf" or "lastIndexOf" && CelValues.Range(list) is { } items => IndexOf(name, items, item),
                [var a, var b] when name is "isGreaterThan" or "isLessThan" or "compareTo" => Compared(name, a, b),
                [string text, long from, long to] when name == "substring" => text[(int)from..(int)to],
                [string text, string old, string replacement] when name == "replace" => text.Replace(old, replacement, StringComparison.Ordinal),
                _ => CelError.NoOverload(name),
            };
        }
        catch (Exception error) when (error is ArgumentException or OverflowException or FormatException or NotSupportedException)
        {
            return new CelError($"{name}: {error.Message}");
        }
    }

    private static object? One(string name, object? value) => name switch
    {
        "size" => Size(value),
        "int" or "uint" => ToInteger(value),
        "double" => ToReal(value),
        "string" => CelValues.Text(value),
        "bool" => value is bool ? value : value is string text && bool.TryParse(text, out var truth) ? truth : CelError.NoOverload(name),
        "dyn" => value,
        "type" => TypeName(value),
        "duration" => value is string text ? CelTime.Duration(text) : value,
        "timestamp" => value is string text ? CelTime.Timestamp(text) : value,
        "quantity" => value is string text && CelQuantity.Parse(text) is { } quantity ? quantity : new CelError("invalid quantity"),
        "isQuantity" => value is string text && CelQuantity.Parse(text) is not null,
        "asInteger" => value is CelQuantity exact ? (long)exact.Value : CelError.NoOverload(name),
        "optional.of" => new CelOptional(true, value),
        "optional.ofNonZeroValue" => value is null or "" or 0L or false || CelValues.Count(value) == 0 ? CelOptional.None : new CelOptional(true, value),
        "hasValue" => value is CelOptional some ? some.HasValue : CelError.NoOverload(name),
        "value" => value is CelOptional { HasValue: true } present ? present.Value : new CelError("optional.none() dereference"),
        "sum" or "min" or "max" or "isSorted" or "join" or "reverse" => OfList(name, value),
        "getSeconds" or "getMinutes" or "getHours" or "getMilliseconds" => CelTime.Part(name, value),
        _ => value is string letters ? OfText(name, letters) : CelError.NoOverload(name),
    };

    private static object OfText(string name, string text) => name switch
    {
        "lowerAscii" => text.ToLowerInvariant(),
        "upperAscii" => text.ToUpperInvariant(),
        "trim" => text.Trim(),
        "reverse" => new string([.. text.Reverse()]),
        _ => CelError.NoOverload(name),
    };

    private static object? OfList(string name, object? value)
    {
        if (name == "reverse" && value is string text) return OfText(name, text);
        if (CelValues.Range(value)?.ToList() is not { } items) return CelError.NoOverload(name);
        return name switch
        {
            "sum" => items.Aggregate((object?)0L, (sum, item) => CelOperators.Apply("+", sum, item)),
            "join" => Join(value, ""),
            "reverse" => Enumerable.Reverse(items).ToList(),
            "isSorted" => items.Zip(items.Skip(1)).All(pair => CelValues.Compare(pair.First, pair.Second) <= 0),
            _ when items.Count == 0 => new CelError($"{name} called on empty list"),
            "min" => items.Aggregate((a, b) => CelValues.Compare(a, b) <= 0 ? a : b),
            _ => items.Aggregate((a, b) => CelValues.Compare(a, b) >= 0 ? a : b),
        };
    }

    private static object? Text(string name, string text, object? second) => (name, second) switch
    {
        ("matches", string pattern) => Regex.IsMatch(text, pattern, Pattern),
        ("find", string pattern) => Regex.Match(text, pattern, Pattern).Value,
        ("startsWith", string prefix) => text.StartsWith(prefix, StringComparison.Ordinal),
        ("endsWith", string suffix) => text.EndsWith(suffix, StringComparison.Ordinal),
        ("contains", string part) => text.Contains(part, StringComparison.Ordinal),
        ("indexOf", string part) => (long)text.IndexOf(part, StringComparison.Ordinal),
        ("lastIndexOf", string part) => (long)text.LastIndexOf(part, StringComparison.Ordinal),
        ("split", "") => text.Select(letter => (object?)letter.ToString()).ToList(),
        ("split", string separator) => text.Split(separator).Cast<object?>().ToList(),
        ("substring", long from) => text[(int)from..],
        ("charAt", long index) => index == text.Length ? "" : text[(int)index].ToString(),
        _ => null,
    };

    private static object Size(object? value) => value is string text
        ? (long)text.EnumerateRunes().Count()
        : CelValues.Count(value) is { } count ? (long)count : CelError.NoOverload("size");

    private static object ToInteger(object? value) => value switch
    {
        long integer => integer,
        double real => (long)real,
        string text when long.TryParse(text, CultureInfo.InvariantCulture, out var parsed) => parsed,
        DateTimeOffset time => time.ToUnixTimeSeconds(),
        _ => new CelError("type conversion error to int"),
    };

    private static object ToReal(object? value) => value is string text && double.TryParse(text, CultureInfo.InvariantCulture, out var parsed)
        ? parsed
        : CelValues.Number(value) is { } number ? number : new CelError("type conversion error to double");

    private static string TypeName(object? value) => value switch
    {
        null => "null_type",
        long => "int",
        double => "double",
        string => "string",
        bool => "bool",
        _ => CelValues.Range(value) is null ? value.GetType().Name : value is System.Text.Json.Nodes.JsonArray or List<object?> ? "list" : "map",
    };

    private static object Join(object? list, string separator) => CelValues.Range(list) is { } items
        ? string.Join(separator, items.Select(CelValues.Text))
        : CelError.NoOverload("join");

    private static long IndexOf(string name, IEnumerable<object?> items, object? item)
    {
        var list = items.ToList();
        return (long)(name == "indexOf" ? list.FindIndex(i => CelValues.AreEqual(i, item)) : list.FindLastIndex(i => CelValues.AreEqual(i, item)));
    }

    private static object Compared(string name, object? a, object? b)
    {
        if (CelValues.Compare(a, b) is not { } order) return CelError.NoOverload(name);
        return name switch
        {
            "compareTo" => (long)Math.Sign(order),
            "isGreaterThan" => order > 0,
            _ => order < 0,
        };
    }
}
