using System.Text.Json.Nodes;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Tests.Clusters;

/// <summary>Passes in which requests to the API server fail, or last: what does not depend on them is done all the same.</summary>
public sealed class PassFaultTests
{
    public static TheoryData<Exception> Failures =>
    [
        new TimeoutException("no answer within 10 s"),
        new HttpRequestException("connection reset"),
        new IOException("the answer ended early"),
        new KubernetesException(500, null, "the webhook timed out"),
    ];

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task A_lost_primary_is_replaced_before_any_child_is_applied(Exception failure)
    {
        await using var bench = await PassBench.SteadyAsync(2);
        await bench.LoseServiceAsync("db-internal");
        var tried = new List<DoltRole>();
        bench.Api.Trouble = write =>
        {
            if (!IsChild(write))
                return null;
            tried.Add(bench.Servers["10.0.0.1"].Role);
            bench.Clock.Advance(TimeSpan.FromSeconds(10));
            return failure;
        };
        await bench.PassAsync();
        bench.Condition(ClusterConditions.SpecAccepted)!.ShouldContain(failure.Message);

        await bench.LoseAsync(0);
        await bench.PassAsync();

        // The children rest for ten seconds after an attempt: not any more when the failover is due.
        bench.Clock.Advance(TimeSpan.FromSeconds(15));
        await bench.UntilAsync(() =>
        {
            if (bench.Servers["10.0.0.1"].Role == DoltRole.Primary)
                return true;
            tried.Clear();
            return false;
        });

        tried.ShouldNotBeEmpty();
        tried.ShouldNotContain(DoltRole.Standby, "in the pass of the failover");
    }

