using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Controllers;

/// <summary>Brings the object of a key to its desired state. Never runs twice at once for one key.</summary>
public interface IReconciler
{
    /// <summary>
    /// One pass. The object may be gone. A thrown exception repeats the pass after a back-off; a Kubernetes conflict (409) repeats it at
    /// once and is no error.
    /// </summary>
    Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken);
}

/// <summary>What a pass asks for.</summary>
/// <param name="RequeueAfter">When to look again without an event; null when events suffice.</param>
public readonly record struct ReconcileResult(TimeSpan? RequeueAfter)
{
    /// <summary>Nothing to do until something changes.</summary>
    public static ReconcileResult Done => default;

    /// <summary>Look again after the delay.</summary>
    public static ReconcileResult After(TimeSpan delay) => new(delay);
}
