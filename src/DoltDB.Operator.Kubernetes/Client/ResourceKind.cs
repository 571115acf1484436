using System.Text.Json.Serialization.Metadata;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>
/// Where an API server keeps a kind and how its objects are read and written: all that a generic client needs to know.
/// </summary>
/// <param name="Group">API group; empty for core.</param>
/// <param name="Version">API version, <c>v1</c>.</param>
/// <param name="Kind">Kind, <c>StatefulSet</c>.</param>
/// <param name="Plural">Name in URLs, <c>statefulsets</c>.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
/// <param name="TypeInfo">Source-generated JSON contract of one object.</param>
public sealed record ResourceKind<T>(string Group, string Version, string Kind, string Plural, bool Namespaced, JsonTypeInfo<T> TypeInfo)
    where T : class, IKubernetesObject
{
    /// <summary>Whether lists and watches ask the server for the metadata of the objects only: what they hold never leaves it.</summary>
    public bool IsMetadataOnly { get; init; }

    /// <summary>Whether objects are read with <c>metadata.managedFields</c>, among the members that their type does not declare.</summary>
    public bool KeepsManagedFields { get; init; }

    /// <summary>Group and version as in an object's <c>apiVersion</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Path of the collection: <c>/apis/apps/v1/namespaces/NS/statefulsets</c>; all namespaces when none is given.</summary>
    public string CollectionPath(string? ns)
    {
        var root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        return Namespaced && !string.IsNullOrEmpty(ns) ? $"{root}/namespaces/{Uri.EscapeDataString(ns)}/{Plural}" : $"{root}/{Plural}";
    }

    /// <summary>Path of one object, with an optional subresource such as <c>status</c>.</summary>
    public string ObjectPath(NamespacedName name, string? subresource = null)
    {
        var path = $"{CollectionPath(name.Namespace)}/{Uri.EscapeDataString(name.Name)}";
        return subresource is null ? path : $"{path}/{subresource}";
    }
}
