using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Core.Tests.Pretended;
using DoltDB.Operator.Sql;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Core.Tests.Replication;

/// <summary>Hand-overs from db-0 to db-1 at epoch 2, as the answer to the drain decides how they end.</summary>
public sealed class HandOverProcedureTests : IAsyncLifetime
{
    private const long ReservedEpoch = 3;

    private static readonly DoltEndpoint OldEndpoint = Endpoint("10.0.0.0");
    private static readonly DoltEndpoint TargetEndpoint = Endpoint("10.0.0.1");

    private readonly ManualTimeProvider clock = new();
    private readonly PretendedServers servers;
    private readonly DoltConnections connections;

    public HandOverProcedureTests()
    {
        servers = new PretendedServers(clock);
        connections = new DoltConnections(servers, new DoltConnectionsOptions(), clock);
        Old.Role = DoltRole.Primary;
    }

    private PretendedServer Old => servers[OldEndpoint.Host];

    private PretendedServer Target => servers[TargetEndpoint.Host];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => connections.DisposeAsync();

    [Fact]
    public async Task A_target_that_was_given_everything_becomes_primary_at_the_epoch_of_the_drain()
    {
        Old.DrainRows = [.. Rows("db-1"), .. Rows("db-2", isCaughtUp: false)];
        (await HandOverAsync()).ShouldBe(new HandOverResult(true, "the primary role was handed over"));
        (Target.Role, Target.Epoch).ShouldBe((DoltRole.Primary, 2L));
        (Old.Role, Old.Epoch).ShouldBe((DoltRole.Standby, 2L));
    }

    [Fact]
    public async Task A_target_that_the_old_primary_does_not_name_is_not_promoted_although_both_look_equal()
    {
        Old.DrainRows = Rows("db-2");
        var result = await HandOverAsync();
        result.ShouldBe(new HandOverResult(false, "nobody knows what the target was given before the primary stepped down; the old primary goes on") { IsRollBackTried = true });
        TheOldPrimaryShouldGoOn();
    }

    [Fact]
    public async Task A_target_that_lags_in_one_of_its_databases_is_not_promoted()
    {
        Old.DrainRows = [.. Rows("db-1"), new DoltTransitionRow(false, "shop", "db-1", "")];
        var result = await HandOverAsync();
        result.ShouldBe(new HandOverResult(false, "the primary could not give the target all that it holds; the old primary goes on") { IsRollBackTried = true });
        TheOldPrimaryShouldGoOn();
    }

    [Fact]
    public async Task A_drain_that_is_refused_leaves_the_primary_alone()
    {
        const string Refusal = "failed to transition from primary to standby gracefully; could not ensure 2 replicas were caught up on all 3 databases";
        Old.DrainRefusal = new DoltException(1105, Refusal);
        var result = await HandOverAsync();
        result.IsDone.ShouldBeFalse();
        result.Because.ShouldStartWith("the primary could not be drained and goes on: ");
        result.Because.ShouldContain(Refusal);
        (Old.Role, Old.Epoch).ShouldBe((DoltRole.Primary, 1L));
        Old.Statements.ShouldNotContain("assume", "it never stopped being primary");
        Target.Statements.ShouldNotContain("assume");
    }

    [Fact]
    public async Task A_drain_whose_answer_is_lost_gives_the_role_back_at_a_reserved_epoch()
    {
        Old.DrainRows = Rows("db-1");
        Old.IsDrainAnswerLost = true;
        var result = await HandOverAsync();
        result.ShouldBe(new HandOverResult(false, "nobody knows what the target was given before the primary stepped down; the old primary goes on") { IsRollBackTried = true });
        TheOldPrimaryShouldGoOn();
    }

    [Fact]
    public async Task A_full_primary_hands_over_on_the_connection_that_is_open()
    {
        (Old.DrainRows, Old.KeepsSessions) = (Rows("db-1"), true);
        await (await connections.GetAsync(OldEndpoint, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken)).DisposeAsync();
        Old.LetsClientsWait = true;
        (await HandOverAsync()).ShouldBe(new HandOverResult(true, "the primary role was handed over"));
    }

    [Fact]
    public async Task Why_the_target_did_not_become_primary_is_told()
    {
        Old.DrainRows = Rows("db-1");
        Target.RoleRefusal = new DoltException(1105, "disk full");
        var result = await HandOverAsync();
        result.ShouldBe(new HandOverResult(false, "the target did not become primary: disk full; the old primary goes on") { IsRollBackTried = true });
    }

    [Fact]
    public async Task An_old_primary_that_does_not_take_the_role_back_is_not_said_to_go_on()
    {
        Old.DrainRows = Rows("db-2");
        Old.RoleRefusal = new DoltException(1105, "disk full");
        var result = await HandOverAsync();
        result.Because.ShouldBe("nobody knows what the target was given before the primary stepped down; the old primary did not take the role back: disk full");
        result.RollBackFailure.ShouldBe("disk full");
    }

    private void TheOldPrimaryShouldGoOn()
    {
        (Old.Role, Old.Epoch).ShouldBe((DoltRole.Primary, ReservedEpoch));
        Target.Role.ShouldBe(DoltRole.Standby);
        Target.Statements.ShouldNotContain("assume");
    }

    private async Task<HandOverResult> HandOverAsync()
    {
        var state = new HandOverStatus { From = 0, To = 1, Epoch = 2, Reason = PrimaryReasons.Switchover };
        var running = new HandOverProcedure(new MemberCommands(connections, clock)).RunAsync(
            state, OldEndpoint, TargetEndpoint, "db-1", minimumCaughtUp: 1, () => Task.FromResult(ReservedEpoch), TestContext.Current.CancellationToken);
        while (!running.IsCompleted)
        {
            if (!clock.AdvanceToNextTimer())
                await Task.Yield();
        }

        return await running;
    }

    private static DoltEndpoint Endpoint(string host) => new() { Host = host, Port = 3306, User = "root", Password = "secret" };

    /// <summary>What Dolt says of a standby even without any database.</summary>
    private static DoltTransitionRow[] Rows(string standby, bool isCaughtUp = true) =>
        [.. new[] { "mysql", "dolt_branch_control", "shop" }.Select(database => new DoltTransitionRow(isCaughtUp, database, standby, $"http://{standby}.db-internal.ns:50051/"))];
}
