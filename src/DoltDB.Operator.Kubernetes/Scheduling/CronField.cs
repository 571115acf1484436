using System.Globalization;

namespace DoltDB.Operator.Kubernetes.Scheduling;

/// <summary>One field of a cron schedule: the values that it takes.</summary>
internal sealed class CronField
{
    private readonly ulong values;

    private CronField(ulong values, bool isUnrestricted) => (this.values, IsUnrestricted) = (values, isUnrestricted);

    /// <summary>Whether the field is <c>*</c> or <c>?</c> without a step: such a day field leaves the choice to the other one.</summary>
    public bool IsUnrestricted { get; }

    /// <summary>Whether the field takes the value.</summary>
    public bool Takes(int value) => (values & (1UL << value)) != 0;

    /// <summary>Parses <c>*</c>, <c>1</c>, <c>1-5</c>, <c>*/2</c>, <c>1-9/2</c>, <c>3/4</c>, names and lists of them.</summary>
    /// <param name="text">The field.</param>
    /// <param name="name">What the field is, for errors.</param>
    /// <param name="least">Lowest value.</param>
    /// <param name="most">Highest value.</param>
    /// <param name="names">Names of the values from <paramref name="least"/> on; empty when there are none.</param>
    /// <exception cref="FormatException">The text is no such field.</exception>
    public static CronField Parse(string text, string name, int least, int most, IReadOnlyList<string> names)
    {
        ulong values = 0;
        var isUnrestricted = false;
        foreach (var item in text.Split(','))
        {
            var slash = item.IndexOf('/', StringComparison.Ordinal);
            var range = slash < 0 ? item : item[..slash];
            var step = slash < 0 ? 1 : Number(item[(slash + 1)..], name);
            if (step < 1)
                throw new FormatException($"{name}: the step of \"{item}\" must be at least 1");
            var (first, last) = Range(range, slash >= 0, name, least, most, names);
            isUnrestricted |= step == 1 && (range is "*" or "?");
            for (var value = first; value <= last; value += step)
                values |= 1UL << value;
        }

        return new CronField(values, isUnrestricted);
    }

    private static (int First, int Last) Range(string range, bool hasStep, string name, int least, int most, IReadOnlyList<string> names)
    {
        if (range is "*" or "?")
            return (least, most);
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var first = Value(dash < 0 ? range : range[..dash], name, least, names);
        var last = dash >= 0 ? Value(range[(dash + 1)..], name, least, names) : hasStep ? most : first;
        if (first < least || last > most || first > last)
            throw new FormatException($"{name}: \"{range}\" is not within {least}-{most}");
        return (first, last);
    }

    private static int Value(string text, string name, int least, IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Equals(text, StringComparison.OrdinalIgnoreCase))
                return least + i;
        }

        return Number(text, name);
    }

    private static int Number(string text, string name) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{name}: \"{text}\" is no number");
}
