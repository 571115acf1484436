namespace DoltDB.Operator.Api.Meta;

/// <summary>Namespace and name: the key of an object within its kind. The namespace is empty for cluster-scoped kinds.</summary>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    /// <summary>The key of the given object.</summary>
    public static NamespacedName Of(IKubernetesObject resource) => new(resource.Metadata.Namespace ?? "", resource.Metadata.Name ?? "");

    /// <inheritdoc/>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
