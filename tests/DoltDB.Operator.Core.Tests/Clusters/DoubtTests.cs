using System.Collections.Immutable;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>What the operator does not know, or did see: nobody is promoted on the strength of a name, and nobody is replaced who may only be the last to be seen again.</summary>
public sealed class DoubtTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly ImmutableSortedDictionary<string, string> Nothing = ImmutableSortedDictionary<string, string>.Empty;

    [Fact]
    public void A6_Before_replication_had_a_primary_nobody_takes_over_from_the_server_that_holds_the_data()
    {
        var first = Situation.Fresh(3) with { Status = new DoltDbStatus { CurrentPrimaryPodIndex = 0, CurrentPrimary = "db-0" } };
        Refused(first.Silent(0, Minute), "db-1: nobody saw what the primary holds");
        first.With(0, DoltRole.Standby, 0, Shop()).Plan().Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(0);
    }

    [Fact]
    public void A6_A_set_that_is_made_anew_does_not_grow_before_the_server_that_holds_the_data_is_primary()
    {
        var alone = Situation.Fresh(3) with { Set = null, Status = new DoltDbStatus { CurrentPrimaryPodIndex = 0 } };
        alone = alone with { Members = alone.Members.Remove(1).Remove(2) };
        alone = alone.With(0, member => member with { Probe = member.Probe with { Role = DoltRole.None } });
        alone.Plan().Desired!.StatefulSet.Spec!.Replicas.ShouldBe(1);
    }

    [Fact]
    public void A7_One_server_alone_remembers_nothing_of_the_replication_before_it()
    {
        var alone = Situation.Steady(2) with { Spec = Situation.Replicated(1, 0).Replace("\"enabled\":true", "\"enabled\":false", StringComparison.Ordinal) };
        alone = alone with { Members = alone.Members.Remove(1), Set = alone.Set! with { Spec = alone.Set.Spec! with { Replicas = 1, Template = null } } };
        alone = alone.With(0, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { Annotations = null } } });
        var status = alone.Plan().Status;
        (status.Databases, status.LastEqual, status.PrimaryEpoch, status.ReplicationEpoch).ShouldBe((null, null, null, null));
    }

    [Fact]
    public void Trap4_A_database_that_the_standby_was_never_seen_to_hold_as_the_primary_does_keeps_it_from_taking_over()
    {
        var restored = Known(Situation.Steady(2).Holding(0, "shop", "restored").Holding(1, "shop", "restored=empty"));
        Refused(restored.Silent(0, Minute), "db-1: was not seen to hold what the primary holds in restored");
        Known(restored.Holding(1, "shop", "restored")).Silent(0, Minute).Plan().Step.ShouldBeOfType<ClusterStep.Failover>("it was sent and was seen there");
    }

    [Fact]
    public void A_database_that_is_what_the_lost_primary_was_last_seen_to_hold_is_no_doubt()
    {
        var created = Known(Situation.Steady(2).Holding(0, "shop", "stock").Holding(1, "shop"));
        created.Plan().LookAgain!.Value.ShouldBe(TimeSpan.FromSeconds(1));
        Situation.Steady(2).Holding(0, "shop", "stock").Plan().LookAgain!.Value.ShouldBe(TimeSpan.FromMilliseconds(100), "it is new");
        var seen = created.Members[0].Probe.Content;
        var lost = created.Silent(0, Minute).With(0, member => member with { Probe = member.Probe with { LastContent = seen } });
        lost.Holding(1, "shop", "stock").Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
        Refused(lost.Holding(1, "shop", "stock=empty"), "db-1: was not seen to hold what the primary holds in stock");
    }

    [Fact]
    public void A_proof_is_of_what_the_primary_was_seen_to_hold_and_no_more()
    {
        var early = Known(Situation.Steady(2).Holding(0, "shop").Restarted(1).Holding(1, "shop", "restored=empty"));
        Proven(early).ShouldBe(["shop"]);
        Refused(Known(early.Holding(0, "shop", "restored")).Silent(0, Minute), "db-1: was not seen to hold what the primary holds in restored");
    }

    [Fact]
    public void Trap4_A_proof_ends_where_the_standby_stays_different_although_the_primary_believes_that_it_has_everything()
    {
        var emptied = Situation.Steady(2).Holding(0, "shop", "stock").Holding(1, "shop", "stock");
        emptied = Known(emptied);
        emptied = Resting(emptied.Holding(0, "shop", "stock=restored").Holding(1, "shop", "stock=empty"), 10);
        Proven(Known(emptied)).ShouldBe(["shop", "stock"], "it lags, perhaps: nobody said that it does not");
        var trapped = emptied.With(1, member => member with { ReportedLag = TimeSpan.Zero });
        Proven(Known(trapped)).ShouldBe(["shop"]);
        Refused(Known(trapped).Silent(0, Minute), "db-1: was not seen to hold what the primary holds in stock");

        // What it moved before is no proof that it follows.
        var moved = trapped.With(1, member => member with { Probe = member.Probe with { Content = member.Probe.Content! with { Moved = ["stock"] } } });
        Proven(Known(moved)).ShouldBe(["shop"]);
        Proven(Known(Resting(moved, 1))).ShouldBe(["shop", "stock"], "writes are on their way");
    }

    [Fact]
    public void Trap4_A_database_that_rests_is_sent_again_also_while_another_one_never_does()
    {
        var busy = Situation.Steady(2).Holding(0, "shop=h-77", "stock=restored").Holding(1, "shop=h-76", "stock=empty");
        var rested = busy.Now.AddSeconds(-8);
        foreach (var ordinal in new[] { 0, 1 })
            busy = busy.With(ordinal, member => member with { Probe = member.Probe with { Content = member.Probe.Content! with { RestsSince = ImmutableSortedDictionary<string, DateTimeOffset>.Empty.Add("stock", rested) } } });
        busy.Plan().Step.ShouldBeOfType<ClusterStep.Heal>().Databases.ShouldBe(["stock"]);
    }

    [Fact]
    public void A9_After_a_time_in_which_nobody_answered_the_primary_gets_the_whole_delay_to_be_seen_again()
    {
        var blind = Situation.Steady(2).Silent(0, Minute);
        var seenAgain = blind.With(1, member => member with { Probe = member.Probe with { AnsweringSince = blind.Now.AddSeconds(-1) } });
        var waiting = seenAgain.Plan();
        waiting.Step.ShouldBeNull();
        Ready(waiting).ShouldContain("a standby takes over after 5 s");
        (seenAgain with { Now = seenAgain.Now.AddSeconds(4) }).Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
    }

    [Fact]
    public void A9_Of_two_candidates_the_one_that_was_there_when_the_primary_went_takes_over()
    {
        var lost = Situation.Steady().Silent(0, Minute);
        Situation Back(int ordinal, int secondsAgo) => lost.With(ordinal, member => member with { Probe = member.Probe with { AnsweringSince = lost.Now.AddSeconds(-secondsAgo) } });
        Back(1, 55).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
        Back(1, 65).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void A9_Where_losing_data_is_allowed_the_standby_that_loses_none_takes_over()
    {
        var allowed = Situation.Steady() with { Spec = Situation.Replicated(3, 0, ",\"failover\":{\"allowDataLoss\":true}") };
        var emptied = allowed.Restarted(1).Holding(1, "shop=empty").With(1, member => member with { ReportedLag = TimeSpan.Zero }).With(2, member => member with { ReportedLag = TimeSpan.FromMilliseconds(12) });
        emptied.Silent(0, Minute).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
        emptied.Silent(2, Minute).Silent(0, Minute).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1, "nobody else is left");
    }

    [Fact]
    public void A11_A_server_of_a_broken_configuration_takes_over_only_where_losing_data_is_allowed()
    {
        var broken = Situation.Steady(2).With(1, DoltRole.DetectedBrokenConfig, 1, Shop()).Silent(0, Minute);
        Refused(broken, "db-1: reports detected_broken_config");
        (broken with { Spec = Situation.Replicated(2, 0, ",\"failover\":{\"allowDataLoss\":true}") }).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void A_primary_that_came_back_empty_is_replaced_only_where_failover_is_automatic()
    {
        var emptied = Situation.Steady(2).Restarted(0).With(0, DoltRole.Standby, 0, Nothing);
        emptied.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
        Refused(emptied with { Spec = Situation.Replicated(2, 0, ",\"failover\":{\"enabled\":false}") }, "without database shop, db-1 has more of what it had; spec.failover.enabled is false");
    }

    [Fact]
    public void A_primary_that_came_back_with_less_gives_way_only_to_one_that_has_more()
    {
        var allowed = Situation.Steady(2).Holding(0, "shop", "stock").Holding(1, "shop", "stock");
        allowed = Known(allowed with { Spec = Situation.Replicated(2, 0, ",\"failover\":{\"allowDataLoss\":true}") });
        var less = allowed.Restarted(0).With(0, DoltRole.Standby, 1, Shop());
        less.Restarted(1).Holding(1).Plan().Step.ShouldBeOfType<ClusterStep.Promote>("db-1 has nothing at all").Ordinal.ShouldBe(0);
        less.Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
    }

    [Fact]
    public void Where_losing_data_is_allowed_an_emptied_primary_waits_for_a_safe_standby_that_was_not_seen_for_a_moment()
    {
        var allowed = Known(Situation.Steady().Holding(0, "shop", "stock").Holding(1, "shop", "stock").Holding(2, "shop", "stock"));
        var emptied = (allowed with { Spec = Situation.Replicated(3, 0, ",\"failover\":{\"allowDataLoss\":true}") }).Restarted(0).With(0, DoltRole.Standby, 1, Nothing);
        emptied = emptied.Restarted(1).Holding(1, "shop=empty").Silent(2, TimeSpan.FromSeconds(1));
        Refused(emptied, "db-1 may lack data, db-2 gets 60 s to be seen");
        emptied.With(2, DoltRole.Standby, 1, Shop().Add("stock", "hash-1")).Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);
    }

    [Fact]
    public void A_restarted_standby_that_holds_what_the_lost_primary_was_last_seen_to_hold_may_take_over()
    {
        var steady = Situation.Steady(2);
        var written = steady.Holding(0, "shop=hash-2").Holding(1, "shop=hash-2");
        var lost = written.Restarted(1).Silent(0, Minute).With(0, member => member with { Probe = member.Probe with { LastContent = written.Members[0].Probe.Content } });
        lost.Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
        Refused(lost.Holding(1, "shop=empty"), "db-1: was restarted, and was not seen since to hold what the primary holds");
    }

    [Fact]
    public void A_database_that_was_dropped_just_before_the_primary_was_lost_keeps_nobody_from_taking_over()
    {
        var two = Known(Running(Situation.Steady()).Holding(0, "shop", "stock").Holding(1, "shop", "stock").Holding(2, "shop", "stock"));
        var lost = two.Silent(0, Minute);
        lost.Holding(1, "shop").Holding(2, "shop").Plan().Step.ShouldBeOfType<ClusterStep.Failover>();
        Refused(lost.Holding(1, "shop").Silent(2, Minute).Restarted(1), "db-1: lacks database stock");
        lost.Holding(1, "shop").Plan().Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2, "it has it, so it was not dropped");
        Refused(lost.Holding(1).Silent(2, Minute), "db-1: lacks database shop, stock");
        Running(Situation.Steady(2)).Silent(0, Minute).Holding(1).Plan().Step.ShouldBeOfType<ClusterStep.Failover>("it was the only one");
        Refused(Running(Situation.Steady(2), Situation.Start.AddHours(2)).Silent(0, Minute).Holding(1), "db-1: lacks database shop");
    }

    [Fact]
    public void Accounts_that_a_standby_lacks_are_sent_again_also_while_rows_never_rest()
    {
        var busy = Situation.Steady(2).Holding(0, "shop=h-77").Holding(1, "shop=h-76");
        Situation With(int seconds, string accounts) => new[] { 0, 1 }.Aggregate(busy, (situation, ordinal) => situation.With(ordinal, member => member with
        {
            Probe = member.Probe with { Content = member.Probe.Content! with { Accounts = ordinal == 0 ? "accounts-1" : accounts, AccountsSince = busy.Now.AddSeconds(-seconds) } },
        }));
        var heal = With(5, "the administrator alone").Plan().Step.ShouldBeOfType<ClusterStep.Heal>();
        (heal.Accounts, heal.Databases.Length).ShouldBe((true, 0));
        With(1, "the administrator alone").Plan().Step.ShouldBeNull("they are on their way");
        With(5, "accounts-1").Plan().Step.ShouldBeNull();
    }

    [Fact]
    public void A_primary_that_lost_its_volume_before_it_was_seen_what_it_held_leaves_the_role_to_who_is_left()
    {
        var early = Situation.Steady(3) with { Status = Situation.Steady(3).Status! with { Databases = [], LastEqual = null } };
        var emptied = early.Restarted(0).With(0, DoltRole.Standby, 0, Nothing);
        emptied = emptied.Restarted(1).Restarted(2);
        var promote = emptied.Plan().Step.ShouldBeOfType<ClusterStep.Promote>();
        (promote.Ordinal, promote.Epoch).ShouldBe((1, 2L));
        emptied.Silent(1, Minute).Plan().Step.ShouldBeNull("db-1 may hold what db-2 does not");
        var wanted = (emptied with { Spec = Situation.Replicated(4, 0) }).With(3, member => member with { Pod = null });
        wanted.Plan().Step.ShouldBeOfType<ClusterStep.Promote>("db-3 is only to come");
        emptied.Holding(1, "shop=other").Plan().Step.ShouldBeNull("nobody knows who has more");
        (emptied with { Spec = Situation.Replicated(3, 0, ",\"failover\":{\"enabled\":false}") }).Plan().Step.ShouldBeNull("a person decides");
        emptied.With(0, DoltRole.Standby, 1, Nothing).Plan().Step.ShouldBeOfType<ClusterStep.Promote>().Ordinal.ShouldBe(0, "it has its volume");
    }

    [Fact]
    public void A_primary_whose_ordinal_is_gone_is_replaced()
    {
        var gone = Situation.Steady(3);
        gone = gone with { Spec = Situation.Replicated(2, 0), Members = gone.Members.Remove(2), Status = gone.Status! with { CurrentPrimaryPodIndex = 2, CurrentPrimary = "db-2" } };
        gone = gone.With(0, DoltRole.Standby, 1, Shop()) with { Set = gone.Set! with { Spec = gone.Set.Spec! with { Replicas = 2 } } };
        gone = gone with { Status = gone.Status! with { LastEqual = [.. gone.Status.LastEqual!, gone.Status.LastEqual![0] with { Member = "db-0", PodUid = "uid-0" }] } };
        var plan = gone.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.Failover>().From.ShouldBe(2);
        plan.Desired!.StatefulSet.Spec!.Replicas.ShouldBe(3, "its volume may hold what nobody else has");
    }

    [Fact]
    public void B2_A_request_that_is_taken_back_while_it_is_carried_out_is_a_request_for_the_other_way()
    {
        var asked = Situation.Steady();
        var done = asked.With(0, DoltRole.Standby, 2, Shop()).With(2, DoltRole.Primary, 2, Shop());
        done = done with { Status = asked.Status! with { ReplicationEpoch = 2, HandOver = new HandOverStatus { From = 0, To = 2, Epoch = 2, Reason = PrimaryReasons.Switchover } } };
        var annotated = done with { Annotations = new() { ["k8s.dolthub.com/switchover-to"] = "2" } };
        Known(annotated).Plan().Step.ShouldBeNull("the annotation asked for it");
        var old = Known(annotated with { Status = done.Status! with { HandledSwitchoverTo = "2" } });
        old.Plan().Step.ShouldBeOfType<ClusterStep.HandOver>("the annotation is of an earlier request").State.To.ShouldBe(0);
        done = Known(done);
        var plan = done.Plan();
        plan.PodIndex.ShouldBeNull();
        plan.Step.ShouldBeOfType<ClusterStep.HandOver>().State.To.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_does_not_become_primary_is_left_alone_for_longer_and_longer_and_another_one_is_asked()
    {
        await using var bench = new StepBench();
        var lost = bench.Steady().Silent(0, Minute);
        bench.Servers["10.0.0.1"].RoleRefusal = new DoltException(1105, "command denied to user 'root'@'%'");
        var (plan, result) = await bench.PassAsync(lost);
        plan.Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(1);
        result!.Event!.Message.ShouldContain("command denied");
        bench.Plan(lost with { Status = plan.Status }).Step.ShouldBeOfType<ClusterStep.Failover>().To.ShouldBe(2);

        var alone = lost.Silent(2, Minute);
        Ready(bench.Plan(alone with { Status = plan.Status })).ShouldContain("db-1 did not become primary: command denied");
        var asked = 0;
        for (var second = 0; second < 60; second++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            var pass = await bench.PassAsync(alone);
            asked += pass.Plan.Step is ClusterStep.Failover ? 1 : 0;
        }

        asked.ShouldBeInRange(3, 7);
    }

    [Fact]
    public async Task A17_A_pod_that_was_made_anew_since_it_was_looked_at_stops_the_failover()
    {
        await using var bench = new StepBench();
        var lost = bench.Steady().Silent(0, Minute);
        bench.Api.Pods["db-0"] = lost.Members[0].Pod! with { Metadata = lost.Members[0].Pod!.Metadata with { Uid = "uid-0-anew" } };
        bench.Api.Refuse("delete db-0", 409, "the UID in the precondition does not match");
        var (_, result) = await bench.PassAsync(lost);
        result!.Event!.Reason.ShouldBe("FailoverStopped");
        bench.Servers["10.0.0.1"].Role.ShouldBe(DoltRole.Standby);
    }

    private static ImmutableSortedDictionary<string, string> Shop(string hash = "hash-1") => Nothing.Add("shop", hash);

    /// <summary>The servers run since then, an hour before the first proof if it is not told.</summary>
    private static Situation Running(Situation situation, DateTimeOffset? since = null) => situation.Members.Keys.Aggregate(situation, (running, ordinal) => running.With(ordinal, member => member with
    {
        Pod = member.Pod! with
        {
            Status = member.Pod.Status! with { ContainerStatuses = [new ContainerStatus { Name = "dolt", State = new ContainerState { Running = new() { StartedAt = since ?? Situation.Start } } }] },
        },
    }));

    private static Situation Known(Situation situation) => situation with { Status = situation.Plan().Status };

    private static IEnumerable<string> Proven(Situation situation) => situation.Status!.LastEqual!.Single(proof => proof.Member == "db-1").Databases!.Keys.Order(StringComparer.Ordinal);

    /// <summary>Nothing changed for that many seconds.</summary>
    private static Situation Resting(Situation situation, int seconds)
    {
        foreach (var ordinal in situation.Members.Keys)
            situation = situation.With(ordinal, member => member with { Probe = member.Probe with { Content = member.Probe.Content! with { Since = situation.Now.AddSeconds(-seconds) } } });
        return situation;
    }

    private static void Refused(Situation situation, string because)
    {
        var plan = situation.Plan();
        plan.Step.ShouldBeNull();
        Ready(plan).ShouldContain(because);
    }

    private static string Ready(ClusterPlan plan) => plan.Status.Conditions!.First(condition => condition.Type == "Ready").Message!;
}
