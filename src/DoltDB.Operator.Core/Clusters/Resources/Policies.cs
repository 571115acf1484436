using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>Who may disturb the pods, and who may reach them.</summary>
internal static class Policies
{
    /// <summary>At most one pod may be away by default; a single server has no budget, which would only block the drain of its node.</summary>
    public static PodDisruptionBudget? DisruptionBudget(RenderRequest request)
    {
        if (request.StatefulSetReplicas < 2)
            return null;
        var wanted = request.Spec.PodDisruptionBudget;
        return new PodDisruptionBudget
        {
            Metadata = ClusterResources.Meta(request, ClusterNames.DisruptionBudget(request.Name)),
            Spec = new PodDisruptionBudgetSpec
            {
                MinAvailable = wanted?.MinAvailable,
                MaxUnavailable = wanted?.MinAvailable is null ? wanted?.MaxUnavailable ?? new IntOrString(1) : (IntOrString?)null,
                Selector = new LabelSelector { MatchLabels = Members(request) },

                // A pod that is not ready serves nobody: it must not hold up the drain of its node.
                UnhealthyPodEvictionPolicy = "AlwaysAllow",
            },
        };
    }

    /// <summary>Pods of the Go operator have the common label alone: as long as there are any, others that have it count as members too.</summary>
    private static Dictionary<string, string> Members(RenderRequest request) =>
        request.HasFoundPods ? ClusterLabels.Selector(request.Name) : ClusterLabels.OwnSelector(request.Name);

    /// <summary>The replication port, which knows no password, is open to the members alone.</summary>
    public static NetworkPolicy? NetworkPolicy(RenderRequest request)
    {
        if (!request.Spec.IsReplicated() || !request.Spec.HasNetworkPolicy())
            return null;
        var members = new NetworkPolicyPeer { PodSelector = new LabelSelector { MatchLabels = Members(request) } };
        return new NetworkPolicy
        {
            Metadata = ClusterResources.Meta(request, ClusterNames.NetworkPolicy(request.Name)),
            Spec = new NetworkPolicySpec
            {
                PodSelector = new LabelSelector { MatchLabels = ClusterLabels.OwnSelector(request.Name) },
                PolicyTypes = ["Ingress"],
                Ingress =
                [
                    new NetworkPolicyIngressRule { From = [members], Ports = Ports(request.Spec.ReplicationPort(), request.FormerReplicationPort) },
                    new NetworkPolicyIngressRule { From = Clients(request, members), Ports = Ports(request.Spec.SqlPort(), request.FormerSqlPort) },
                    .. Others(request),
                ],
            },
        };
    }

    /// <summary>Everybody, or those that the user names, the members and the operator.</summary>
    private static IReadOnlyList<NetworkPolicyPeer>? Clients(RenderRequest request, NetworkPolicyPeer members)
    {
        if (request.Spec.NetworkPolicy?.From is not { } from)
            return null;
        var operators = new NetworkPolicyPeer
        {
            NamespaceSelector = new LabelSelector(),
            PodSelector = new LabelSelector { MatchLabels = new() { [ClusterLabels.Name] = ClusterLabels.OperatorName } },
        };
        return [members, operators, .. from.Select(peer => peer.Deserialize(KubernetesJson.Default.NetworkPolicyPeer)!)];
    }

    private static IEnumerable<NetworkPolicyIngressRule> Others(RenderRequest request)
    {
        var ports = new List<NetworkPolicyPort>();
        if (request.Spec.EnabledMetrics() is { } metrics)
            ports.Add(Port(metrics.Port ?? DoltDbDefaults.MetricsPort));
        if (request.Spec.Server?.McpServer is { } mcp)
            ports.Add(Port(mcp.Port ?? DoltDbDefaults.McpPort));
        if (request.Spec.HasProfiler())
            ports.Add(Port(DoltDbDefaults.ProfilerPort));
        return ports.Count > 0 ? [new NetworkPolicyIngressRule { Ports = ports }] : [];
    }

    /// <summary>The port, and the one that some pods still listen on while it changes. By number: not every network knows the names of ports in policies.</summary>
    private static IReadOnlyList<NetworkPolicyPort> Ports(int number, int? former) => former is { } other ? [Port(number), Port(other)] : [Port(number)];

    private static NetworkPolicyPort Port(int number) => new() { Port = number, Protocol = "TCP" };
}
