using System.Text.Json.Nodes;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>How a change of the level at which servers log comes into effect.</summary>
public sealed class LogLevelTests
{
    private const string Standalone = """{"engineVersion":"1.57.2","image":"dolthub/dolt","storage":{"size":"1Gi"},"replicas":1}""";

    [Theory]
    [InlineData("debug", "debug")]
    [InlineData("warn", "warning")]
    [InlineData("fatal", "fatal")]
    public void It_is_set_on_every_server_that_has_another_and_replaces_none(string wanted, string set)
    {
        var plan = Logging(All(Situation.Steady(), "info").Having(1, 0, set), wanted).Plan();
        plan.Step.ShouldBeOfType<ClusterStep.SetVariables>().Changes.ShouldBe([new(0, DoltVariable.LogLevel, set), new(2, DoltVariable.LogLevel, set)]);
        plan.Desired!.ConfigMap.Data!["db-0.yaml"].ShouldContain($"log_level: {set}\n");
        plan.Status.Conditions.Find("Updated")!.Status.ShouldBe("True");
    }

    [Fact]
    public void A_server_without_replication_is_told_too()
    {
        var alone = new Situation { Spec = Standalone }.With(0, DoltRole.None, 0, null).Rendered();
        alone = Logging(alone, "debug");
        alone.Plan().Step.ShouldBeNull("nobody has read it");
        var plan = alone.Having(0, null, "info").Plan();
        plan.Step.ShouldBeOfType<ClusterStep.SetVariables>().Changes.ShouldBe([new(0, DoltVariable.LogLevel, "debug")]);
        plan.Status.Conditions.Find("Updated")!.Status.ShouldBe("True");
    }

    [Fact]
    public void A_server_that_does_not_know_the_variable_is_left_alone() =>
        Logging(All(Situation.Steady(), null), "debug").Plan().Step.ShouldBeNull();

    [Fact]
    public void A_level_that_is_none_is_told_to_nobody()
    {
        var plan = Logging(All(Situation.Steady(), "info"), "verbose").Plan();
        plan.Step.ShouldBeNull();
        plan.Status.Conditions.Find("SpecAccepted")!.Message!.ShouldContain("spec.server.logLevel");
    }

