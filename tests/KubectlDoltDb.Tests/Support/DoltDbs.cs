using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Tests.Support;

/// <summary>Healthy DoltDBs, from which tests change one thing.</summary>
internal static class DoltDbs
{
    private static readonly DateTimeOffset Long = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A replicated cluster whose first server is the primary.</summary>
    public static DoltDb Healthy(string name = "db", int replicas = 3, string ns = "default") => new()
    {
        ApiVersion = DoltKinds.DoltDb.ApiVersion,
        Kind = DoltKinds.DoltDb.Kind,
        Metadata = new ObjectMeta { Name = name, Namespace = ns },
        Spec = new DoltDbSpec
        {
            EngineVersion = "1.57.2",
            Replicas = replicas,
            Storage = new StorageOptions { Size = new Quantity("1Gi") },
            Replication = new ReplicationOptions { Enabled = true },
        },
        Status = new DoltDbStatus
        {
            ObservedGeneration = 1,
            Phase = "Running",
            CurrentPrimary = $"{name}-0",
            CurrentPrimaryPodIndex = 0,
            ReplicationEpoch = 4,
            Conditions = [Condition("Ready", "True", "StatefulSetReady", "Running"), Condition("Updated", "True", "Updated", "Updated")],
            Members = [.. Enumerable.Range(0, replicas).Select(ordinal => Member(name, ordinal, isPrimary: ordinal == 0))],
        },
    };

    /// <summary>The status with another condition.</summary>
    public static DoltDbStatus With(this DoltDbStatus status, string type, string value, string reason, string message) =>
        status with { Conditions = [.. status.Conditions.Without(type), Condition(type, value, reason, message)] };

    /// <summary>The status with one member changed.</summary>
    public static DoltDbStatus WithMember(this DoltDbStatus status, int ordinal, Func<MemberStatus, MemberStatus> change) =>
        status with { Members = [.. status.Members!.Select(member => member.Ordinal == ordinal ? change(member) : member)] };

    /// <summary>A pod of a cluster.</summary>
    public static Pod Pod(string cluster, int ordinal, int port = 3306) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new ObjectMeta { Name = $"{cluster}-{ordinal}", Namespace = "default", Labels = new() { ["app.kubernetes.io/name"] = cluster } },
        Spec = new PodSpec { Containers = [new Container { Name = "dolt", Image = "dolthub/dolt", Ports = [new ContainerPort { Name = "tcp-dolt", Number = port }] }] },
    };

    private static MemberStatus Member(string cluster, int ordinal, bool isPrimary) => new()
    {
        Name = $"{cluster}-{ordinal}",
        Ordinal = ordinal,
        Role = isPrimary ? "primary" : "standby",
        Epoch = 4,
        Ready = true,
        Reachable = true,
        CaughtUp = isPrimary ? null : true,
        EngineVersion = "1.57.2",
    };

    private static Condition Condition(string type, string value, string reason, string message) =>
        new() { Type = type, Status = value, Reason = reason, Message = message, LastTransitionTime = Long };
}
