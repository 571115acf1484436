using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Sandbox.Controllers.Garbage;

/// <summary>An object of any kind, as far as its owners and its deletion go.</summary>
internal sealed record DependentObject : IKubernetesObject
{
    /// <inheritdoc/>
    public string? ApiVersion { get; init; }

    /// <inheritdoc/>
    public string? Kind { get; init; }

    /// <inheritdoc/>
    public required ObjectMeta Metadata { get; init; }

    /// <summary>Forgets what collection does not need, so that a cache of everything stays small.</summary>
    public static DependentObject Slim(DependentObject resource) => resource with
    {
        Metadata = new ObjectMeta
        {
            Name = resource.Metadata.Name,
            Namespace = resource.Metadata.Namespace,
            Uid = resource.Metadata.Uid,
            ResourceVersion = resource.Metadata.ResourceVersion,
            DeletionTimestamp = resource.Metadata.DeletionTimestamp,
            OwnerReferences = resource.Metadata.OwnerReferences,
            Finalizers = resource.Metadata.Finalizers,
        },
    };
}

/// <summary>A CustomResourceDefinition, as far as it says what objects there may be.</summary>
internal sealed record CustomDefinition : KubernetesObject
{
    /// <summary>The kind of definitions.</summary>
    public static readonly ResourceKind<CustomDefinition> Resource = new(
        "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false, ControllerJson.Default.CustomDefinition);

    public required CustomDefinitionSpec Spec { get; init; }

    /// <summary>The kind that is defined, in the version that is stored.</summary>
    public ResourceKind<DependentObject> Defined() => new(
        Spec.Group,
        (Spec.Versions.FirstOrDefault(static version => version.Storage == true) ?? Spec.Versions[0]).Name,
        Spec.Names.Kind,
        Spec.Names.Plural,
        Spec.Scope == "Namespaced",
        ControllerJson.Default.DependentObject);
}

/// <summary>What is defined.</summary>
internal sealed record CustomDefinitionSpec : JsonShape
{
    public required string Group { get; init; }

    public required string Scope { get; init; }

    public required CustomDefinitionNames Names { get; init; }

    public required IReadOnlyList<CustomDefinitionVersion> Versions { get; init; }
}

/// <summary>Names of the defined kind.</summary>
internal sealed record CustomDefinitionNames : JsonShape
{
    public required string Kind { get; init; }

    public required string Plural { get; init; }
}

/// <summary>One version of the defined kind.</summary>
internal sealed record CustomDefinitionVersion : JsonShape
{
    public required string Name { get; init; }

    public bool? Storage { get; init; }
}
