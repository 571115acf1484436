using DoltDB.Operator.Api.Schema;

namespace DoltDB.Operator.Api.Meta;

/// <summary>One aspect of an object's state (meta/v1 Condition).</summary>
public sealed record Condition : JsonShape
{
    /// <summary>Type in CamelCase, unique within the object: <c>Ready</c>.</summary>
    [SchemaPattern(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")]
    [SchemaSize(MaxLength = 316)]
    public required string Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    [SchemaEnum("True", "False", "Unknown")]
    public required string Status { get; init; }

    /// <summary>Generation of the spec that the condition was computed from.</summary>
    [SchemaRange(Minimum = 0)]
    public long? ObservedGeneration { get; init; }

    /// <summary>When <see cref="Status"/> last changed.</summary>
    [SchemaRequired]
    public DateTimeOffset? LastTransitionTime { get; init; }

    /// <summary>Why, in one CamelCase word that tools can match.</summary>
    [SchemaPattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    [SchemaSize(MinLength = 1, MaxLength = 1024)]
    public required string Reason { get; init; }

    /// <summary>Why, for people. Never holds a secret.</summary>
    [SchemaSize(MaxLength = 32768)]
    public required string Message { get; init; }
}

/// <summary>Pure helpers on condition lists.</summary>
public static class Conditions
{
    /// <summary><c>True</c>.</summary>
    public const string True = "True";

    /// <summary><c>False</c>.</summary>
    public const string False = "False";

    /// <summary><c>Unknown</c>.</summary>
    public const string Unknown = "Unknown";

    /// <summary>The condition of the given type, or null.</summary>
    public static Condition? Find(this IReadOnlyList<Condition>? conditions, string type) =>
        conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>Whether the condition of the given type is present with status True.</summary>
    public static bool IsTrue(this IReadOnlyList<Condition>? conditions, string type) => conditions.Find(type)?.Status == True;

    /// <summary>
    /// The list with <paramref name="condition"/> in place of the one of its type. The transition time is kept while the
    /// status stays the same and set to <paramref name="now"/> when it changes, so that an unchanged condition stays equal.
    /// </summary>
    public static IReadOnlyList<Condition> With(this IReadOnlyList<Condition>? conditions, Condition condition, DateTimeOffset now)
    {
        var existing = conditions.Find(condition.Type);
        var since = existing is not null && existing.Status == condition.Status ? existing.LastTransitionTime : null;
        var stamped = condition with { LastTransitionTime = since ?? now.WholeSeconds() };
        if (existing is null)
        {
            return [.. conditions ?? [], stamped];
        }

        return [.. conditions!.Select(c => c.Type == condition.Type ? stamped : c)];
    }

    /// <summary>The list without the condition of the given type.</summary>
    public static IReadOnlyList<Condition> Without(this IReadOnlyList<Condition>? conditions, string type) =>
        [.. (conditions ?? []).Where(condition => condition.Type != type)];
}
