using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Sql;
using static DoltDB.Operator.Core.Tests.Clusters.Situations;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Steps that the API server or a server refuses, for a moment or for ever: what else there is to do goes on, and users are told.</summary>
public sealed class RefusedStepTests
{
    private const string Bound = "only dynamically provisioned pvc can be resized";
    private const string TwoBudgets = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support";

    [Fact]
    public async Task A_volume_that_cannot_grow_holds_up_no_other_and_nothing_else()
    {
        await using var bench = new StepBench();
        var larger = Larger(bench.Steady());
        bench.Api.Refuse("patch dolt-data-db-0", 403, Bound);
        var (_, result) = await bench.PassAsync(larger);
        bench.Api.Writes.ShouldBe(["patch dolt-data-db-0", "patch dolt-data-db-1", "patch dolt-data-db-2"]);
        result!.Warning!.Message.ShouldContain(Bound);

        var grown = larger with { Claims = [larger.Claims[0], Situation.Claim(1, "5Gi"), Situation.Claim(2, "5Gi")] };
        var (plan, _) = await bench.PassAsync(grown);
        plan.Step.ShouldBeNull("volumes to come are as large as those that are there");
        Condition(plan, "StorageResized").ShouldBe(("ResizeRefused", $"cannot grow to 5Gi: dolt-data-db-0: {Bound}"));
        plan.Status.Phase.ShouldNotBe("Resizing");

        bench.Plan(Outdated(grown)).Step.ShouldBeOfType<ClusterStep.RemovePod>();
    }

    [Fact]
    public async Task A_volume_that_was_refused_is_asked_for_again_later_and_later_and_at_once_when_it_or_its_size_is_another()
    {
        await using var bench = new StepBench();
        var larger = Larger(bench.Steady()) with { Set = null, Claims = [Situation.Claim(0, "1Gi")] };
        bench.Api.Refuse("patch dolt-data-db-0", 422, Bound);
        var asked = new List<double>();
        for (var second = 0; second < 100; second++)
        {
            if ((await bench.PassAsync(larger)).Plan.Step is ClusterStep.GrowClaims)
                asked.Add(second);
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        asked.ShouldBe([0, 30, 90]);
        bench.Plan(larger with { Spec = larger.Spec.Replace("5Gi", "6Gi", StringComparison.Ordinal) }).Step.ShouldBeOfType<ClusterStep.GrowClaims>();
        var touched = larger.Claims[0] with { Metadata = larger.Claims[0].Metadata with { ResourceVersion = "77" } };
        bench.Plan(larger with { Claims = [touched] }).Step.ShouldBeOfType<ClusterStep.GrowClaims>();
    }

    [Fact]
    public async Task An_old_primary_that_does_not_take_the_role_back_is_left_alone_for_longer_and_longer()
    {
        await using var bench = new StepBench();
        var steady = bench.Steady();
        (bench.Servers["10.0.0.0"].Role, bench.Servers["10.0.0.0"].Epoch, bench.Servers["10.0.0.0"].RoleRefusal) = (DoltRole.Standby, 2, new DoltException(1105, "disk full"));
        var drained = steady.With(0, member => member with { Probe = member.Probe with { Role = DoltRole.Standby, Epoch = 2 } }) with
        {
            Status = steady.Status! with { ReplicationEpoch = 2, HandOver = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.Switchover } },
        };
        var (plan, result) = await bench.PassAsync(drained);
        plan.Step.ShouldBeOfType<ClusterStep.HandOver>();
        (result!.LooksAgainNow, result.Attempts.Values.Single()).ShouldBe((false, "disk full"));
        result.HandOverFailure!.ShouldEndWith("the old primary did not take the role back: disk full");
        Condition(bench.Plan(drained), "Ready").ShouldBe(("PromotionFailed", "db-0 was to become primary and did not: disk full"));

        var asked = 0;
        for (var second = 0; second < 60; second++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            asked += (await bench.PassAsync(drained)).Plan.Step is null ? 0 : 1;
        }

        asked.ShouldBeInRange(3, 7);
    }

