using System.Collections.Immutable;
using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>A cluster as one pass finds it, told in words of the domain. Members are changed with the methods; the plan follows.</summary>
internal sealed record Situation
{
    public static readonly DateTimeOffset Start = new(2026, 5, 4, 3, 0, 0, TimeSpan.Zero);

    private static readonly ImmutableSortedDictionary<string, string> Shop = ImmutableSortedDictionary<string, string>.Empty.Add("shop", "hash-1");

    public DateTimeOffset Now { get; init; } = Start;

    public string Spec { get; init; } = "{}";

    public DoltDbStatus? Status { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }

    public ImmutableSortedDictionary<int, Member> Members { get; init; } = ImmutableSortedDictionary<int, Member>.Empty;

    public StatefulSet? Set { get; init; }

    public ImmutableArray<PersistentVolumeClaim> Claims { get; init; } = [];

    public CredentialsState Credentials { get; init; } = CredentialsState.Usable;

    public bool? CanExpandVolumes { get; init; } = true;

    public DoltDb Cluster => new()
    {
        Metadata = new ObjectMeta { Name = "db", Namespace = "ns", Uid = "uid-db", Generation = 1, CreationTimestamp = Start, Annotations = Annotations },
        Spec = JsonSerializer.Deserialize(Spec, ApiJson.Default.DoltDbSpec),
        Status = Status,
    };

    /// <summary>Whether the StatefulSet is as it was made; otherwise its template follows the spec at once.</summary>
    public bool IsSetBehind { get; init; }

    public ClusterFacts Facts => IsSetBehind || Found.Set is null || ClusterPlanner.Plan(Found, ClusterResources.Render).Desired is not { } desired
        ? Found
        : Found with { Set = Found.Set with { Spec = Found.Set.Spec! with { Template = desired.StatefulSet.Spec!.Template } } };

    private ClusterFacts Found => new()
    {
        Now = Now,
        Cluster = Cluster,
        Set = Set,
        Claims = Claims,
        Members = [.. Members.Values],
        Credentials = Credentials,
        CanExpandVolumes = CanExpandVolumes,
    };

    public ClusterPlan Plan() => ClusterPlanner.Plan(Facts, ClusterResources.Render);

    /// <summary>A replicated cluster whose pods run and whose servers are all standbys at epoch 0: the moment of creation.</summary>
    public static Situation Fresh(int replicas, int podIndex = 0)
    {
        var situation = new Situation { Spec = Replicated(replicas, podIndex) };
        for (var ordinal = 0; ordinal < replicas; ordinal++)
            situation = situation.With(ordinal, DoltRole.Standby, 0, ImmutableSortedDictionary<string, string>.Empty);
        return situation.Rendered();
    }

    /// <summary>A replicated cluster at rest: ordinal 0 is primary at epoch 1, everybody holds database shop, and that was proven.</summary>
    public static Situation Steady(int replicas = 3)
    {
        var situation = new Situation { Spec = Replicated(replicas, 0), Now = Start.AddHours(1) };
        for (var ordinal = 0; ordinal < replicas; ordinal++)
            situation = situation.With(ordinal, ordinal == 0 ? DoltRole.Primary : DoltRole.Standby, 1, Shop);
        situation = situation.Rendered();
        return situation with { Status = situation.Plan().Status };
    }

    public static string Replicated(int replicas, int podIndex, string more = "") =>
        """{"engineVersion":"1.57.2","image":"dolthub/dolt","storage":{"size":"1Gi"},"""
        + $"\"replicas\":{replicas},\"replication\":{{\"enabled\":true,\"primary\":{{\"podIndex\":{podIndex},\"automaticFailover\":true}}}}{more}}}";

    /// <summary>The server of an ordinal as it answers.</summary>
    public Situation With(int ordinal, DoltRole role, long epoch, ImmutableSortedDictionary<string, string>? databases) => With(ordinal, member => member with
    {
        Probe = new MemberProbe
        {
            IsReachable = true,
            Role = role,
            Epoch = epoch,
            EngineVersion = "1.57.2",
            Content = databases is null ? null : new ContentProof(Now, Now, databases, "accounts-1"),
        },
    });

