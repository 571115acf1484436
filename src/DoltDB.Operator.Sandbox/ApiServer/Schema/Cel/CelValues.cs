using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>An evaluation that went wrong; it travels as a value so that <c>&amp;&amp;</c> and <c>||</c> can absorb it.</summary>
internal sealed record CelError(string Message)
{
    public static CelError NoOverload(string name) => new($"no such overload: {name}");
}

/// <summary>A value that may be absent.</summary>
internal sealed record CelOptional(bool HasValue, object? Value)
{
    public static readonly CelOptional None = new(false, null);
}

/// <summary>
/// Values are long, double, string, bool, null, TimeSpan, DateTimeOffset, CelQuantity, CelOptional, lists (JsonArray, List of objects) and
/// maps (JsonObject, Dictionary of objects). JSON is looked into in place, never copied.
/// </summary>
internal static class CelValues
{
    public static object? From(JsonNode? node) => node switch
    {
        null => null,
        JsonObject or JsonArray => node,
        _ => FromScalar(node.AsValue()),
    };

    public static int? Count(object? value) => value switch
    {
        JsonArray array => array.Count,
        JsonObject map => map.Count,
        ICollection collection => collection.Count,
        _ => null,
    };

    /// <summary>The items of a list, or the keys of a map; null for other values.</summary>
    public static IEnumerable<object?>? Range(object? value) => value switch
    {
        JsonArray array => array.Select(From),
        JsonObject map => map.Select(entry => (object?)entry.Key),
        List<object?> list => list,
        Dictionary<object, object?> map => map.Keys,
        _ => null,
    };

    /// <summary>A field, key or item; an error when there is none.</summary>
    public static object? Lookup(object? target, object? key) => TryLookup(target, key, out var value)
        ? value
        : target is JsonArray or List<object?> && key is long index
            ? new CelError($"index out of bounds: {index}")
            : new CelError($"no such key: {Text(key)}");

    public static bool TryLookup(object? target, object? key, out object? value)
    {
        value = null;
        switch (target)
        {
            case JsonObject map when key is string name:
                if (!map.TryGetPropertyValue(name, out var node)) return false;
                value = From(node);
                return true;
            case JsonArray array when key is long index:
                if (index < 0 || index >= array.Count) return false;
                value = From(array[(int)index]);
                return true;
            case List<object?> list when key is long index:
                if (index < 0 || index >= list.Count) return false;
                value = list[(int)index];
                return true;
            case Dictionary<object, object?> map when key is not null:
                return map.TryGetValue(key, out value);
            default:
                return false;
        }
    }

    /// <summary>Equality by value; numbers are equal across types, values of different kinds never are.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        if (left is long a && right is long b) return a == b;
        if (Number(left) is { } x && Number(right) is { } y) return x.Equals(y);
        if (left is JsonArray or List<object?>) return right is (JsonArray or List<object?>) && ListsEqual(left, right);
        if (left is JsonObject or Dictionary<object, object?>) return right is (JsonObject or Dictionary<object, object?>) && MapsEqual(left, right);
        return Equals(left, right);
    }

    public static double? Number(object? value) => value switch
    {
        long integer => integer,
        double real => real,
        _ => null,
    };

    /// <summary>The order of two values of a kind; null when they have none.</summary>
    public static int? Compare(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        (bool a, bool b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        (CelQuantity a, CelQuantity b) => a.Value.CompareTo(b.Value),
        _ => Number(left) is { } x && Number(right) is { } y ? x.CompareTo(y) : null,
    };

    public static string Text(object? value) => value switch
    {
        null => "null",
        true => "true",
        false => "false",
        JsonNode node => JsonFacts.Show(node),
        TimeSpan span => span.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static object? FromScalar(JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String: return value.GetValue<string>();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            case JsonValueKind.Number:
                if (JsonFacts.TryInteger(value, out var integer)) return integer;
                return JsonFacts.TryNumber(value, out var real) ? real : 0d;
            default: return null;
        }
    }

    private static bool ListsEqual(object left, object right) =>
        Count(left) == Count(right) && Range(left)!.Zip(Range(right)!).All(pair => AreEqual(pair.First, pair.Second));

    private static bool MapsEqual(object left, object right)
    {
        if (Count(left) != Count(right)) return false;
        foreach (var key in Range(left)!)
        {
            TryLookup(left, key, out var mine);
            if (!TryLookup(right, key, out var other) || !AreEqual(mine, other)) return false;
        }

        return true;
    }
}
