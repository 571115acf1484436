using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Clusters.Resources;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>How many servers run now, in which mode, and what their configurations name. Scaling is a sequence of such topologies.</summary>
/// <param name="IsReplicated">Whether the servers form a cluster, so that roles matter.</param>
/// <param name="SetReplicas">Servers that the StatefulSet runs.</param>
/// <param name="ConfigReplicas">Servers that the configurations name.</param>
/// <param name="Spec">The spec that is rendered: the user's, or the user's with what must stay for now.</param>
/// <param name="Waiting">Why this is not what the user wants yet; null when it is.</param>
internal sealed record ClusterTopology(bool IsReplicated, int SetReplicas, int ConfigReplicas, DoltDbSpec Spec, string? Waiting)
{
    /// <summary>
    /// The topology of this pass. Servers go away only after the primary is among those that stay; the mode changes only while the primary is the
    /// server that remains. New servers come only while there is a primary: a kept volume may remember a role of an earlier life, and must find
    /// somebody above it.
    /// </summary>
    public static ClusterTopology Of(ClusterFacts facts, PrimaryDecision? primary)
    {
        var spec = facts.Spec;
        var wanted = spec.EffectiveReplicas();
        var present = Present(facts);
        var settled = (primary as PrimaryDecision.Settled)?.Ordinal;
        if (spec.IsReplicated())
        {
            var held = facts.Status.PrimaryEpoch is null ? present : Math.Max(present, (facts.Status.CurrentPrimaryPodIndex ?? 0) + 1);
            if (held > wanted && IsLiveReplicated(facts) && !(settled < wanted))
                return new ClusterTopology(true, held, held, spec, $"the cluster shrinks to {wanted} once its primary is among the servers that stay");
            var isKept = facts.Set is not null || facts.Status.PrimaryEpoch is null;
            if (isKept && present < wanted && settled is null && facts.Status.CurrentPrimaryPodIndex < present)
                return new ClusterTopology(true, present, wanted, spec, $"the cluster grows to {wanted} once the server that holds the data is primary");
            var configured = Math.Max(wanted, IsLiveReplicated(facts) ? PodCount(facts) : 0);
            return new ClusterTopology(true, wanted, configured, spec, configured > wanted ? $"waiting for the pods above {wanted} to end" : null);
        }

        // While the StatefulSet is made anew the pods alone tell, and the one that holds the data may be away. One server alone is no cluster: Dolt refuses that.
        var remaining = Math.Max(present, (facts.Status.CurrentPrimaryPodIndex ?? 0) + 1);
        if (IsLiveReplicated(facts) && present > 0 && remaining > 1 && settled is not 0)
        {
            var replicated = spec with { Replication = (spec.Replication ?? new ReplicationOptions()) with { Enabled = true }, Replicas = remaining };
            return new ClusterTopology(true, remaining, remaining, replicated, "replication ends once the server of ordinal 0 is the primary");
        }

        return new ClusterTopology(false, wanted, wanted, spec, null);
    }

    /// <summary>Whether the servers that run were made for replication.</summary>
    public static bool IsLiveReplicated(ClusterFacts facts)
    {
        var annotations = facts.Set?.Spec?.Template?.Metadata?.Annotations
            ?? facts.Members.FirstOrDefault(member => member.Pod is not null)?.Pod?.Metadata.Annotations;
        return annotations?.GetValueOrDefault(ClusterLabels.ReplicationAnnotation) == "true";
    }

    /// <summary>Servers that run, by the StatefulSet or, while there is none, by their pods.</summary>
    public static int Present(ClusterFacts facts) => facts.Set?.Spec?.Replicas ?? PodCount(facts);

    private static int PodCount(ClusterFacts facts) =>
        facts.Members.Where(member => member.Pod is not null).Select(member => member.Ordinal + 1).DefaultIfEmpty(0).Max();
}
