using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>References from children to who made them.</summary>
public static class Owners
{
    /// <summary>The reference that makes an object a child of the given one: managed by it, and deleted with it.</summary>
    public static OwnerReference OwnedBy<T>(this ResourceKind<T> kind, T owner)
        where T : class, IKubernetesObject => new()
        {
            ApiVersion = kind.ApiVersion,
            Kind = kind.Kind,
            Name = owner.Metadata.Name ?? "",
            Uid = owner.Metadata.Uid ?? "",
            Controller = true,
            BlockOwnerDeletion = true,
        };
}
