using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Kubernetes.Caching;

/// <summary>Where controllers get their caches from.</summary>
public interface ICacheSource
{
    /// <summary>The cache of the kind; the options of the first who asks hold, later ones must leave them out or name the same selector.</summary>
    IObjectCache<T> Get<T>(ResourceKind<T> kind, CacheOptions<T>? options = null)
        where T : class, IKubernetesObject;
}
