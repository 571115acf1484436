using System.Globalization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>Numbers that may be given as a percentage.</summary>
internal static class Proportions
{
    /// <summary>The number, or that percentage of the total.</summary>
    /// <exception cref="FormatException">The text is no percentage.</exception>
    public static int Of(IntOrString value, int total, bool roundsUp)
    {
        if (value.Number is { } number)
            return number;
        var text = value.Text!;
        if (!text.EndsWith('%') || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent))
            throw new FormatException($"\"{text}\" is neither a number nor a percentage");
        return (int)(roundsUp ? (((long)percent * total) + 99) / 100 : (long)percent * total / 100);
    }
}
