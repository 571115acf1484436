using System.Buffers;
using System.Globalization;

namespace DoltDB.Operator.Sql.Drivers.Dolt;

/// <summary>What the branches and the ignore patterns of a database may be called.</summary>
internal static class DoltDatabaseRules
{
    private const int LongestName = 255;
    private static readonly SearchValues<char> s_forbiddenInBranch = SearchValues.Create("~^:?*[\\");

    /// <exception cref="DriverException">Invalid.</exception>
    public static void Check(DatabaseDefinition database)
    {
        foreach (var branch in database.Branches)
            CheckBranch(branch);
        foreach (var pattern in database.IgnorePatterns)
            CheckPattern(pattern);
    }

    // Branches are named by the rules of Git.
    private static void CheckBranch(string name)
    {
        if (name.Length is 0 or > LongestName)
            throw NameRules.Invalid(string.Create(CultureInfo.InvariantCulture, $"a branch name has 1 to {LongestName} characters"));
        if (name.Any(character => character is <= ' ' or > '~') || name.AsSpan().ContainsAny(s_forbiddenInBranch))
            throw NameRules.Invalid($"branch name {Printable(name)} holds a character that no branch name may hold");
        if (name[0] is '-' or '/' or '.' || name[^1] is '/' or '.' || name is "HEAD" or "@"
            || name.Contains("..", StringComparison.Ordinal) || name.Contains("//", StringComparison.Ordinal) || name.Contains("/.", StringComparison.Ordinal)
            || name.Contains("@{", StringComparison.Ordinal) || name.EndsWith(".lock", StringComparison.Ordinal))
            throw NameRules.Invalid($"{name} cannot be the name of a branch");
    }

    private static void CheckPattern(string pattern)
    {
        if (pattern.Length is 0 or > LongestName || pattern.Any(char.IsControl) || pattern.Any(char.IsSurrogate))
            throw NameRules.Invalid($"ignore pattern {Printable(pattern)} is empty, too long or holds a character that no table name may hold");
    }

    private static string Printable(string text) => string.Concat(text.Where(character => !char.IsControl(character)));
}
