using System.Text.Json;
using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Controllers.Endpoints;

/// <summary>The addresses behind a Service, from its pods. Pure.</summary>
internal static class EndpointSlices
{
    public const string ServiceNameLabel = "kubernetes.io/service-name";
    public const string TriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

    private const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    private const string HeadlessLabel = "service.kubernetes.io/headless";
    private const string Manager = "endpointslice-controller.k8s.io";
    private const string Headless = "None";

    /// <summary>The slices that the Service needs: one for each way in which its ports resolve, and one when it has no pods.</summary>
    public static IReadOnlyList<EndpointSlice> Render(Service service, IEnumerable<Pod> pods)
    {
        var groups = pods
            .Where(static pod => pod.Status?.PodIP is { Length: > 0 } && !pod.IsFinished())
            .OrderBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)
            .Select(pod => (Pod: pod, Ports: Resolve(service, pod)))
            .GroupBy(static entry => string.Join(',', entry.Ports.Select(static port => $"{port.Name}/{port.Protocol}/{port.Port}")))
            .Select(group => Slice(service, group.First().Ports, [.. group.Select(entry => Endpoint(service, entry.Pod))]))
            .ToList();
        return groups.Count > 0 ? groups : [Slice(service, [], [])];
    }

    /// <summary>Whether both slices say the same; what else is in their metadata does not count.</summary>
    public static bool Same(EndpointSlice left, EndpointSlice right) => JsonNode.DeepEquals(Content(left), Content(right));

    private static EndpointSlice Slice(Service service, IReadOnlyList<EndpointPort> ports, IReadOnlyList<Endpoint> endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            GenerateName = service.Metadata.Name + "-",
            Namespace = service.Metadata.Namespace,
            Labels = Labels(service),
            OwnerReferences = [Owners.Controlling(BuiltInKinds.Service, service)],
        },
        AddressType = "IPv4",
        Endpoints = endpoints,
        Ports = ports,
    };

    private static Dictionary<string, string> Labels(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels ?? [])
        {
            [ServiceNameLabel] = service.Metadata.Name!,
            [ManagedByLabel] = Manager,
        };
        if (service.Spec?.ClusterIP == Headless)
            labels[HeadlessLabel] = "";
        return labels;
    }

    private static Endpoint Endpoint(Service service, Pod pod)
    {
        var isTerminating = pod.IsTerminating();
        var isServing = pod.HasReadyCondition();
        return new Endpoint
        {
            Addresses = [pod.Status!.PodIP!],
            Conditions = new EndpointConditions
            {
                Ready = service.Spec?.PublishNotReadyAddresses == true || (isServing && !isTerminating),
                Serving = isServing,
                Terminating = isTerminating,
            },
            Hostname = pod.Spec?.Subdomain == service.Metadata.Name ? pod.Spec?.Hostname : null,
            NodeName = pod.Spec?.NodeName,
            TargetRef = BuiltInKinds.Pod.ReferenceTo(pod) with { ApiVersion = null, ResourceVersion = null },
        };
    }

    /// <summary>The ports as this pod's containers name them; a name that no container has is left out.</summary>
    private static List<EndpointPort> Resolve(Service service, Pod pod)
    {
        var resolved = new List<EndpointPort>();
        foreach (var port in service.Spec?.Ports ?? [])
        {
            var protocol = port.Protocol ?? "TCP";
            var number = port.TargetPort switch
            {
                null => port.Port,
                { Text: { } name } => Named(pod, name, protocol),
                { Number: { } given } => given == 0 ? port.Port : given,
                _ => null,
            };
            if (number is not null)
                resolved.Add(new EndpointPort { Name = port.Name ?? "", Port = number, Protocol = protocol });
        }

        return resolved;
    }

    private static int? Named(Pod pod, string name, string protocol) => (pod.Spec?.Containers ?? [])
        .SelectMany(static container => container.Ports ?? [])
        .FirstOrDefault(port => port.Name == name && (port.Protocol ?? "TCP") == protocol)?.Number;

    private static JsonNode? Content(EndpointSlice slice) => JsonSerializer.SerializeToNode(
        new EndpointSlice
        {
            Metadata = new ObjectMeta { Labels = slice.Metadata.Labels },
            AddressType = slice.AddressType,
            Endpoints = slice.Endpoints ?? [],
            Ports = slice.Ports ?? [],
        },
        KubernetesJson.Default.EndpointSlice);
}