    [Fact]
    public async Task Children_whose_attempts_last_are_left_alone_for_as_long()
    {
        await using var bench = await PassBench.SteadyAsync(2);
        await bench.LoseServiceAsync("db-internal");
        var tried = 0;
        bench.Api.Trouble = write =>
        {
            if (!IsChild(write))
                return null;
            tried++;
            bench.Clock.Advance(TimeSpan.FromSeconds(10));
            return new KubernetesException(500, null, "failed calling webhook: context deadline exceeded");
        };
        await bench.PassAsync();
        var first = tried;
        first.ShouldBeGreaterThan(0);
        for (var second = 0; second < 8; second++)
            await bench.PassAsync();
        tried.ShouldBe(first, "the servers are looked at meanwhile");
        for (var second = 0; second < 10; second++)
            await bench.PassAsync();
        tried.ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task A_cluster_that_is_paused_from_the_start_gets_nothing_but_a_status()
    {
        await using var bench = await PassBench.StartAsync(0, Situation.Replicated(2, 0, ",\"paused\":true"));
        await bench.PassAsync();
        bench.Cluster.Status!.Phase.ShouldBe("Paused");
        bench.Api.Writes.ShouldAllBe(write => write.StartsWith("replace DoltDB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_hand_over_that_a_pause_finds_is_finished_up_to_the_way_to_the_primary()
    {
        await using var bench = await PassBench.SteadyAsync(2);
        await bench.FindAsync(new JsonObject { ["handOver"] = new JsonObject { ["from"] = 0, ["to"] = 1, ["epoch"] = 2, ["reason"] = "SwitchPrimary" } });
        await bench.ChangeAsync(new JsonObject { ["paused"] = true });
        (bench.Servers["10.0.0.0"].Role, bench.Servers["10.0.0.0"].Epoch) = (DoltRole.Standby, 2);
        (bench.Servers["10.0.0.1"].Role, bench.Servers["10.0.0.1"].Epoch) = (DoltRole.Primary, 2);
        bench.Api.Trouble = write => write.Contains("Service db-primary", StringComparison.Ordinal) ? new KubernetesException(500, null, "the webhook timed out") : null;
        for (var second = 0; second < 3; second++)
            await bench.PassAsync();
        bench.Cluster.Status!.CurrentPrimary.ShouldBe("db-1");
        bench.Cluster.Status.HandOver.ShouldNotBeNull("nobody is routed yet");

        bench.Api.Trouble = static _ => null;
        bench.Api.ReadingTrouble = reading => reading == "Pod db-1" ? new KubernetesException(500, null, "etcd does not answer") : null;
        await bench.UntilAsync(() => bench.SelectedBy("db-primary") == "db-1");
        (await Should.ThrowAsync<KubernetesException>(bench.PassAsync)).Code.ShouldBe(500);
        bench.Cluster.Status!.HandOver.ShouldNotBeNull("what the cache shows may be from before: the server has the last word");

        bench.Api.ReadingTrouble = static _ => null;
        await bench.UntilAsync(() => bench.Cluster.Status is { HandOver: null, Phase: "Paused" });
    }

    [Fact]
    public async Task A_label_that_a_pod_may_not_have_does_not_keep_writes_from_the_new_primary()
    {
        await using var bench = await PassBench.SteadyAsync(2);
        await bench.FindAsync(new JsonObject { ["handOver"] = new JsonObject { ["from"] = 0, ["to"] = 1, ["epoch"] = 2, ["reason"] = "SwitchPrimary" } });
        await bench.ChangeAsync(new JsonObject { ["paused"] = true });
        (bench.Servers["10.0.0.0"].Role, bench.Servers["10.0.0.0"].Epoch) = (DoltRole.Standby, 2);
        (bench.Servers["10.0.0.1"].Role, bench.Servers["10.0.0.1"].Epoch) = (DoltRole.Primary, 2);
        bench.Api.Trouble = write => write == "patch Pod db-0" ? new KubernetesException(403, null, "a policy forbids it") : null;
        await bench.PassAsync();
        await bench.PassAsync();
        await bench.UntilAsync(() => bench.SelectedBy("db-primary") == "db-1");
        bench.Cluster.Status!.HandOver.ShouldNotBeNull("db-0 still has the label of the primary");
    }

    [Fact]
    public async Task Credentials_that_cannot_be_kept_keep_nobody_from_a_failover()
    {
        const string Quota = "exceeded quota: secrets=10";
        await using var bench = await PassBench.StartAsync(2);
        bench.Api.Trouble = write => write == "apply Secret db-credentials-applied" ? new KubernetesException(403, "Forbidden", Quota) : null;
        for (var ordinal = 0; ordinal < 2; ordinal++)
            bench.Servers[PassBench.Address(ordinal)].Epoch = 0;
        await bench.UntilAsync(() => bench.Cluster.Status is { CurrentPrimaryPodIndex: 0, LastEqual.Count: > 0 });
        bench.Condition(ClusterConditions.SpecAccepted)!.ShouldSatisfyAllConditions(
            told => told.ShouldStartWith("ApplyRefused"), told => told.ShouldContain("db-credentials-applied"), told => told.ShouldContain(Quota));
        bench.Api.Writes.Count(write => write == "apply Secret db-credentials-applied").ShouldBe(1, "it rests");

        await bench.LoseAsync(0);
        await bench.UntilAsync(() => bench.Servers["10.0.0.1"].Role == DoltRole.Primary);
        bench.Api.Trouble = static _ => null;
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await bench.UntilAsync(() => bench.Condition(ClusterConditions.SpecAccepted)!.StartsWith("Accepted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_that_cannot_be_made_are_told_of_and_made_when_they_can()
    {
        await using var bench = await PassBench.StartAsync(0, Situation.Replicated(2, 0), write => write == "create Secret db-credentials" ? new KubernetesException(403, "Forbidden", "denied by policy") : null);
        bench.Condition(ClusterConditions.Ready)!.ShouldSatisfyAllConditions(
            told => told.ShouldStartWith("CredentialsInvalid"), told => told.ShouldContain("denied by policy"));
        bench.Api.Trouble = static _ => null;
        bench.Clock.Advance(TimeSpan.FromSeconds(5));
        await bench.UntilAsync(() => bench.Condition(ClusterConditions.Ready)!.StartsWith("StatefulSetNotReady", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Labels_that_pods_may_not_have_are_tried_pod_by_pod_and_then_rest()
    {
        await using var bench = await PassBench.SteadyAsync(2);
        bench.Api.Trouble = static write => write.StartsWith("apply Pod ", StringComparison.Ordinal) ? new KubernetesException(403, "Forbidden", "denied by policy") : null;
        bench.Api.Writes.Clear();
        await bench.LabelAsync("team", "shop");
        for (var second = 0; second < 10; second++)
            await bench.PassAsync();

        // Once, and perhaps once more when the caches have seen the children that were changed with them.
        var tried = bench.Api.Writes.Where(write => write.StartsWith("apply Pod ", StringComparison.Ordinal)).ToList();
        tried.Distinct().ShouldBe(["apply Pod db-0", "apply Pod db-1"]);
        tried.Count.ShouldBeLessThanOrEqualTo(4);
        bench.Condition(ClusterConditions.SpecAccepted)!.ShouldSatisfyAllConditions(told => told.ShouldContain("Pod db-0: denied"), told => told.ShouldContain("Pod db-1: denied"));
    }

    private static bool IsChild(string write) => write.StartsWith("apply ", StringComparison.Ordinal) && !write.StartsWith("apply Secret", StringComparison.Ordinal);
}
