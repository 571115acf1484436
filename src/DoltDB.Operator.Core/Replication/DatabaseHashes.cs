namespace DoltDB.Operator.Core.Replication;

/// <summary>Compares what servers hold: hashes of databases by their names.</summary>
internal static class DatabaseHashes
{
    /// <summary>Whether every wanted database is held, with the same rows.</summary>
    public static bool HoldAll(this IReadOnlyDictionary<string, string> held, IReadOnlyDictionary<string, string> wanted) => !held.DifferFrom(wanted).Any();

    /// <summary>Names of the wanted databases that are not held, or with other rows.</summary>
    public static IEnumerable<string> DifferFrom(this IReadOnlyDictionary<string, string> held, IReadOnlyDictionary<string, string> wanted) =>
        wanted.Where(pair => !held.TryGetValue(pair.Key, out var hash) || hash != pair.Value).Select(static pair => pair.Key);
}
