using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Kubernetes.Events;

/// <summary>Whether an event reports something usual.</summary>
public enum EventType
{
    /// <summary>Something happened as it should.</summary>
    Normal,

    /// <summary>Somebody may have to look.</summary>
    Warning,
}

/// <summary>Tells users what happened to an object. Never throws and never waits.</summary>
public interface IEventRecorder
{
    /// <summary>
    /// Records an event. The same event of the same object within ten minutes counts up instead of appearing again.
    /// <paramref name="reason"/> is one CamelCase word, <paramref name="message"/> a sentence without secrets.
    /// </summary>
    void Record(ObjectReference regarding, EventType type, string reason, string message);
}

/// <summary>Recording for typed objects.</summary>
public static class EventRecorderExtensions
{
    /// <summary>Records an event of the given object.</summary>
    public static void Record<T>(this IEventRecorder recorder, ResourceKind<T> kind, T regarding, EventType type, string reason, string message)
        where T : class, IKubernetesObject => recorder.Record(kind.ReferenceTo(regarding), type, reason, message);

    /// <summary>The reference that names an object of this kind.</summary>
    public static ObjectReference ReferenceTo<T>(this ResourceKind<T> kind, T resource)
        where T : class, IKubernetesObject => new()
        {
            ApiVersion = kind.ApiVersion,
            Kind = kind.Kind,
            Namespace = resource.Metadata.Namespace,
            Name = resource.Metadata.Name,
            Uid = resource.Metadata.Uid,
            ResourceVersion = resource.Metadata.ResourceVersion,
        };
}
