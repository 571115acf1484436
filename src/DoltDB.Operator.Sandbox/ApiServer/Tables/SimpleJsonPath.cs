using System.Text.Json;

namespace DoltDB.Operator.Sandbox.ApiServer.Tables;

/// <summary>The JSON paths of printer columns: names, indexes, <c>[*]</c>, <c>["name"]</c> and filters such as <c>[?(@.type=="Ready")]</c>.</summary>
internal static class SimpleJsonPath
{
    /// <summary>All values that the path leads to.</summary>
    public static IEnumerable<JsonElement> Read(JsonElement root, string path)
    {
        IEnumerable<JsonElement> current = [root];
        var rest = path.AsSpan().TrimStart('$');
        while (!rest.IsEmpty)
        {
            if (rest[0] == '[')
            {
                var end = Closing(rest);
                var inside = rest[1..end].ToString();
                current = current.SelectMany(element => Select(element, inside)).ToList();
                rest = rest[(end + 1)..];
                continue;
            }

            rest = rest.TrimStart('.');
            var stop = rest.IndexOfAny('.', '[');
            var name = (stop < 0 ? rest : rest[..stop]).ToString().Replace("\\", "", StringComparison.Ordinal);
            current = current.SelectMany(element => Member(element, name)).ToList();
            rest = stop < 0 ? default : rest[stop..];
        }

        return current;
    }

    private static int Closing(ReadOnlySpan<char> text)
    {
        var inQuotes = false;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] is '"' or '\'')
                inQuotes = !inQuotes;
            else if (text[i] == ']' && !inQuotes)
                return i;
        }

        return text.Length - 1;
    }

    private static IEnumerable<JsonElement> Select(JsonElement element, string inside)
    {
        if (inside.StartsWith("?(@.", StringComparison.Ordinal))
            return Items(element).Where(item => Matches(item, inside[4..].TrimEnd(')')));
        if (inside == "*")
            return element.ValueKind == JsonValueKind.Object ? element.EnumerateObject().Select(member => member.Value) : Items(element);
        if (inside.Length > 1 && inside[0] is '"' or '\'')
            return Member(element, inside[1..^1]);
        return int.TryParse(inside, out var index) ? Items(element).Skip(index < 0 ? element.GetArrayLength() + index : index).Take(1) : [];
    }

    private static bool Matches(JsonElement item, string condition)
    {
        var at = condition.IndexOf("==", StringComparison.Ordinal);
        if (at < 0)
            return Read(item, "." + condition).Any();
        var wanted = condition[(at + 2)..].Trim().Trim('"', '\'');
        return Read(item, "." + condition[..at].Trim()).Any(value => value.ToString() == wanted);
    }

    private static IEnumerable<JsonElement> Items(JsonElement element) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    private static IEnumerable<JsonElement> Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? [value] : [];
}
