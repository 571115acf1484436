namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>Which labels a selector takes.</summary>
public static class LabelSelectors
{
    /// <summary>Whether all labels and expressions hold. No selector selects nothing, an empty one everything.</summary>
    public static bool Selects(this LabelSelector? selector, IReadOnlyDictionary<string, string>? labels) =>
        selector is not null
        && Contains(labels, selector.MatchLabels)
        && (selector.MatchExpressions ?? []).All(expression => Holds(expression, labels));

    /// <summary>Whether the labels hold every wanted name and value.</summary>
    public static bool Contains(IReadOnlyDictionary<string, string>? labels, IReadOnlyDictionary<string, string>? wanted)
    {
        foreach (var (name, value) in wanted ?? new Dictionary<string, string>())
        {
            if (labels is null || !labels.TryGetValue(name, out var actual) || actual != value)
                return false;
        }

        return true;
    }

    private static bool Holds(LabelSelectorRequirement expression, IReadOnlyDictionary<string, string>? labels)
    {
        string? value = null;
        var isPresent = labels?.TryGetValue(expression.Key, out value) == true;
        return expression.Operator switch
        {
            "In" => isPresent && (expression.Values ?? []).Contains(value!),
            "NotIn" => !isPresent || !(expression.Values ?? []).Contains(value!),
            "Exists" => isPresent,
            "DoesNotExist" => !isPresent,
            _ => false,
        };
    }
}
