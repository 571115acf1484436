using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Apply;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>The StatefulSet of a cluster.</summary>
internal static class StatefulSets
{
    /// <summary>The set and the hash of its pod template.</summary>
    public static (StatefulSet Set, string TemplateHash) Render(RenderRequest request)
    {
        var spec = request.Spec;
        var template = PodTemplates.Render(request, spec.EffectiveUpdateStrategy() == "Never" ? null : ServerConfigurations.Hash(request));
        var hash = CanonicalJson.Hash(JsonSerializer.SerializeToElement(template, KubernetesJson.Default.PodTemplateSpec));
        var annotations = Annotations(request);
        if (request.AdoptedTemplateHash is { } adopted)
            annotations[ClusterLabels.AdoptedTemplateHashAnnotation] = adopted;
        var metadata = ClusterResources.Meta(request, request.Name, annotations);
        metadata.Labels![ClusterLabels.Version] = Version(spec);
        var set = new StatefulSet
        {
            Metadata = metadata,
            Spec = new StatefulSetSpec
            {
                Replicas = request.StatefulSetReplicas,
                ServiceName = ClusterNames.Internal(request.Name),
                PodManagementPolicy = "Parallel",
                Selector = new LabelSelector { MatchLabels = ClusterLabels.Selector(request.Name) },
                UpdateStrategy = new StatefulSetUpdateStrategy { Type = spec.EffectiveUpdateStrategy() == "RollingUpdate" ? "RollingUpdate" : "OnDelete" },
                PersistentVolumeClaimRetentionPolicy = new PersistentVolumeClaimRetentionPolicy
                {
                    WhenDeleted = spec.RetentionWhenDeleted(),
                    WhenScaled = spec.RetentionWhenScaled(),
                },
                Template = WithHashes(request, template, hash),
                VolumeClaimTemplates = [Claim(request)],
            },
        };
        return (set, hash);
    }

    /// <summary>The annotations that set and pods share.</summary>
    internal static Dictionary<string, string> Annotations(RenderRequest request) => new()
    {
        [ClusterLabels.ClusterAnnotation] = request.Name,
        [ClusterLabels.ReplicationAnnotation] = request.Spec.IsReplicated() ? "true" : "false",
    };

    /// <summary>The engine version as a label value: what a label cannot hold becomes a dash.</summary>
    internal static string Version(DoltDbSpec spec)
    {
        var text = new string([.. (spec.EngineVersion ?? "").Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')]);
        return (text.Length > 63 ? text[..63] : text).Trim('.', '-', '_');
    }

    /// <summary>What servers take without a restart is no part of the hash that says which pods are as wanted; where the set itself replaces pods, any annotation would be.</summary>
    private static PodTemplateSpec WithHashes(RenderRequest request, PodTemplateSpec template, string hash)
    {
        var annotations = new Dictionary<string, string>(template.Metadata!.Annotations!) { [ClusterLabels.TemplateHashAnnotation] = hash };
        if (request.Spec.EffectiveUpdateStrategy() != "RollingUpdate")
            annotations[ClusterLabels.DynamicHashAnnotation] = ServerConfigurations.DynamicHash(request);
        return template with { Metadata = template.Metadata with { Annotations = annotations } };
    }

    /// <summary>
    /// The claim that is made from the VolumeSnapshot, once and for ordinal 0 alone: a volume remembers the role of its server, and the same
    /// memory in every server would be as many primaries. The others start empty and get the data by replication.
    /// </summary>
    public static PersistentVolumeClaim? RestoredClaim(RenderRequest request)
    {
        if (!request.BeginsWithoutVolumes || request.Spec.Storage?.VolumeSnapshot is not { Length: > 0 } snapshot)
            return null;
        var claim = Claim(request);
        return claim with
        {
            Metadata = claim.Metadata with { Name = ClusterNames.Claim(request.Name, 0), Namespace = request.Namespace },
            Spec = claim.Spec! with { DataSource = new TypedLocalObjectReference { ApiGroup = "snapshot.storage.k8s.io", Kind = "VolumeSnapshot", Name = snapshot } },
        };
    }

    private static PersistentVolumeClaim Claim(RenderRequest request) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = ClusterNames.DataVolume,
            Labels = new() { [ClusterLabels.Name] = request.Name, [ClusterLabels.ClaimRole] = ClusterLabels.ClaimRoleData },
        },
        Spec = new PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            StorageClassName = request.StorageClassName,
            Resources = new VolumeResourceRequirements { Requests = new() { ["storage"] = request.ClaimSize } },
        },
    };
}