    [Fact]
    public void Both_variables_of_a_server_are_one_step()
    {
        var spec = Situation.Replicated(3, 0, Level("debug")).Replace("\"enabled\":true", "\"enabled\":true,\"ackWritesTimeoutSeconds\":3", StringComparison.Ordinal);
        var set = (All(Situation.Steady(), "debug").Having(1, 0, "info") with { Spec = spec }).Having(0, 3, "debug").Having(2, 3, "debug").Plan().Step.ShouldBeOfType<ClusterStep.SetVariables>();
        set.Changes.ShouldBe([new(1, DoltVariable.AckWritesTimeout, "3"), new(1, DoltVariable.LogLevel, "debug")]);
        set.Because.ShouldBe("writes wait 3 s for the standbys, servers log at level debug");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_level_that_a_server_does_not_take_rests_and_is_told_by_its_field(bool isRefused)
    {
        await using var bench = new StepBench();
        var steady = Logging(All(bench.Steady(), "info"), "debug");
        var server = bench.Servers["10.0.0.0"];
        server.VariableRefusal = isRefused ? new DoltException(1105, "Variable can't be set to the value of 'debug'") : null;
        server.KeepsVariables = !isRefused;

        var (_, result) = await bench.PassAsync(steady);
        result!.LooksAgainNow.ShouldBeTrue();
        result.Learned.Values.Select(variables => variables.LogLevel).ShouldBe(["info", "debug", "debug"], ignoreOrder: true);
        result.Event!.Message.ShouldBe("servers log at level debug");

        steady = steady.Having(1, 0, "debug").Having(2, 0, "debug");
        var plan = bench.Plan(steady);
        plan.Step.ShouldBeNull("it rests");
        plan.IsCalm.ShouldBeFalse();
        plan.Status.Conditions.Find("SpecAccepted")!.Message.ShouldBe(
            $"spec.server.logLevel was not taken by db-0: {(isRefused ? "Variable can't be set to the value of 'debug'" : "it was set to debug and is info")}");
        bench.Plan(Logging(steady, "trace")).Step.ShouldBeOfType<ClusterStep.SetVariables>().Changes.Length.ShouldBe(3, "another value is another matter");
        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        bench.Plan(steady).Step.ShouldBeOfType<ClusterStep.SetVariables>("it is tried again").Changes.ShouldBe([new(0, DoltVariable.LogLevel, "debug")]);
        bench.Plan(steady.Having(0, 0, "debug")).Status.Conditions.Find("SpecAccepted")!.Status.ShouldBe("True", "it has the level by now");
    }

    [Fact]
    public async Task A_server_that_refuses_one_variable_is_told_the_other()
    {
        await using var bench = new StepBench();
        var steady = All(bench.Steady(2), "info") with { Spec = Situation.Replicated(2, 0, Level("debug")).Replace("\"enabled\":true", "\"enabled\":true,\"ackWritesTimeoutSeconds\":3", StringComparison.Ordinal) };
        bench.Servers["10.0.0.0"].VariableRefusal = new DoltException(1105, "no");
        await bench.PassAsync(steady);
        bench.Servers["10.0.0.0"].Statements.ShouldBe(["set AckWritesTimeout 3", "set LogLevel debug", "variables"]);
    }

    [Fact]
    public void What_a_restart_brings_into_effect_is_known_by_another_hash_and_the_level_is_not_among_it()
    {
        foreach (var before in (Situation[])[Situation.Steady(), new() { Spec = Standalone }])
        {
            var (info, debug) = (before.Plan().Desired!, Logging(before, "debug").Plan().Desired!);
            debug.TemplateHash.ShouldBe(info.TemplateHash);
            Annotation(debug, ClusterLabels.ConfigHashAnnotation).ShouldBe(Annotation(info, ClusterLabels.ConfigHashAnnotation));
            Annotation(debug, ClusterLabels.DynamicHashAnnotation).ShouldNotBe(Annotation(info, ClusterLabels.DynamicHashAnnotation));
            Annotation(Logging(before, "info").Plan().Desired!, ClusterLabels.DynamicHashAnnotation).ShouldBe(Annotation(info, ClusterLabels.DynamicHashAnnotation), "it is the default");
        }
    }

    [Theory]
    [InlineData("ReplicasFirstPrimaryLast")]
    [InlineData("RollingUpdate")]
    [InlineData("OnDelete")]
    [InlineData("Never")]
    public void No_template_by_which_pods_are_replaced_differs_for_it(string strategy)
    {
        var more = $",\"updateStrategy\":\"{strategy}\"";
        var (info, debug) = (Desired(more), Desired(more + Level("debug")));
        debug.TemplateHash.ShouldBe(info.TemplateHash);
        if (strategy == "RollingUpdate")
            debug.StatefulSet.Spec!.Template!.Metadata!.Annotations.ShouldBe(info.StatefulSet.Spec!.Template!.Metadata!.Annotations, "the StatefulSet itself would replace them");
    }

    [Fact]
    public void Pods_that_were_found_are_told_and_stay()
    {
        var found = All(Situation.Steady(), "info");
        foreach (var ordinal in found.Members.Keys)
            found = found.With(ordinal, member => member with { Pod = member.Pod! with { Metadata = member.Pod.Metadata with { Annotations = new() { [ClusterLabels.ReplicationAnnotation] = "true" } } } });
        var theirs = found.Set! with { Spec = found.Set.Spec! with { Template = found.Set.Spec.Template! with { Metadata = new ObjectMeta { Annotations = new() { [ClusterLabels.ReplicationAnnotation] = "true" } } } } };
        var taken = (found with { Set = theirs, IsSetBehind = true }).Plan().Desired!.StatefulSet;
        found = Logging(found with { Set = taken with { Metadata = taken.Metadata with { Uid = "uid-set", Generation = 1 } } }, "debug");

        var plan = found.Plan();
        plan.Step.ShouldBeOfType<ClusterStep.SetVariables>().Changes.Length.ShouldBe(3);
        plan.Status.Conditions.Find("Updated")!.Status.ShouldBe("True");
        (found with { Spec = Situation.Replicated(3, 0).Replace("1.57.2", "1.58.0", StringComparison.Ordinal) }).Plan().Status.Conditions.Find("Updated")!.Status.ShouldBe("False", "they are replaced for an upgrade");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public async Task A_change_is_made_in_the_pass_that_sees_it_and_once(int servers)
    {
        await using var bench = servers > 1 ? await PassBench.SteadyAsync(servers) : await PassBench.StartAsync(1, Standalone);
        if (servers == 1)
        {
            bench.Servers[PassBench.Address(0)].Role = DoltRole.None;
            await bench.PassAsync();
        }

        foreach (var ordinal in Enumerable.Range(0, servers))
            bench.Servers[PassBench.Address(ordinal)].Statements.Clear();
        await bench.ChangeAsync(new JsonObject { ["server"] = new JsonObject { ["logLevel"] = "debug" } });
        await bench.PassAsync();
        foreach (var ordinal in Enumerable.Range(0, servers))
            bench.Servers[PassBench.Address(ordinal)].Variables.LogLevel.ShouldBe("debug");
        bench.Condition("SpecAccepted").ShouldBe("Accepted: the spec is in effect");

        for (var pass = 0; pass < 60; pass++)
            await bench.PassAsync();
        foreach (var ordinal in Enumerable.Range(0, servers))
        {
            var told = bench.Servers[PassBench.Address(ordinal)].Statements;
            told.Count(statement => statement == "set LogLevel debug").ShouldBe(1);
            told.Count(statement => statement == "variables").ShouldBeInRange(2, 3, "after it was set, and now and then");
        }
    }

    [Fact]
    public async Task A_level_that_reads_otherwise_after_it_was_set_is_told_in_the_same_pass_and_set_again_less_and_less_often()
    {
        await using var bench = await PassBench.StartAsync(1, Standalone);
        var server = bench.Servers[PassBench.Address(0)];
        (server.Role, server.KeepsVariables) = (DoltRole.None, true);
        await bench.PassAsync();
        await bench.ChangeAsync(new JsonObject { ["server"] = new JsonObject { ["logLevel"] = "debug" } });
        await bench.PassAsync();
        bench.Condition("SpecAccepted").ShouldBe("ApplyRefused: spec.server.logLevel was not taken by db-0: it was set to debug and is info");
        for (var pass = 0; pass < 40; pass++)
            await bench.PassAsync();
        server.Statements.Count(static statement => statement == "set LogLevel debug").ShouldBe(4, "after 5, 10 and 20 seconds");

        server.KeepsVariables = false;
        for (var pass = 0; pass < 40; pass++)
            await bench.PassAsync();
        bench.Condition("SpecAccepted").ShouldBe("Accepted: the spec is in effect");
    }

    private static Situation All(Situation situation, string? level) =>
        situation.Members.Keys.Aggregate(situation, (all, ordinal) => all.Having(ordinal, 0, level));

    private static Situation Logging(Situation situation, string level) =>
        situation with { Spec = (situation.Spec.Contains("\"replication\"", StringComparison.Ordinal) ? Situation.Replicated(3, 0) : Standalone)[..^1] + Level(level) + "}" };

    private static string Level(string level) => $",\"server\":{{\"logLevel\":\"{level}\"}}";

    private static DesiredCluster Desired(string more) => new Situation { Spec = Situation.Replicated(3, 0, more) }.Plan().Desired!;

    private static string? Annotation(DesiredCluster desired, string name) => desired.StatefulSet.Spec!.Template!.Metadata!.Annotations!.GetValueOrDefault(name);
}
