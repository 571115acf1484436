using System.Collections.Immutable;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Words that many situations are told with.</summary>
internal static class Situations
{
    /// <summary>Longer than any server is given.</summary>
    public static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    public static readonly ImmutableSortedDictionary<string, string> Shop = ImmutableSortedDictionary<string, string>.Empty.Add("shop", "hash-1");

    public static readonly ImmutableSortedDictionary<string, string> Nothing = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The cluster at rest with another primary, as a failover or a hand-over leaves it.</summary>
    public static Situation Primary(Situation steady, int ordinal, long epoch = 2)
    {
        foreach (var member in steady.Members.Keys)
            steady = steady.With(member, member == ordinal ? DoltRole.Primary : DoltRole.Standby, epoch, Shop);
        steady = steady.Rendered();
        return steady with { Status = steady.Plan().Status };
    }

    /// <summary>The cluster is to run another version.</summary>
    public static Situation Outdated(Situation situation) => situation with { Spec = situation.Spec.Replace("1.57.2", "1.58.0", StringComparison.Ordinal) };

    /// <summary>The volumes are to be larger.</summary>
    public static Situation Larger(Situation situation) => situation with { Spec = situation.Spec.Replace("1Gi", "5Gi", StringComparison.Ordinal) };

    /// <summary>The pod of the ordinal is of the wanted template.</summary>
    public static Situation Renewed(Situation situation, int ordinal) => situation.With(ordinal, member => member with
    {
        Pod = member.Pod! with
        {
            Metadata = member.Pod.Metadata with { Annotations = new(situation.Plan().Desired!.StatefulSet.Spec!.Template!.Metadata!.Annotations!) },
            Spec = situation.Plan().Desired!.StatefulSet.Spec!.Template!.Spec,
        },
    });

    /// <summary>A condition that the plan writes.</summary>
    public static Condition Condition(ClusterPlan plan, string type) => plan.Status.Conditions!.First(condition => condition.Type == type);

    public static Condition Ready(ClusterPlan plan) => Condition(plan, "Ready");
}
