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
                Selector = new LabelSelector { MatchLabels = request.HasFoundPods ? ClusterLabels.Selector(request.Name) : ClusterLabels.OwnSelector(request.Name) },
            },
        };
    }

    /// <summary>The replication port, which knows no password, is open to the members alone.</summary>
    public static NetworkPolicy? NetworkPolicy(RenderRequest request)
    {
        if (!request.Spec.IsReplicated() || !request.Spec.HasNetworkPolicy())
            return null;
        var members = new NetworkPolicyPeer { PodSelector = new LabelSelector { MatchLabels = ClusterLabels.Selector(request.Name) } };
        return new NetworkPolicy
        {
            Metadata = ClusterResources.Meta(request, ClusterNames.NetworkPolicy(request.Name)),
            Spec = new NetworkPolicySpec
            {
                PodSelector = new LabelSelector { MatchLabels = ClusterLabels.OwnSelector(request.Name) },
                PolicyTypes = ["Ingress"],
                Ingress =
                [
                    new NetworkPolicyIngressRule { From = [members], Ports = [Port(request.Spec.ReplicationPort())] },
                    new NetworkPolicyIngressRule { From = Clients(request, members), Ports = [Port(request.Spec.SqlPort())] },
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

    private static NetworkPolicyPort Port(int number) => new() { Port = number, Protocol = "TCP" };
}
