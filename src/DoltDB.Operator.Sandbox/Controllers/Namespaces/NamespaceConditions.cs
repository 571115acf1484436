using System.Globalization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Controllers.Namespaces;

/// <summary>What is left in a namespace that is being deleted.</summary>
/// <param name="Resource">Plural and group, <c>widgets.example.com</c>.</param>
/// <param name="Finalizers">Finalizers of one of the objects.</param>
internal sealed record Leftover(string Resource, IReadOnlyList<string> Finalizers);

/// <summary>The conditions that say why a namespace is not gone yet. Pure.</summary>
internal static class NamespaceConditions
{
    /// <summary>The conditions for what is left.</summary>
    public static IReadOnlyList<Condition> Of(IReadOnlyList<Leftover> left, IReadOnlyList<Condition>? before, DateTimeOffset now)
    {
        var remaining = Counted(left.Select(static one => one.Resource), "{0} has {1} resource instances");
        var finalizers = Counted(left.SelectMany(static one => one.Finalizers), "{0} in {1} resource instances");
        Condition[] wanted =
        [
            Failure("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
            Failure("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
            Failure("NamespaceDeletionContentFailure", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
            Presence("NamespaceContentRemaining", remaining, "SomeResourcesRemain", "Some resources are remaining: ", "ContentRemoved", "All content successfully removed"),
            Presence(
                "NamespaceFinalizersRemaining",
                finalizers,
                "SomeFinalizersRemain",
                "Some content in the namespace has finalizers remaining: ",
                "ContentHasNoFinalizers",
                "All content-preserving finalizers finished"),
        ];
        return wanted.Aggregate(before ?? [], (conditions, condition) => conditions.With(condition, now));
    }

    private static Condition Failure(string type, string reason, string message) =>
        new() { Type = type, Status = Conditions.False, Reason = reason, Message = message };

    private static Condition Presence(string type, string list, string reason, string prefix, string emptyReason, string emptyMessage) => new()
    {
        Type = type,
        Status = list.Length > 0 ? Conditions.True : Conditions.False,
        Reason = list.Length > 0 ? reason : emptyReason,
        Message = list.Length > 0 ? prefix + list : emptyMessage,
    };

    private static string Counted(IEnumerable<string> names, string format) => string.Join(", ", names
        .GroupBy(static name => name)
        .OrderBy(static group => group.Key, StringComparer.Ordinal)
        .Select(group => string.Format(CultureInfo.InvariantCulture, format, group.Key, group.Count())));
}
