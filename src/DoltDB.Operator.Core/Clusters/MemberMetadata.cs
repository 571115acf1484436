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

    /// <summary>What differs: each object as users name it, and how it is written.</summary>
    public IEnumerable<(string Name, Func<CancellationToken, Task<bool>> Apply)> Changes(ClusterFacts facts, DesiredCluster desired)
    {
        var inherited = desired.Inherited;
        var ofPods = inherited.Beside(desired.StatefulSet.Spec?.Template?.Metadata);
        foreach (var member in facts.Members)
        {
            if (member.Pod?.Metadata is { DeletionTimestamp: null } pod && !ofPods.IsOn(pod))
                yield return ($"labels of Pod {pod.Name}", token => ApplyAsync(BuiltInKinds.Pod, new Pod { Metadata = Of(pod, ofPods) }, token));
        }

        foreach (var claim in facts.Claims.Select(claim => claim.Metadata))
        {
            if (claim.DeletionTimestamp is null && !inherited.IsOn(claim))
                yield return ($"labels of PersistentVolumeClaim {claim.Name}", token => ApplyAsync(BuiltInKinds.PersistentVolumeClaim, new PersistentVolumeClaim { Metadata = Of(claim, inherited) }, token));
        }
    }

    private async Task<bool> ApplyAsync<T>(ResourceKind<T> kind, T change, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        try
        {
            await client.ApplyAsync(kind, change, FieldManager, null, cancellationToken);
            return true;
        }
        catch (KubernetesException exception) when (exception.Code is 404 or 409 or 422)
        {
            // Gone, or another one by now: its successor brings a pass of its own.
            return false;
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
