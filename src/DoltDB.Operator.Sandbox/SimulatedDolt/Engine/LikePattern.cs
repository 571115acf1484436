namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>SQL LIKE: <c>%</c> any text, <c>_</c> any character, backslash escapes.</summary>
internal static class LikePattern
{
    public static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern, bool ignoreCase = false)
    {
        while (pattern.Length > 0)
        {
            if (pattern[0] == '%')
            {
                for (var skip = 0; skip <= text.Length; skip++)
                    if (Matches(text[skip..], pattern[1..], ignoreCase)) return true;
                return false;
            }

            if (text.Length == 0) return false;
            if (pattern[0] == '\\' && pattern.Length > 1) pattern = pattern[1..];
            else if (pattern[0] == '_')
            {
                text = text[1..];
                pattern = pattern[1..];
                continue;
            }

            if (!Same(text[0], pattern[0], ignoreCase)) return false;
            text = text[1..];
            pattern = pattern[1..];
        }

        return text.Length == 0;
    }

    private static bool Same(char a, char b, bool ignoreCase) => a == b || (ignoreCase && char.ToLowerInvariant(a) == char.ToLowerInvariant(b));
}
