using System.Text;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>A field that another manager owns with another value.</summary>
/// <param name="Owner">The manager as messages name it: <c>"m1"</c>, with subresource and version where they tell managers apart.</param>
/// <param name="Field">Path of the field, <c>.spec.color</c>.</param>
internal sealed record ApplyConflict(string Owner, string Field)
{
    /// <summary>The cause's message.</summary>
    public string Message => "conflict with " + Owner;
}

/// <summary>Applied fields belong to others; answered with 409, reason Conflict, one FieldManagerConflict cause a conflict.</summary>
internal sealed class ApplyConflictException(IReadOnlyList<ApplyConflict> conflicts) : Exception(Describe(conflicts))
{
    public IReadOnlyList<ApplyConflict> Conflicts { get; } = conflicts;

    private static string Describe(IReadOnlyList<ApplyConflict> conflicts)
    {
        if (conflicts.Count == 1) return $"Apply failed with 1 conflict: {conflicts[0].Message}: {conflicts[0].Field}";
        var text = new StringBuilder($"Apply failed with {conflicts.Count} conflicts: ");
        string? owner = null;
        foreach (var conflict in conflicts)
        {
            if (conflict.Owner != owner)
            {
                if (owner is not null) text.Append('\n');
                text.Append("conflicts with ").Append(conflict.Owner).Append(':');
                owner = conflict.Owner;
            }

            text.Append("\n- ").Append(conflict.Field);
        }

        return text.ToString();
    }
}
