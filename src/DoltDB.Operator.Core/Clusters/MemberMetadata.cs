using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>
/// Gives pods and claims the labels and annotations of their DoltDB in place: in the template they would restart every server, and a claim's
/// template cannot change at all.
/// </summary>
internal sealed class MemberMetadata(IKubernetesClient client)
{
    /// <summary>Owns the inherited entries alone, so that the server removes those that are no longer applied.</summary>
    private const string FieldManager = FieldManagers.Operator + "-inherited";

    /// <summary>Writes what differs.</summary>
    public async Task ApplyAsync(ClusterFacts facts, DesiredCluster desired, CancellationToken cancellationToken)
    {
        var inherited = desired.Inherited;
        var ofPods = inherited.Beside(desired.StatefulSet.Spec?.Template?.Metadata);
        foreach (var member in facts.Members)
        {
            if (member.Pod?.Metadata is { DeletionTimestamp: null } pod && !ofPods.IsOn(pod))
                await ApplyAsync(BuiltInKinds.Pod, new Pod { Metadata = Of(pod, ofPods) }, cancellationToken);
        }

        foreach (var claim in facts.Claims.Select(claim => claim.Metadata))
        {
            if (claim.DeletionTimestamp is null && !inherited.IsOn(claim))
                await ApplyAsync(BuiltInKinds.PersistentVolumeClaim, new PersistentVolumeClaim { Metadata = Of(claim, inherited) }, cancellationToken);
        }
    }

    private async Task ApplyAsync<T>(ResourceKind<T> kind, T change, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        try
        {
            await client.ApplyAsync(kind, change, FieldManager, null, cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code is 404 or 409 or 422)
        {
            // Gone, or another one by now: its successor brings a pass of its own.
        }
    }

    private static ObjectMeta Of(ObjectMeta live, InheritedMetadata inherited) => new()
    {
        Name = live.Name,
        Namespace = live.Namespace,
        Uid = live.Uid,
        Labels = new(inherited.Labels),
        Annotations = inherited.Hash is { } hash ? new(inherited.Annotations) { [ClusterLabels.InheritedHashAnnotation] = hash } : [],
    };
}
