using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Controllers.Storage;
using ClusterNode = DoltDB.Operator.Kubernetes.Objects.Node;

namespace DoltDB.Operator.Sandbox.Controllers;

/// <summary>What a cluster has before anybody uses it: a node and a class of storage.</summary>
internal static class ClusterSeed
{
    /// <summary>Name of the only node.</summary>
    public const string NodeName = Node.NodeAgent.NodeName;

    private const string StorageClassName = "standard";

    /// <summary>Creates what is missing; what users changed stays.</summary>
    public static async Task PlantAsync(IKubernetesClient client, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await EnsureAsync(client, BuiltInKinds.StorageClass, Standard(), cancellationToken);
        var node = await EnsureAsync(client, BuiltInKinds.Node, SandboxNode(), cancellationToken);
        if (node.Status?.Conditions is not { Count: > 0 })
            await client.ReplaceAsync(BuiltInKinds.Node, node with { Status = ReadyStatus(now) }, "status", cancellationToken);
    }

    private static async Task<T> EnsureAsync<T>(IKubernetesClient client, ResourceKind<T> kind, T wanted, CancellationToken cancellationToken)
        where T : class, IKubernetesObject =>
        await client.GetAsync(kind, NamespacedName.Of(wanted), cancellationToken) ?? await client.CreateAsync(kind, wanted, cancellationToken);

    private static StorageClass Standard() => new()
    {
        Metadata = new ObjectMeta { Name = StorageClassName, Annotations = new() { [Volumes.DefaultClass] = "true" } },
        Provisioner = Volumes.Provisioner,
        AllowVolumeExpansion = true,
        ReclaimPolicy = "Delete",
        VolumeBindingMode = "Immediate",
    };

    private static ClusterNode SandboxNode() => new()
    {
        Metadata = new ObjectMeta
        {
            Name = NodeName,
            Labels = new()
            {
                ["kubernetes.io/hostname"] = NodeName,
                ["kubernetes.io/os"] = "linux",
                ["topology.kubernetes.io/zone"] = NodeName,
            },
        },
        Spec = new NodeSpec(),
    };

    private static NodeStatus ReadyStatus(DateTimeOffset now) => new()
    {
        // Generous on purpose: the sandbox does not account for resources.
        Capacity = Room(),
        Allocatable = Room(),
        Addresses = [new NodeAddress { Type = "InternalIP", Address = "127.0.0.1" }, new NodeAddress { Type = "Hostname", Address = NodeName }],
        Conditions =
        [
            new PodCondition
            {
                Type = "Ready", Status = "True", Reason = "KubeletReady", Message = "the sandbox's node agent runs pods", LastTransitionTime = now,
            },
        ],
    };

    private static Dictionary<string, Quantity> Room() => new()
    {
        ["cpu"] = new("1000"), ["memory"] = new("4Ti"), ["pods"] = new("10000"), ["ephemeral-storage"] = new("100Ti"),
    };
}
