using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Sql;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Core.Tests.Replication;

/// <summary>What servers are told, and for how long they are waited for.</summary>
public sealed class MemberCommandsTests
{
    private readonly ManualTimeProvider clock = new();

    [Fact]
    public async Task Servers_that_answer_within_ten_seconds_are_compared()
    {
        var servers = Slow();
        await using var connections = new DoltConnections(servers, new DoltConnectionsOptions(), clock);
        var comparing = CompareAsync(connections);
        clock.Advance(TimeSpan.FromSeconds(8));
        foreach (var host in (string[])["a", "b"])
        {
            servers[host].IsSlow = false;
            servers[host].Answers();
        }

        (await comparing).ShouldBe(true);
    }

    [Fact]
    public async Task Databases_and_accounts_share_the_ten_seconds()
    {
        var servers = Slow();
        await using var connections = new DoltConnections(servers, new DoltConnectionsOptions(), clock);
        var comparing = CompareAsync(connections);
        clock.Advance(TimeSpan.FromSeconds(8));
        foreach (var host in (string[])["a", "b"])
        {
            servers[host].Answers();
            await Eventually.HoldsAsync(() => servers[host].Statements.Contains("accounts"), "the accounts are asked for");
        }

        clock.Advance(TimeSpan.FromSeconds(1.9));
        comparing.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.2));
        (await comparing).ShouldBeNull();
    }

    [Fact]
    public async Task Servers_that_differ_are_compared_again_within_the_same_ten_seconds()
    {
        var servers = Slow();
        servers["a"].Databases["shop"] = "hash-2";
        await using var connections = new DoltConnections(servers, new DoltConnectionsOptions(), clock);
        var comparing = CompareAsync(connections);
        clock.Advance(TimeSpan.FromSeconds(8));
        foreach (var host in (string[])["a", "b"])
        {
            servers[host].Answers();
            await Eventually.HoldsAsync(() => servers[host].Statements.Contains("accounts"), "the accounts are asked for");
            servers[host].Answers();
        }

        await Eventually.HoldsAsync(() => servers["a"].Statements.Count(statement => statement == "databases") == 2, "the databases are asked for again");
        clock.Advance(TimeSpan.FromSeconds(1.9));
        comparing.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.2));
        (await comparing).ShouldBeNull();
    }

    [Fact]
    public async Task Servers_that_differ_are_compared_three_times()
    {
        var servers = new PretendedServers(clock);
        servers["a"].Databases["shop"] = "hash-2";
        await using var connections = new DoltConnections(servers, new DoltConnectionsOptions(), clock);
        (await CompareAsync(connections)).ShouldBe(false);
        servers["a"].Statements.Count(statement => statement == "databases").ShouldBe(3);
    }

    private static Task<bool?> CompareAsync(MemberCommands commands) => commands.HoldsAllOfAsync(Endpoint("a"), Endpoint("b"), TestContext.Current.CancellationToken);

    private static DoltEndpoint Endpoint(string host) => new() { Host = host, Port = 3306, User = "root", Password = "secret" };

    private Task<bool?> CompareAsync(DoltConnections connections) => CompareAsync(new MemberCommands(connections, clock));

    private PretendedServers Slow()
    {
        var servers = new PretendedServers(clock);
        (servers["a"].IsSlow, servers["b"].IsSlow) = (true, true);
        return servers;
    }
}
