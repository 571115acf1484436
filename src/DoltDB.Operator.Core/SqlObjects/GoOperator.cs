using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>Objects that the Go operator looked after before: it puts the finalizer on what it has made, and its status remembers nothing else.</summary>
internal static class GoOperator
{
    /// <summary>
    /// Whether it made the object's counterpart, and this operator has not looked at it yet. Its conditions count whatever they say: it finds fault with what
    /// it made before, too. An object without any is this operator's own, between its finalizer and its first status.
    /// </summary>
    public static bool Made(KubernetesObject resource, SqlObjectStatus? status, string? appliedServer, string finalizer) =>
        appliedServer is null && status is { ObservedGeneration: null, Conditions.Count: > 0 } && resource.Metadata.Finalizers?.Contains(finalizer) == true;
}
