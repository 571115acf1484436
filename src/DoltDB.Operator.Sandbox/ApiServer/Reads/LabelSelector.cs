using System.Globalization;
using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Reads;

/// <summary>A label selector: all requirements must hold.</summary>
public sealed class LabelSelector
{
    /// <summary>Selects everything.</summary>
    public static readonly LabelSelector Everything = new([]);

    private readonly IReadOnlyList<Requirement> requirements;

    private LabelSelector(IReadOnlyList<Requirement> requirements) => this.requirements = requirements;

    private enum Operator
    {
        In,
        NotIn,
        Exists,
        DoesNotExist,
        GreaterThan,
        LessThan,
    }

    /// <summary>Whether it selects everything.</summary>
    public bool IsEmpty => requirements.Count == 0;

    /// <summary>Parses the text of a query: <c>a=b,c!=d,e in (f,g),!h,i&gt;3</c>.</summary>
    public static LabelSelector Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Everything;
        var tokens = new SelectorTokens(text);
        var requirements = new List<Requirement>();
        do
            requirements.Add(ParseRequirement(tokens));
        while (tokens.TryTake(","));
        if (!tokens.IsAtEnd)
            throw Unparsable($"found '{tokens.Peek()}', expected: ',' or 'end of string'");
        return new LabelSelector(requirements);
    }

    /// <summary>Reads the object form, <c>{matchLabels, matchExpressions}</c>; null selects nothing, an empty one everything.</summary>
    public static LabelSelector? FromObject(JsonObject? selector)
    {
        if (selector is null)
            return null;
        var requirements = new List<Requirement>();
        foreach (var (name, value) in selector["matchLabels"] as JsonObject ?? [])
            requirements.Add(new Requirement(name, Operator.In, [value?.GetValue<string>() ?? ""]));
        foreach (var expression in (selector["matchExpressions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var values = (expression["values"] as JsonArray ?? []).Select(value => value?.GetValue<string>() ?? "").ToList();
            var verb = expression["operator"]?.GetValue<string>() switch
            {
                "In" => Operator.In,
                "NotIn" => Operator.NotIn,
                "Exists" => Operator.Exists,
                _ => Operator.DoesNotExist,
            };
            requirements.Add(new Requirement(expression["key"]?.GetValue<string>() ?? "", verb, values));
        }

        return new LabelSelector(requirements);
    }

    /// <summary>Whether the object's labels fulfil every requirement.</summary>
    public bool Matches(StoredObject stored)
    {
        foreach (var requirement in requirements)
        {
            if (!requirement.Matches(stored.Label(requirement.Key)))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(",", requirements.Select(requirement => requirement.ToString()));

    private static Requirement ParseRequirement(SelectorTokens tokens)
    {
        if (tokens.TryTake("!"))
            return new Requirement(Identifier(tokens), Operator.DoesNotExist, []);
        var key = Identifier(tokens);
        if (tokens.IsAtEnd || tokens.Peek() == ",")
            return new Requirement(key, Operator.Exists, []);
        return tokens.Take() switch
        {
            "=" or "==" => new Requirement(key, Operator.In, [Value(tokens)]),
            "!=" => new Requirement(key, Operator.NotIn, [Value(tokens)]),
            ">" => new Requirement(key, Operator.GreaterThan, [Value(tokens)]),
            "<" => new Requirement(key, Operator.LessThan, [Value(tokens)]),
            "in" => new Requirement(key, Operator.In, Values(tokens)),
            "notin" => new Requirement(key, Operator.NotIn, Values(tokens)),
            var other => throw Unparsable($"found '{other}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private static string Identifier(SelectorTokens tokens) =>
        !tokens.IsAtEnd && SelectorTokens.IsWord(tokens.Peek())
            ? tokens.Take()
            : throw Unparsable($"found '{tokens.Peek()}', expected: identifier");

    private static string Value(SelectorTokens tokens) => tokens.IsAtEnd || tokens.Peek() == "," ? "" : Identifier(tokens);

    private static List<string> Values(SelectorTokens tokens)
    {
        if (!tokens.TryTake("("))
            throw Unparsable($"found '{tokens.Peek()}', expected: '('");
        var values = new List<string>();
        do
            values.Add(tokens.Peek() is "," or ")" ? "" : Identifier(tokens));
        while (tokens.TryTake(","));
        if (!tokens.TryTake(")"))
            throw Unparsable($"found '{tokens.Peek()}', expected: ',' or ')'");
        return values;
    }

    private static StatusException Unparsable(string why) => ApiErrors.BadRequest($"unable to parse requirement: {why}");

    private sealed record Requirement(string Key, Operator Operator, IReadOnlyList<string> Values)
    {
        public bool Matches(string? value) => Operator switch
        {
            Operator.In => value is not null && Values.Contains(value),
            Operator.NotIn => value is null || !Values.Contains(value),
            Operator.Exists => value is not null,
            Operator.DoesNotExist => value is null,
            _ => Compare(value),
        };

        public override string ToString() => Operator switch
        {
            Operator.In when Values.Count == 1 => $"{Key}={Values[0]}",
            Operator.In => $"{Key} in ({string.Join(",", Values)})",
            Operator.NotIn when Values.Count == 1 => $"{Key}!={Values[0]}",
            Operator.NotIn => $"{Key} notin ({string.Join(",", Values)})",
            Operator.Exists => Key,
            Operator.DoesNotExist => $"!{Key}",
            Operator.GreaterThan => $"{Key}>{Values[0]}",
            _ => $"{Key}<{Values[0]}",
        };

        private bool Compare(string? value) =>
            long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var actual)
            && long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit)
            && (Operator == Operator.GreaterThan ? actual > limit : actual < limit);
    }
}

/// <summary>The words and signs of a label selector.</summary>
internal sealed class SelectorTokens
{
    private const string Signs = "=!<>(),";

    private readonly List<string> tokens = [];
    private int at;

    public SelectorTokens(string text)
    {
        var i = 0;
        while (i < text.Length)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var start = i;
            if (text.AsSpan(i).StartsWith("==") || text.AsSpan(i).StartsWith("!="))
                i += 2;
            else if (Signs.Contains(text[i], StringComparison.Ordinal))
                i++;
            else
                while (i < text.Length && !char.IsWhiteSpace(text[i]) && !Signs.Contains(text[i], StringComparison.Ordinal))
                    i++;
            tokens.Add(text[start..i]);
        }
    }

    public bool IsAtEnd => at >= tokens.Count;

    public static bool IsWord(string token) => token.Length > 0 && !Signs.Contains(token[0], StringComparison.Ordinal);

    public string Peek() => IsAtEnd ? "" : tokens[at];

    public string Take() => IsAtEnd ? "" : tokens[at++];

    public bool TryTake(string token)
    {
        if (Peek() != token)
            return false;
        at++;
        return true;
    }
}
