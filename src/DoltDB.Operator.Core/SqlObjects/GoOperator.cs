using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>Objects that the Go operator looked after before: it puts the finalizer on what it has made, and its status remembers nothing else.</summary>
internal static class GoOperator
{
    /// <summary>Whether it made the object's counterpart, and this operator has not looked at it yet.</summary>
    public static bool Made(KubernetesObject resource, SqlObjectStatus? status, string finalizer) =>
        status is { ObservedGeneration: null } && status.Conditions.IsTrue(SqlReasons.Ready) && resource.Metadata.Finalizers?.Contains(finalizer) == true;
}
