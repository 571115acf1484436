using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>Which of several objects that manage the same thing may: the one that has it already, else the oldest.</summary>
internal static class ConflictRules
{
    /// <summary>The other object that this one gives way to; null when this one may.</summary>
    public static T? Winner<T>(T resource, IReadOnlyList<T> claimants, Func<T, bool> isApplied)
        where T : KubernetesObject
    {
        var first = claimants
            .Where(other => other.Metadata.Uid != resource.Metadata.Uid)
            .Append(resource)
            .OrderByDescending(isApplied)
            .ThenBy(other => other.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
            .ThenBy(other => NamespacedName.Of(other).ToString(), StringComparer.Ordinal)
            .First();
        return first.Metadata.Uid == resource.Metadata.Uid ? null : first;
    }

    /// <summary>What the condition of the one that gives way says.</summary>
    public static SqlProblem Problem(string thing, string kind, KubernetesObject winner) =>
        new(SqlReasons.Conflict, $"{thing} is managed by {kind} {NamespacedName.Of(winner)} already");
}
