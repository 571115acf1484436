using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Apply;

/// <summary>An object of the wanted name is there, but somebody else controls it. It is left alone.</summary>
public sealed class ForeignObjectException : Exception
{
    /// <summary>Creates the exception for the object and its controller.</summary>
    public ForeignObjectException(string kind, NamespacedName name, OwnerReference controller)
        : base($"{kind} {name} is controlled by {controller.Kind} {controller.Name} (uid {controller.Uid}) and is left alone")
    {
        Kind = kind;
        Name = name;
        Controller = controller;
    }

    /// <summary>Kind of the object.</summary>
    public string Kind { get; }

    /// <summary>Name of the object.</summary>
    public NamespacedName Name { get; }

    /// <summary>Who controls it.</summary>
    public OwnerReference Controller { get; }
}
