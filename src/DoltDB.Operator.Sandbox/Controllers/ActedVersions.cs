using System.Collections.Concurrent;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>
/// The versions of objects that were acted on. While a cache still shows such a version it lags behind the own write, and acting on it
/// again would only repeat that.
/// </summary>
internal sealed class ActedVersions
{
    private readonly ConcurrentDictionary<NamespacedName, string> versions = new();

    /// <summary>Whether this very version was acted on.</summary>
    public bool Contains(IKubernetesObject resource) =>
        versions.TryGetValue(NamespacedName.Of(resource), out var version) && version == resource.Metadata.ResourceVersion;

    /// <summary>Says that this version was acted on.</summary>
    public void Add(IKubernetesObject resource) => versions[NamespacedName.Of(resource)] = resource.Metadata.ResourceVersion ?? "";

    /// <summary>Forgets an object that is gone or needs no care any more.</summary>
    public void Forget(NamespacedName name) => versions.TryRemove(name, out _);
}
