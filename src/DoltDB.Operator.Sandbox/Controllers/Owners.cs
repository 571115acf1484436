using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>References to owners, and the patches that change them.</summary>
internal static class Owners
{
    /// <summary>The reference to an owner that manages the dependent.</summary>
    public static OwnerReference Controlling<T>(ResourceKind<T> kind, T owner)
        where T : class, IKubernetesObject => new()
        {
            ApiVersion = kind.ApiVersion,
            Kind = kind.Kind,
            Name = owner.Metadata.Name!,
            Uid = owner.Metadata.Uid!,
            Controller = true,
            BlockOwnerDeletion = true,
        };

    /// <summary>The merge patch that replaces the owners of this version of the object.</summary>
    public static JsonObject Patch(ObjectMeta metadata, IEnumerable<OwnerReference> owners) => OfVersion(metadata, new JsonObject
    {
        ["ownerReferences"] = new JsonArray([.. owners.Select(static owner => JsonSerializer.SerializeToNode(owner, KubernetesJson.Default.OwnerReference))]),
    });

    /// <summary>The merge patch that replaces the finalizers of this version of the object.</summary>
    public static JsonObject PatchFinalizers(ObjectMeta metadata, IEnumerable<string> finalizers) => OfVersion(metadata, new JsonObject
    {
        ["finalizers"] = new JsonArray([.. finalizers.Select(static finalizer => (JsonNode)finalizer)]),
    });

    private static JsonObject OfVersion(ObjectMeta metadata, JsonObject changes)
    {
        changes["uid"] = metadata.Uid;
        changes["resourceVersion"] = metadata.ResourceVersion;
        return new JsonObject { ["metadata"] = changes };
    }
}
