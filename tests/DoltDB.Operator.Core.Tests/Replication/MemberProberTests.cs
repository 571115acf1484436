using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Sql;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Core.Tests.Replication;

/// <summary>What passes learn of a server that is slow, freezes, refuses or is replaced, and when.</summary>
public sealed class MemberProberTests : IAsyncDisposable
{
    private static readonly NamespacedName Cluster = new("ns", "db");

    private readonly ManualTimeProvider clock = new();
    private readonly PretendedServers servers;
    private readonly DoltConnections connections;
    private readonly MemberProber prober;
    private string pod = "uid-0";

    public MemberProberTests()
    {
        servers = new PretendedServers(clock);
        connections = new DoltConnections(servers, new DoltConnectionsOptions(), clock);
        prober = new MemberProber(connections, new MemberProberOptions(), clock);
    }

    private PretendedServer Server => servers["10.0.0.0"];

    public ValueTask DisposeAsync() => connections.DisposeAsync();

    [Fact]
    public async Task A_server_that_takes_long_to_tell_what_it_holds_costs_a_pass_a_second_and_is_there()
    {
        Server.IsSlow = true;
        var (probe, took) = await PassAsync();
        took.ShouldBe(TimeSpan.FromSeconds(1));
        (probe.IsReachable, probe.Role, probe.Content).ShouldBe((true, DoltRole.Standby, null));
        for (var pass = 0; pass < 6; pass++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (probe, took) = await PassAsync();
            took.ShouldBe(TimeSpan.Zero, "the role is asked on another connection");
            probe.IsReachable.ShouldBeTrue();
            probe.Error.ShouldBeNull();
        }

        Server.Statements.Count(statement => statement == "accounts").ShouldBe(1, "it is not asked for more while it is busy");
        connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_freezes_after_it_told_its_role_is_known_to_be_lost_after_two_more_passes()
    {
        (await PassAsync()).Probe.Content.ShouldNotBeNull();
        clock.Advance(TimeSpan.FromSeconds(10));
        var frozen = clock.GetUtcNow();
        Server.IsSlow = true;
        await PassAsync();
        Server.IsFrozen = true;
        MemberProbe probe;
        do
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (probe, _) = await PassAsync();
        }
        while (probe.Failures < 2 && clock.GetUtcNow() - frozen < TimeSpan.FromMinutes(1));

        probe.AwaySince.ShouldBe(frozen.AddSeconds(2));
        (clock.GetUtcNow() - frozen).ShouldBeLessThan(TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Content_that_comes_late_serves_the_next_pass_also_one_that_decides_on_it()
    {
        Server.IsSlow = true;
        var (probe, took) = await PassAsync(ContentNeed.Now);
        took.ShouldBe(TimeSpan.FromSeconds(3));
        (probe.Content, probe.ContentError).ShouldBe((null, "what it holds is still being read"));
        Server.IsSlow = false;
        Server.Answers();
        await Task.Yield();
        clock.Advance(TimeSpan.FromSeconds(1));
        (probe, took) = await PassAsync(ContentNeed.Now);
        probe.Content!.Databases.Keys.ShouldBe(["shop"]);
        probe.ContentError.ShouldBeNull();
        Server.Statements.Count(statement => statement == "databases").ShouldBe(1, "what was waited for is taken");
        clock.Advance(TimeSpan.FromSeconds(1));
        await PassAsync(ContentNeed.Now);
        Server.Statements.Count(statement => statement == "databases").ShouldBe(2);
    }

    [Fact]
    public async Task Content_of_before_stands_while_it_is_read_again()
    {
        await PassAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        Server.IsSlow = true;
        var (probe, _) = await PassAsync();
        probe.Content!.Databases.Keys.ShouldBe(["shop"]);
        for (var second = 0; second < 12; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (probe, _) = await PassAsync();
        }

        probe.Content.ShouldBeNull("it could not be read in time");
        probe.ContentError.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_moved_at_one_epoch_says_nothing_at_another()
    {
        await PassAsync(ContentNeed.Now);
        Server.Databases["shop"] = "hash-2";
        (await PassAsync(ContentNeed.Now)).Probe.Content!.Moved.ShouldBeEmpty("it may have been made anew, empty");
        Server.Databases["shop"] = "hash-3";
        (await PassAsync(ContentNeed.Now)).Probe.Content!.Moved.ShouldBe(["shop"]);
        Server.Epoch = 2;
        (await PassAsync(ContentNeed.None)).Probe.Content!.Moved.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_refuses_the_password_is_away_only_from_when_it_is_silent()
    {
        Server.Refusal = new DoltException(1045, "Access denied");
        for (var pass = 0; pass < 20; pass++)
        {
            (await PassAsync()).Probe.ShouldSatisfyAllConditions(
                probe => probe.IsAccessDenied.ShouldBeTrue(), probe => probe.AwaySince.ShouldBeNull(), probe => probe.Error.ShouldBe("Access denied"));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        (Server.Refusal, Server.IsFrozen) = (null, true);
        var lost = clock.GetUtcNow();
        var (silent, _) = await PassAsync();
        (silent.AwaySince, silent.Failures, silent.IsAccessDenied).ShouldBe((lost, 1, false));
    }

    [Fact]
    public async Task A_server_that_shows_new_clients_the_door_is_away_only_from_when_it_is_silent()
    {
        Server.Refusal = new NotAdmittedException("it lets no more clients in");
        for (var pass = 0; pass < 20; pass++)
        {
            (await PassAsync()).Probe.ShouldSatisfyAllConditions(
                probe => probe.LetsNobodyIn.ShouldBeTrue(), probe => probe.IsReachable.ShouldBeFalse(), probe => probe.AwaySince.ShouldBeNull(), probe => probe.Failures.ShouldBe(0));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var closes = (await PassAsync()).Probe.ClosesSince;
        closes.ShouldBe(clock.GetUtcNow().AddSeconds(-20));
        (Server.Refusal, Server.LetsClientsWait) = (null, true);
        var lost = clock.GetUtcNow();
        var (silent, _) = await PassAsync();
        (silent.AwaySince, silent.Failures, silent.LetsNobodyIn).ShouldBe((lost, 1, false), "it cannot be told from one that stands still");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_server_is_there_as_long_as_it_answers_on_the_connection_that_is_open(bool hasQueue)
    {
        (await PassAsync()).Probe.LetsNobodyIn.ShouldBeFalse();
        (Server.LetsClientsWait, Server.Refusal) = (hasQueue, hasQueue ? null : new NotAdmittedException("it lets no more clients in"));
        MemberProbe probe;
        for (var second = 0; second < 120; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (probe, _) = await PassAsync();
            probe.IsReachable.ShouldBeTrue();
        }

        (probe, _) = await PassAsync();
        (probe.LetsNobodyIn, probe.AwaySince, probe.Failures).ShouldBe((true, null, 0));
    }

    [Fact]
    public async Task A_full_server_that_takes_long_to_tell_what_it_holds_is_there_and_keeps_the_connection()
    {
        (Server.IsSlow, Server.KeepsSessions) = (true, true);
        await PassAsync();
        Server.LetsClientsWait = true;
        MemberProbe probe;
        for (var pass = 0; pass < 4; pass++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (probe, _) = await PassAsync();
            (probe.IsReachable, probe.Failures).ShouldBe((true, 0));
        }

        Server.IsSlow = false;
        Server.Answers();
        await Task.Yield();
        for (var pass = 0; pass < 3; pass++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (probe, _) = await PassAsync();
            (probe.IsReachable, probe.Failures).ShouldBe((true, 0));
            probe.Content.ShouldNotBeNull();
        }

        connections.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_a_primary_said_of_its_standbys_outlives_its_pod()
    {
        Server.Role = DoltRole.Primary;
        Server.Replication = [new DoltReplicationStatus("shop", "db-1", "standby", 1, 4000, null)];
        await PassAsync();
        (pod, Server.IsFrozen) = ("uid-0-again", true);
        var (probe, _) = await PassAsync();
        probe.IsReachable.ShouldBeFalse();
        probe.Replication!["db-1"].Lag.ShouldBe(TimeSpan.FromSeconds(4));
        (Server.IsFrozen, Server.Replication) = (false, []);
        (await PassAsync()).Probe.Replication.ShouldBeEmpty("the new one is asked at once");
    }

    [Fact]
    public async Task A_single_lost_probe_interrupts_nobody_s_answering_and_two_do()
    {
        var began = clock.GetUtcNow();
        await PassAsync();
        foreach (var lost in new[] { 1, 2 })
        {
            Server.IsFrozen = true;
            for (var pass = 0; pass < lost; pass++)
                await PassAsync();
            Server.IsFrozen = false;
            clock.Advance(TimeSpan.FromSeconds(1));
            var back = clock.GetUtcNow();
            (await PassAsync()).Probe.AnsweringSince.ShouldBe(lost == 1 ? began : back);
        }
    }

    [Fact]
    public async Task What_a_primary_holds_is_read_again_at_once_when_it_has_another_database_or_one_less()
    {
        Server.Role = DoltRole.Primary;
        Server.Databases["stock"] = "hash-2";
        await AwaitDatabasesAsync("shop", "stock");
        Server.Databases["more"] = "hash-3";
        await AwaitDatabasesAsync("more", "shop", "stock");
        Server.Databases.Remove("more");
        await AwaitDatabasesAsync("shop", "stock");

        async Task AwaitDatabasesAsync(params string[] names)
        {
            Server.Replication = [.. Server.Databases.Keys.Select(static database => new DoltReplicationStatus(database, "db-1", "standby", 1, 0, null))];
            clock.Advance(TimeSpan.FromSeconds(2.5));
            (await PassAsync()).Probe.Content!.Databases.Keys.ShouldBe(names);
        }
    }

    [Fact]
    public async Task Each_database_rests_since_it_changed_last_whatever_goes_on_in_others()
    {
        Server.Databases["stock"] = "hash-1";
        var began = clock.GetUtcNow();
        await PassAsync(ContentNeed.Now);
        clock.Advance(TimeSpan.FromSeconds(4));
        Server.Databases["shop"] = "hash-2";
        var busy = (await PassAsync(ContentNeed.Now)).Probe.Content!;
        (busy.Since, busy.RestsSince["stock"], busy.RestsSince.ContainsKey("shop")).ShouldBe((clock.GetUtcNow(), began, false));
        clock.Advance(TimeSpan.FromSeconds(4));
        Server.Databases["shop"] = "hash-3";
        var primary = busy with { Time = clock.GetUtcNow(), Databases = busy.Databases.SetItem("stock", "restored").SetItem("shop", "hash-9"), RestsSince = busy.RestsSince.SetItem("stock", began) };
        primary.DatabasesThatStayDifferent((await PassAsync(ContentNeed.Now)).Probe.Content!).ShouldBe(["stock"]);
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_for_a_moment_was_not_written_to()
    {
        await PassAsync(ContentNeed.Now);
        Server.Databases["shop"] = IDoltServer.Unreadable + "1";
        await PassAsync(ContentNeed.Now);
        Server.Databases["shop"] = "hash-1";
        (await PassAsync(ContentNeed.Now)).Probe.Content!.Moved.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("debug")]
    [InlineData(null)]
    public async Task What_is_set_while_servers_run_is_read_with_the_accounts_and_holds_up_nothing_when_it_is_not_known(string? level)
    {
        Server.Variables = new RunningVariables(3, level);
        var (probe, _) = await PassAsync();
        probe.Variables.ShouldBe(new RunningVariables(3, level));
        (probe.Content!.Databases.Keys.Single(), probe.ContentError).ShouldBe(("shop", null));
        for (var second = 0; second < 70; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            (probe, _) = await PassAsync();
        }

        probe.Variables.ShouldBe(new RunningVariables(3, level));
        Server.Statements.Count(statement => statement == "variables").ShouldBe(2);
        Server.Statements.Count(statement => statement == "accounts").ShouldBe(2);
    }

    [Fact]
    public async Task A_server_without_replication_is_asked_for_its_variables_now_and_then_and_for_nothing_that_it_holds()
    {
        Server.Role = DoltRole.None;
        var (probe, _) = await PassAsync();
        (probe.Variables, probe.Content).ShouldBe((new RunningVariables(null, "info"), null));
        Server.Variables = new RunningVariables(null, "debug");
        for (var pass = 0; pass < 4; pass++)
        {
            probe.Variables!.LogLevel.ShouldBe("info");
            clock.Advance(TimeSpan.FromSeconds(10));
            (probe, _) = await PassAsync();
        }

        probe.Variables!.LogLevel.ShouldBe("debug");
        Server.Statements.ShouldBe(["role", "version", "variables", "role", "role", "role", "role", "variables"]);
    }

    [Theory]
    [InlineData(DoltRole.None)]
    [InlineData(DoltRole.Standby)]
    public async Task A_server_that_began_anew_is_asked_again_at_once(DoltRole role)
    {
        Server.Role = role;
        await PassAsync();
        Server.IsFrozen = true;
        (await PassAsync()).Probe.Variables.ShouldBeNull();
        (Server.IsFrozen, Server.Variables) = (false, new RunningVariables(10, "debug"));
        (await PassAsync()).Probe.Variables!.LogLevel.ShouldBe("debug");
    }

    [Fact]
    public async Task What_a_server_has_after_it_was_told_is_known_at_once_unless_it_is_another()
    {
        await PassAsync();
        prober.Learn(Cluster, 0, "uid-before", new RunningVariables(10, "trace"));
        (await PassAsync()).Probe.Variables!.LogLevel.ShouldBe("info");
        prober.Learn(Cluster, 0, pod, new RunningVariables(10, "debug"));
        (await PassAsync()).Probe.Variables!.LogLevel.ShouldBe("debug");
        Server.Statements.Count(statement => statement == "variables").ShouldBe(1);
    }

    [Fact]
    public async Task What_a_server_was_told_while_its_databases_were_read_stays()
    {
        await PassAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        Server.IsSlow = true;
        await PassAsync();
        prober.Learn(Cluster, 0, pod, new RunningVariables(10, "debug"));
        Server.IsSlow = false;
        Server.Answers();
        await Task.Yield();
        clock.Advance(TimeSpan.FromSeconds(1));
        (await PassAsync()).Probe.Variables!.LogLevel.ShouldBe("debug");
    }

    [Fact]
    public async Task A_probe_that_fails_in_a_way_that_nobody_foresaw_fails_one_pass()
    {
        Server.Refusal = new NotSupportedException("a defect");
        await Should.ThrowAsync<NotSupportedException>(() => PassAsync());
        Server.Refusal = null;
        (await PassAsync()).Probe.IsReachable.ShouldBeTrue();
    }

    /// <summary>A pass, during which time goes on only as far as the pass waits.</summary>
    private async Task<(MemberProbe Probe, TimeSpan Took)> PassAsync(ContentNeed need = ContentNeed.Recent)
    {
        var began = clock.GetUtcNow();
        var endpoint = new DoltEndpoint { Host = "10.0.0.0", Port = 3306, User = "root", Password = "secret" };
        var running = prober.ProbeAsync(Cluster, [new ProbeTarget(0, pod, endpoint)], need, TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            if (!clock.AdvanceToNextTimer())
                await Task.Yield();
        }

        return ((await running)[0], clock.GetUtcNow() - began);
    }
}
