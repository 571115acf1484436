using System.Text.Json;
using System.Text.Json.Serialization;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>A stable address for pods (core/v1).</summary>
public sealed record Service : KubernetesObject
{
    public ServiceSpec? Spec { get; init; }

    public JsonElement? Status { get; init; }
}

/// <summary>Desired state of a Service.</summary>
public sealed record ServiceSpec : JsonShape
{
    public string? Type { get; init; }

    /// <summary>Virtual address; <c>None</c> for a headless Service.</summary>
    [JsonPropertyName("clusterIP")]
    public string? ClusterIP { get; init; }

    public Dictionary<string, string>? Selector { get; init; }

    public IReadOnlyList<ServicePort>? Ports { get; init; }

    public bool? PublishNotReadyAddresses { get; init; }
}

/// <summary>A port of a Service.</summary>
public sealed record ServicePort : JsonShape
{
    public string? Name { get; init; }

    public required int Port { get; init; }

    public IntOrString? TargetPort { get; init; }

    public string? Protocol { get; init; }

    public int? NodePort { get; init; }
}

/// <summary>The addresses behind a Service (discovery.k8s.io/v1).</summary>
public sealed record EndpointSlice : KubernetesObject
{
    public required string AddressType { get; init; }

    public IReadOnlyList<Endpoint>? Endpoints { get; init; }

    public IReadOnlyList<EndpointPort>? Ports { get; init; }
}

/// <summary>One pod behind a Service.</summary>
public sealed record Endpoint : JsonShape
{
    public IReadOnlyList<string>? Addresses { get; init; }

    public EndpointConditions? Conditions { get; init; }

    public string? Hostname { get; init; }

    public string? NodeName { get; init; }

    public ObjectReference? TargetRef { get; init; }
}

/// <summary>Whether traffic may go to an endpoint.</summary>
public sealed record EndpointConditions : JsonShape
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }
}

/// <summary>A port of the endpoints.</summary>
public sealed record EndpointPort : JsonShape
{
    public string? Name { get; init; }

    public int? Port { get; init; }

    public string? Protocol { get; init; }
}

/// <summary>Who may connect to pods (networking.k8s.io/v1).</summary>
public sealed record NetworkPolicy : KubernetesObject
{
    public NetworkPolicySpec? Spec { get; init; }
}

/// <summary>Desired state of a NetworkPolicy.</summary>
public sealed record NetworkPolicySpec : JsonShape
{
    public required LabelSelector PodSelector { get; init; }

    public IReadOnlyList<string>? PolicyTypes { get; init; }

    public IReadOnlyList<NetworkPolicyIngressRule>? Ingress { get; init; }
}

/// <summary>Allowed sources and ports; an absent list allows all.</summary>
public sealed record NetworkPolicyIngressRule : JsonShape
{
    public IReadOnlyList<NetworkPolicyPeer>? From { get; init; }

    public IReadOnlyList<NetworkPolicyPort>? Ports { get; init; }
}

/// <summary>A source.</summary>
public sealed record NetworkPolicyPeer : JsonShape
{
    public LabelSelector? PodSelector { get; init; }

    public LabelSelector? NamespaceSelector { get; init; }

    public JsonElement? IpBlock { get; init; }
}

/// <summary>A port.</summary>
public sealed record NetworkPolicyPort : JsonShape
{
    public IntOrString? Port { get; init; }

    public string? Protocol { get; init; }

    public int? EndPort { get; init; }
}

/// <summary>How many pods a voluntary disruption must leave (policy/v1).</summary>
public sealed record PodDisruptionBudget : KubernetesObject
{
    public PodDisruptionBudgetSpec? Spec { get; init; }

    public JsonElement? Status { get; init; }
}

/// <summary>Desired state of a PodDisruptionBudget.</summary>
public sealed record PodDisruptionBudgetSpec : JsonShape
{
    public IntOrString? MinAvailable { get; init; }

    public IntOrString? MaxUnavailable { get; init; }

    public LabelSelector? Selector { get; init; }

    /// <summary>Whether pods that are not ready may be evicted whatever the budget says: <c>IfHealthyBudget</c> (the server's default) or <c>AlwaysAllow</c>.</summary>
    public string? UnhealthyPodEvictionPolicy { get; init; }
}

/// <summary>How many pods a budget may still lose (policy/v1).</summary>
public sealed record PodDisruptionBudgetStatus : JsonShape
{
    public long? ObservedGeneration { get; init; }

    /// <summary>Pods whose eviction was accepted, and when, until their deletion is seen.</summary>
    public Dictionary<string, DateTimeOffset>? DisruptedPods { get; init; }

    public int? DisruptionsAllowed { get; init; }

    public int? CurrentHealthy { get; init; }

    public int? DesiredHealthy { get; init; }

    public int? ExpectedPods { get; init; }

    public IReadOnlyList<Condition>? Conditions { get; init; }
}
