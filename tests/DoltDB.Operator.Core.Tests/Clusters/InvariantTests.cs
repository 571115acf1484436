using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Whatever the servers answer, the plan keeps the invariants. A failure prints the seed that replays it.</summary>
public sealed class InvariantTests
{
    private const int Rounds = 4000;

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Random_situations_never_make_the_plan_break_an_invariant(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var situation = Disturbed(random);
            var plan = situation.Plan();
            var told = $"seed {seed}, round {round}: {plan.Step}";
            EpochsOnlyGrow(situation, plan, told);
            OnlyAProvenServerIsPromoted(situation, plan, told);
            BlindnessDoesNothing(situation, plan, told);
            OnePodIsRoutedAtMost(situation, plan, told);
        }
    }

    [Theory]
    [InlineData(21)]
    public void The_same_facts_give_the_same_plan(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var situation = Disturbed(random);
            Text(situation.Plan().Status).ShouldBe(Text(situation.Plan().Status), $"seed {seed}, round {round}");
        }
    }

    private static void EpochsOnlyGrow(Situation situation, ClusterPlan plan, string told)
    {
        var seen = situation.Members.Values.Where(m => m.IsReachable).Select(m => m.Probe.Epoch).Append(situation.Status?.ReplicationEpoch ?? 0).Max();
        plan.Status.ReplicationEpoch!.Value.ShouldBeGreaterThanOrEqualTo(seen, told);
        var epoch = plan.Step switch
        {
            ClusterStep.Promote promote => promote.Epoch,
            ClusterStep.Failover failover when situation.Status?.HandOver is null => failover.Epoch,
            ClusterStep.HandOver handOver when situation.Status?.HandOver is null => handOver.State.Epoch!.Value,
            _ => (long?)null,
        };
        if (epoch is not { } used)
            return;
        used.ShouldBeGreaterThan(seen, told);
        plan.Status.ReplicationEpoch!.Value.ShouldBeGreaterThanOrEqualTo(used, told);
    }

    private static void OnlyAProvenServerIsPromoted(Situation situation, ClusterPlan plan, string told)
    {
        int? promoted = plan.Step switch
        {
            ClusterStep.Promote promote => promote.Ordinal,
            ClusterStep.Failover failover when situation.Status?.HandOver is null => failover.To,
            _ => null,
        };
        if (promoted is not { } ordinal || situation.Status?.Databases is not { } known)
            return;
        var member = situation.Members[ordinal];
        member.IsReachable.ShouldBeTrue(told);
        member.Probe.Content.ShouldNotBeNull(told);
        known.ShouldAllBe(database => member.Probe.Content!.Databases.ContainsKey(database), told);
    }

    private static void BlindnessDoesNothing(Situation situation, ClusterPlan plan, string told)
    {
        if (situation.Members.Values.All(member => !member.IsReachable))
            plan.Step.ShouldBeNull(told);
    }

    private static void OnePodIsRoutedAtMost(Situation situation, ClusterPlan plan, string told)
    {
        var labels = situation.Members.ToDictionary(m => m.Key, m => plan.RoleLabels.TryGetValue(m.Key, out var label) ? label : m.Value.RoleLabel);
        labels.Values.Count(label => label == "primary").ShouldBeLessThanOrEqualTo(1, told);
        foreach (var (ordinal, label) in plan.RoleLabels.Where(pair => pair.Value == "primary"))
            situation.Members[ordinal].IsPrimary.ShouldBeTrue($"{told}: {label} for a server that does not report it");
    }

    private static Situation Disturbed(Random random)
    {
        var situation = random.Next(3) == 0 ? Situation.Fresh(3, random.Next(3)) : Situation.Steady();
        if (situation.Status is { } status && random.Next(4) == 0)
            situation = situation with { Status = status with { HandOver = new HandOverStatus { From = random.Next(3), To = random.Next(3), Epoch = random.Next(1, 5), Reason = random.Next(2) == 0 ? "Failover" : "SwitchPrimary", StartedAt = situation.Now } } };
        if (random.Next(3) == 0)
            situation = situation with { Spec = Situation.Replicated(3, random.Next(3)) };
        for (var ordinal = 0; ordinal < 3; ordinal++)
            situation = Disturbed(situation, ordinal, random);
        return situation;
    }

    private static Situation Disturbed(Situation situation, int ordinal, Random random) => random.Next(9) switch
    {
        0 or 1 => situation.Silent(ordinal, TimeSpan.FromSeconds(random.Next(20))),
        2 => situation.With(ordinal, (DoltRole)random.Next(4), random.Next(5), null),
        3 => situation.With(ordinal, (DoltRole)random.Next(4), random.Next(5), null).Holding(ordinal, "shop=hash-" + random.Next(3)),
        4 => situation.Holding(ordinal),
        5 => situation.Restarted(ordinal),
        6 => situation.With(ordinal, member => member with { Probe = member.Probe with { Epoch = random.Next(6) } }),
        _ => situation,
    };

    private static string Text(DoltDbStatus status) => System.Text.Json.JsonSerializer.Serialize(status, ApiJson.Default.DoltDbStatus);
}
