using DoltDB.Operator.Api;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>The Services of a cluster.</summary>
internal static class Services
{
    /// <summary>The headless Service, and those for clients: write and read with replication, one named like the cluster without; one for metrics.</summary>
    public static IReadOnlyList<Service> Render(RenderRequest request)
    {
        var name = request.Name;
        if (!request.Spec.IsReplicated())
        {
            // Servers that share nothing, or that are still going away, must not take turns, nor may pods of others that have the common label.
            var selector = ClusterLabels.Selector(name);
            selector[ClusterLabels.PodName] = ClusterNames.Pod(name, 0);
            return [Headless(request), ForClients(request, name, selector), .. Metrics(request)];
        }

        var writers = ClusterLabels.Selector(name);
        writers[ClusterLabels.Role] = ClusterLabels.Primary;
        writers[ClusterLabels.PodName] = ClusterNames.Pod(name, request.RoutedOrdinal);
        var readers = ClusterLabels.Selector(name);
        readers[ClusterLabels.Role] = ClusterLabels.Standby;
        return [Headless(request), ForClients(request, ClusterNames.Primary(name), writers), ForClients(request, ClusterNames.Reader(name), readers), .. Metrics(request)];
    }

    /// <summary>Servers must find each other before they are ready: replication resumes before readiness.</summary>
    private static Service Headless(RenderRequest request) => new()
    {
        Metadata = ClusterResources.Meta(request, ClusterNames.Internal(request.Name)),
        Spec = new ServiceSpec
        {
            ClusterIP = "None",
            PublishNotReadyAddresses = true,
            Selector = ClusterLabels.Selector(request.Name),
            Ports =
            [
                Port(ClusterLabels.SqlPortName, request.Spec.SqlPort()),
                Port(ClusterLabels.RemotesApiPortName, request.Spec.ReplicationPort(), isNamedByPods: false),
                .. McpPort(request),
            ],
        },
    };

    /// <summary>A Service of its own, for clients of the others choose by number of ports; headless, so that each server is scraped.</summary>
    private static IEnumerable<Service> Metrics(RenderRequest request) => request.Spec.EnabledMetrics() is not { } metrics ? [] :
    [
        new Service
        {
            Metadata = ClusterResources.Meta(request, ClusterNames.Metrics(request.Name)),
            Spec = new ServiceSpec
            {
                ClusterIP = "None",
                PublishNotReadyAddresses = true,
                Selector = ClusterLabels.Selector(request.Name),
                Ports = [Port(ClusterLabels.MetricsPortName, metrics.Port ?? DoltDbDefaults.MetricsPort)],
            },
        },
    ];

    private static Service ForClients(RenderRequest request, string name, Dictionary<string, string> selector) => new()
    {
        Metadata = ClusterResources.Meta(request, name),
        Spec = new ServiceSpec
        {
            Type = "ClusterIP",
            Selector = selector,
            Ports = [Port(ClusterLabels.SqlPortName, request.Spec.SqlPort()), .. McpPort(request)],
        },
    };

    private static IEnumerable<ServicePort> McpPort(RenderRequest request) =>
        request.Spec.Server?.McpServer is { } mcp ? [Port(ClusterLabels.McpPortName, mcp.Port ?? DoltDbDefaults.McpPort)] : [];

    /// <summary>
    /// While a port changes each pod listens on the one that it was made with, and names it: the Service follows pod by pod. Pods of the Go operator name all but
    /// the replication port, which servers reach without the Service.
    /// </summary>
    private static ServicePort Port(string name, int number, bool isNamedByPods = true) =>
        new() { Name = name, Port = number, TargetPort = isNamedByPods ? name : number, Protocol = "TCP" };
}
