using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>One pass over one object: the newest state of it, and what may be done to it.</summary>
internal sealed class SqlPass<T>(T resource, ISqlObjectKind<T> kind, IKubernetesClient client, IEventRecorder events)
    where T : KubernetesObject
{
    private T saved = resource;

    /// <summary>The object as it is now, saved or not.</summary>
    public T Object { get; private set; } = resource;

    /// <summary>Namespace and name.</summary>
    public NamespacedName Key => NamespacedName.Of(Object);

    /// <summary>Takes over a new state, to be saved at the end of the pass.</summary>
    public void Set(T changed) => Object = changed;

    /// <summary>Writes the status now, if it differs: for what must survive a crash in the effect that follows.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (kind.StatusText(saved) == kind.StatusText(Object))
            return;
        Object = saved = await client.ReplaceAsync(kind.Kind, Object, "status", cancellationToken);
    }

    /// <summary>Puts the finalizer on the object, or takes it off; the status that is not saved yet is kept.</summary>
    public async Task SetFinalizerAsync(bool isHeld, CancellationToken cancellationToken)
    {
        var others = (Object.Metadata.Finalizers ?? []).Where(finalizer => finalizer != kind.Finalizer);
        var patch = Finalizers.Patch(Object.Metadata, isHeld ? others.Append(kind.Finalizer) : others);
        Object = saved = await client.MergePatchAsync(kind.Kind, Key, patch, null, cancellationToken);
    }

    /// <summary>Tells the user what happened.</summary>
    public void Record(EventType type, string reason, string message) => events.Record(kind.Kind, Object, type, reason, message);
}