    /// <summary>The server holds these databases, each with the hash given as <c>name=hash</c>.</summary>
    public Situation Holding(int ordinal, params string[] databases) => With(ordinal, member => member with
    {
        Probe = member.Probe with
        {
            Content = new ContentProof(
                Now, Now, databases.ToImmutableSortedDictionary(d => d.Split('=')[0], d => d.Contains('=') ? d.Split('=')[1] : "hash-1", StringComparer.Ordinal), "accounts-1"),
        },
    });

    /// <summary>The server has these of the variables that are set while it runs.</summary>
    public Situation Having(int ordinal, int? ackWritesTimeout, string? logLevel) =>
        With(ordinal, member => member with { Probe = member.Probe with { Variables = new RunningVariables(ackWritesTimeout, logLevel) } });

    /// <summary>The server has not answered for that long.</summary>
    public Situation Silent(int ordinal, TimeSpan since) => With(ordinal, member => member with { Probe = new MemberProbe { AwaySince = Now - since, Failures = 2, Error = "refused" } });

    /// <summary>The pod is another incarnation.</summary>
    public Situation Restarted(int ordinal) => With(ordinal, member => member with
    {
        Pod = member.Pod! with { Metadata = member.Pod.Metadata with { Uid = member.Pod.Metadata.Uid + "-again" } },
    });

    public Situation With(int ordinal, Func<Member, Member> change)
    {
        var member = Members.GetValueOrDefault(ordinal) ?? new Member { Ordinal = ordinal, PodName = $"db-{ordinal}", Pod = RunningPod(ordinal, null) };
        return this with { Members = Members.SetItem(ordinal, change(member)) };
    }

    /// <summary>The StatefulSet, the claims and the pods are as the spec wants them, labels included.</summary>
    public Situation Rendered()
    {
        var desired = Plan().Desired!;
        var set = desired.StatefulSet with { Metadata = desired.StatefulSet.Metadata with { Uid = "uid-set", Generation = 1 } };
        var annotations = set.Spec!.Template!.Metadata!.Annotations!;
        var situation = this with { Set = set, Claims = [.. Members.Keys.Select(ordinal => Claim(ordinal, "1Gi"))] };
        foreach (var ordinal in Members.Keys)
        {
            situation = situation.With(ordinal, member => member with
            {
                Pod = RunningPod(ordinal, member.IsPrimary ? ClusterLabels.Primary : ClusterLabels.Standby) with
                {
                    Metadata = RunningPod(ordinal, member.IsPrimary ? ClusterLabels.Primary : ClusterLabels.Standby).Metadata with { Annotations = new(annotations) },
                    Spec = set.Spec.Template.Spec,
                },
            });
        }

        return situation;
    }

    public static PersistentVolumeClaim Claim(int ordinal, string size) => new()
    {
        Metadata = new ObjectMeta { Name = $"dolt-data-db-{ordinal}", Namespace = "ns", CreationTimestamp = Start.AddSeconds(1), Labels = new() { [ClusterLabels.Name] = "db" } },
        Spec = new PersistentVolumeClaimSpec { StorageClassName = "standard", Resources = new VolumeResourceRequirements { Requests = new() { ["storage"] = new Quantity(size) } } },
        Status = new PersistentVolumeClaimStatus { Capacity = new() { ["storage"] = new Quantity(size) } },
    };

    private static Pod RunningPod(int ordinal, string? role) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"db-{ordinal}",
            Namespace = "ns",
            Uid = $"uid-{ordinal}",
            Labels = role is null ? ClusterLabels.OwnSelector("db") : new(ClusterLabels.OwnSelector("db")) { [ClusterLabels.Role] = role },
        },
        Spec = new PodSpec(),
        Status = new PodStatus
        {
            PodIP = $"10.0.0.{ordinal}",
            Phase = "Running",
            Conditions = [new PodCondition { Type = "Ready", Status = "True" }],
        },
    };
}