    [Theory]
    [InlineData(500, TwoBudgets)]
    [InlineData(403, "admission webhook \"guard\" denied the request")]
    public async Task An_eviction_that_fails_is_what_the_update_waits_for_and_stalls_it_in_the_end(int code, string message)
    {
        await using var bench = new StepBench();
        var outdated = Outdated(bench.Steady());
        bench.Api.Refuse("evict db-2", code, message);
        var (_, result) = await bench.PassAsync(outdated);
        result!.Event!.Message.ShouldContain(message);
        var plan = bench.Plan(outdated);
        plan.Step.ShouldBeNull("it is not asked the same at once");
        plan.LookAgain.ShouldBe(TimeSpan.FromSeconds(1));
        Condition(plan, "Updated").ShouldBe(("Updating", $"Updating: db-2 cannot be replaced: {message}"));

        var attempts = 0;
        for (var second = 0; second < 601; second++)
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            attempts += (await bench.PassAsync(outdated)).Result is null ? 0 : 1;
        }

        attempts.ShouldBeInRange(15, 30);
        Condition(bench.Plan(outdated), "Updated").Reason.ShouldBe("UpgradeStalled");
    }

    [Fact]
    public async Task A_budget_that_allows_it_after_a_moment_costs_the_update_a_moment()
    {
        await using var bench = new StepBench();
        var outdated = Outdated(bench.Steady());
        bench.Api.Eviction = EvictionResult.Refused;
        await bench.PassAsync(outdated);
        Condition(bench.Plan(outdated), "Updated").Message!.ShouldContain("PodDisruptionBudget");
        bench.Api.Eviction = EvictionResult.Evicted;
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        var (_, result) = await bench.PassAsync(outdated);
        result!.RemovedPod.ShouldBe("uid-2");
    }

    [Fact]
    public async Task A_pod_that_is_another_one_by_now_was_not_refused()
    {
        await using var bench = new StepBench();
        var outdated = Outdated(bench.Steady());
        bench.Api.Refuse("evict db-2", 409, "the UID in the precondition does not match");
        bench.Api.Pods["db-2"] = outdated.Restarted(2).Members[2].Pod!;
        var (_, result) = await bench.PassAsync(outdated);
        result!.Event.ShouldBeNull();
        Condition(bench.Plan(outdated), "Updated").Message!.ShouldNotContain("cannot be replaced");
    }

    [Fact]
    public async Task A_set_that_cannot_be_made_anew_is_told_of_and_holds_up_no_update()
    {
        await using var bench = new StepBench();
        var steady = bench.Steady();
        var set = steady.Set! with { Spec = steady.Set!.Spec! with { PodManagementPolicy = "OrderedReady" } };
        var outdated = Outdated(steady with { Set = set });
        bench.Api.Refuse("delete db", 403, "denied by policy");
        var (_, result) = await bench.PassAsync(outdated);
        result!.Event!.Reason.ShouldBe("StatefulSetNotReplaced");
        var plan = bench.Plan(outdated);
        plan.Step.ShouldBeOfType<ClusterStep.RemovePod>();
        Condition(plan, "SpecAccepted").Message!.ShouldContain("denied by policy");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    public async Task A_lost_primary_whose_removal_is_refused_is_replaced_all_the_same(int code)
    {
        await using var bench = new StepBench();
        var lost = bench.Steady().Silent(0, TimeSpan.FromMinutes(1));
        bench.Servers["10.0.0.0"].IsFrozen = true;
        bench.Api.Refuse("patch db-0", code, "denied");
        bench.Api.Refuse("delete db-0", code, "the webhook denied the request");
        var began = bench.Clock.GetUtcNow();
        var (plan, result) = await bench.PassAsync(lost with { Now = began });
        var failover = plan.Step.ShouldBeOfType<ClusterStep.Failover>();
        bench.Servers[$"10.0.0.{failover.To}"].Role.ShouldBe(DoltRole.Primary);
        (bench.Clock.GetUtcNow() - began).ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7));
        result!.Event!.Reason.ShouldBe("Failover");
        result.Event.Message.ShouldContain("Writes that had not reached it are lost; the old volume is kept");
        result.Warning!.Reason.ShouldBe("FencingRefused");
        result.Warning.Message.ShouldContain("the webhook denied the request");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(429)]
    public async Task A_label_that_is_refused_keeps_neither_other_labels_nor_a_failover_waiting(int code)
    {
        await using var bench = new StepBench();
        var lost = bench.Steady().Silent(0, TimeSpan.FromMinutes(1));
        bench.Servers["10.0.0.0"].IsFrozen = true;
        foreach (var standby in (int[])[1, 2])
            lost = lost.With(standby, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { Labels = ClusterLabels.OwnSelector("db") } } });
        bench.Api.Refuse("patch db-1", code, "denied");

        var (plan, _) = await bench.PassAsync(lost with { Now = bench.Clock.GetUtcNow() });

        bench.Api.Writes.Take(2).ShouldBe(["patch db-1", "patch db-2"]);
        bench.LabelsRefused.ShouldBe("role label of db-1: denied");
        bench.Servers[$"10.0.0.{plan.Step.ShouldBeOfType<ClusterStep.Failover>().To}"].Role.ShouldBe(DoltRole.Primary);
    }

    [Fact]
    public async Task A_password_that_the_servers_do_not_take_keeps_nothing_else_waiting()
    {
        await using var bench = new StepBench();
        var steady = bench.Steady() with { Credentials = CredentialsState.Usable with { IsRotationDue = true } };
        bench.Servers["10.0.0.0"].RotationRefusal = new DoltException(1470, "String is too long for user name (should be no longer than 32)");
        var (plan, _) = await bench.PassAsync(steady);
        plan.Step.ShouldBeOfType<ClusterStep.RotateCredentials>();
        var outdated = Outdated(steady);
        bench.Plan(outdated).Step.ShouldBeOfType<ClusterStep.RemovePod>();
        Condition(bench.Plan(steady), "Ready").Reason.ShouldBe("RotationFailed");
        Condition(bench.Plan(steady), "Ready").Message!.ShouldContain("32");
        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        bench.Plan(outdated).Step.ShouldBeOfType<ClusterStep.RotateCredentials>("it is tried again");
        bench.Plan(steady with { Spec = Situation.Replicated(3, 2) }).Step.ShouldBeOfType<ClusterStep.HandOver>("a switchover waits for no password");
    }

    [Fact]
    public async Task A_value_that_one_server_does_not_take_is_given_to_the_others_and_rests()
    {
        await using var bench = new StepBench();
        var waiting = bench.Steady();
        waiting = waiting with { Spec = waiting.Spec.Replace("\"enabled\":true", "\"enabled\":true,\"ackWritesTimeoutSeconds\":3", StringComparison.Ordinal) };
        foreach (var ordinal in waiting.Members.Keys)
            waiting = waiting.Having(ordinal, 0, "info");
        bench.Servers["10.0.0.0"].VariableRefusal = new DoltException(1105, "Variable can't be set to the value of '3'");
        var (_, result) = await bench.PassAsync(waiting);
        result!.Warning!.Message.ShouldContain("can't be set");
        bench.Servers["10.0.0.2"].Statements.ShouldContain("set AckWritesTimeout 3");

        var others = waiting.Having(1, 3, "info").Having(2, 3, "info");
        var plan = bench.Plan(others);
        plan.Step.ShouldBeNull("it rests");
        Condition(plan, "SpecAccepted").Reason.ShouldBe("ApplyRefused");
        Condition(plan, "SpecAccepted").Message!.ShouldStartWith("spec.replication.ackWritesTimeoutSeconds was not taken by db-0: Variable can't be set");
        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        bench.Plan(others).Step.ShouldBeOfType<ClusterStep.SetVariables>().Changes.Select(change => change.Ordinal).ShouldBe([0]);
    }

    [Theory]
    [InlineData(0L, true)]
    [InlineData(null, false)]
    public async Task Only_what_is_sent_again_is_told_of(long? lag, bool isSent)
    {
        await using var bench = new StepBench();
        var steady = bench.Steady(2);
        var since = bench.Clock.GetUtcNow().AddSeconds(-5);
        foreach (var (ordinal, hash) in (ReadOnlySpan<(int, string)>)[(0, "new"), (1, "old")])
        {
            steady = steady.Holding(ordinal, $"shop={hash}").With(ordinal, member => member with
            {
                Probe = member.Probe with { Content = member.Probe.Content! with { Since = since, Time = bench.Clock.GetUtcNow() } },
            });
        }

        bench.Servers["10.0.0.0"].Replication = [new DoltReplicationStatus("shop", "db-1", "standby", 1, lag, null)];
        var (plan, result) = await bench.PassAsync(steady);
        plan.Step.ShouldBeOfType<ClusterStep.Heal>();
        (result!.Event?.Reason).ShouldBe(isSent ? "StandbyResynchronized" : null);
        bench.Servers["10.0.0.0"].Statements.Contains("resync shop").ShouldBe(isSent);
    }

    [Fact]
    public async Task A_standby_that_differs_for_ever_does_not_get_commits_for_ever()
    {
        await using var bench = new StepBench();
        bench.Servers["10.0.0.0"].Replication = [new DoltReplicationStatus("shop", "db-1", "standby", 1, 0, null)];
        var steady = bench.Steady(2);
        Situation Holding(string hash) => new[] { 0, 1 }.Aggregate(steady with { Now = bench.Clock.GetUtcNow() }, (situation, ordinal) => situation
            .Holding(ordinal, ordinal == 0 ? "shop=hash-1" : $"shop={hash}")
            .With(ordinal, member => member with { Probe = member.Probe with { Content = member.Probe.Content! with { Since = situation.Now.AddSeconds(-5) } } }));
        async Task<string?> PassAsync(string hash)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            return (await bench.PassAsync(Holding(hash))).Plan.Status.Members!.Single(member => member.Name == "db-1").Message;
        }

        for (var minute = 0; minute < 120; minute++)
            await PassAsync("of another branch");
        bench.Servers["10.0.0.0"].Statements.Count(statement => statement == "resync shop").ShouldBe(Healings.MostCommits);
        (await PassAsync("of another branch")).ShouldNotBeNull().ShouldContain("differs from db-0 in shop");

        (await PassAsync("hash-1")).ShouldBeNull();
        await PassAsync("of another branch");
        bench.Servers["10.0.0.0"].Statements.Count(statement => statement == "resync shop").ShouldBe(Healings.MostCommits + 1, "it was equal meanwhile: it is another matter");
    }

    [Fact]
    public void A_pass_that_failed_comes_back_within_seconds() =>
        ClusterController.Options(workers: 1).Queue.LongestDelay.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(5));

    [Fact]
    public void After_a_restore_of_the_API_servers_data_our_own_last_write_is_forgotten()
    {
        var memory = new ClusterMemory();
        var cluster = Situation.Steady().Cluster;
        Api.DoltDb Version(string version) => cluster with { Metadata = cluster.Metadata with { ResourceVersion = version } };
        memory.Written(Version("1000"));
        memory.Newest(Version("500")).Metadata.ResourceVersion.ShouldBe("1000", "the cache may lag behind");
        memory.Overtaken(Version("510"));
        memory.Newest(Version("500")).Metadata.ResourceVersion.ShouldBe("510");
        memory.Newest(Version("510")).Metadata.ResourceVersion.ShouldBe("510");
        memory.Newest(Version("505")).Metadata.ResourceVersion.ShouldBe("505", "it has seen the last write: the cache alone counts again");
    }

    private static (string? Reason, string? Message) Condition(ClusterPlan plan, string type) =>
        plan.Status.Conditions.Find(type) is { } condition ? (condition.Reason, condition.Message) : default;
}
