using DoltDB.Operator.Sql.Tests.Fakes;
using ManualTimeProvider = DoltDB.Operator.Testing.ManualTimeProvider;

namespace DoltDB.Operator.Sql.Tests;

public sealed class DoltConnectionsTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task One_connection_serves_one_probe_after_the_other()
    {
        await using var server = Healthy();
        await using var pool = CreatePool();
        for (var probe = 0; probe < 3; probe++)
            await ProbeAsync(pool, server.Endpoint);
        server.Connections.ShouldBe(1);
        pool.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Users_of_one_connection_take_turns()
    {
        await using var server = Healthy();
        await using var pool = CreatePool();
        var first = await pool.GetAsync(server.Endpoint, s_deadline, Token);
        var second = pool.GetAsync(server.Endpoint, s_deadline, Token).AsTask();
        second.IsCompleted.ShouldBeFalse();
        await first.DisposeAsync();
        await using var lease = await second;
        lease.Server.ShouldBeSameAs(first.Server);
    }

    [Fact]
    public async Task Who_waits_for_a_busy_connection_waits_no_longer_than_the_deadline()
    {
        await using var server = Healthy();
        await using var pool = CreatePool();
        await using (await pool.GetAsync(server.Endpoint, s_deadline, Token))
            await Should.ThrowAsync<TimeoutException>(pool.GetAsync(server.Endpoint, s_short, Token).AsTask());
        await ProbeAsync(pool, server.Endpoint);
    }

    [Fact]
    public async Task Who_waits_for_a_turn_has_time_for_that_apart_from_the_time_to_connect()
    {
        await using var server = Healthy();
        await using var pool = CreatePool();
        var first = await pool.GetAsync(server.Endpoint, s_deadline, Token);
        var second = pool.GetAsync(server.Endpoint, s_short, s_deadline, Token).AsTask();
        await Task.Delay(2 * s_short, TimeProvider.System, Token);
        second.IsCompleted.ShouldBeFalse();
        await first.DisposeAsync();
        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task Nobody_waits_for_a_connection_that_left_the_pool()
    {
        await using var server = Healthy();
        await using var pool = CreatePool();
        var slow = await pool.GetAsync(server.Endpoint, s_deadline, Token);
        slow.Detach();
        await using (var other = await pool.GetAsync(server.Endpoint, s_short, Token))
            other.Server.ShouldNotBeSameAs(slow.Server);
        await slow.DisposeAsync();
        slow.Server.IsUsable.ShouldBeFalse("it is closed with its lease");
        await ProbeAsync(pool, server.Endpoint);
        (server.Connections, pool.Count).ShouldBe((2, 1));
    }

    [Fact]
    public async Task A_turn_that_does_not_come_is_no_silence_of_the_server()
    {
        await using var server = Healthy();
        await using var pool = CreatePool();
        await using (await pool.GetAsync(server.Endpoint, s_deadline, Token))
            await Should.ThrowAsync<ConnectionBusyException>(pool.GetAsync(server.Endpoint, s_deadline, s_short, Token).AsTask());
        await ProbeAsync(pool, server.Endpoint);
    }

    [Fact]
    public async Task A_connection_is_replaced_after_a_role_change_that_it_did_not_survive()
    {
        await using var server = FakeServer.Answering(static statement => statement == FakeSession.Reset ? [Packets.Error(1105, "no")] : Packets.Rows(["v"], [["2.2.2"]]));
        await using var pool = CreatePool();
        await using (var lease = await pool.GetAsync(server.Endpoint, s_deadline, Token))
            await lease.Server.AssumeRoleAsync(DoltRole.Primary, 1, s_deadline, Token);
        await ProbeAsync(pool, server.Endpoint);
        server.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_is_replaced_before_anybody_fails_with_it()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.AcceptLoginAsync();
            await session.ReadStatementAsync();
            await session.SendAsync(Packets.Rows(["v"], [["2.2.2"]]));
        });
        await using var pool = CreatePool();
        IDoltServer first;
        await using (var lease = await pool.GetAsync(server.Endpoint, s_deadline, Token))
        {
            first = lease.Server;
            await first.ReadEngineVersionAsync(s_deadline, Token);
        }

        await Eventually.TrueAsync(() => !first.IsUsable);
        await ProbeAsync(pool, server.Endpoint);
        server.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task A_new_password_means_a_new_login()
    {
        await using var server = Healthy();
        await using var pool = CreatePool();
        await ProbeAsync(pool, server.Endpoint);
        await ProbeAsync(pool, server.Endpoint with { Password = "other" });
        server.Connections.ShouldBe(2);
        pool.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_old_connection_is_replaced_at_its_next_use()
    {
        var clock = new ManualTimeProvider();
        await using var server = Healthy();
        await using var pool = CreatePool(clock: clock);
        await ProbeAsync(pool, server.Endpoint);
        clock.Advance(s_age * 0.7);
        await ProbeAsync(pool, server.Endpoint);
        server.Connections.ShouldBe(1);

        clock.Advance(s_age * 0.3);
        await ProbeAsync(pool, server.Endpoint);
        await ProbeAsync(pool, server.Endpoint);

        server.Connections.ShouldBe(2);
        pool.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_lets_nobody_in_any_more_is_found_out_by_the_age_of_the_connection()
    {
        var clock = new ManualTimeProvider();
        await using var server = Healthy();
        await using var pool = CreatePool(clock: clock);
        IDoltServer first;
        await using (var lease = await pool.GetAsync(server.Endpoint, s_deadline, Token))
            first = lease.Server;
        server.StopListening();
        clock.Advance(s_age);

        await Should.ThrowAsync<IOException>(pool.GetAsync(server.Endpoint, s_deadline, Token).AsTask());

        first.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_full_server_keeps_the_connection_that_it_has()
    {
        var clock = new ManualTimeProvider();
        await using var server = AdmittingOne(static _ => Task.CompletedTask);
        await using var pool = CreatePool(clock: clock);
        await ProbeAsync(pool, server.Endpoint);
        clock.Advance(s_age);
        await ProbeAsync(pool, server.Endpoint);
        server.Connections.ShouldBe(2);
        await using var lease = await pool.GetAsync(server.Endpoint, s_deadline, Token);
        lease.LetsNobodyIn.ShouldBeTrue();
    }

    [Fact]
    public async Task A_full_server_that_knows_us_not_yet_is_told_from_one_that_is_gone()
    {
        await using var server = FakeServer.Scripted(static _ => Task.CompletedTask);
        await using var pool = CreatePool();
        await Should.ThrowAsync<NotAdmittedException>(pool.GetAsync(server.Endpoint, s_deadline, Token).AsTask());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_left_the_pool_comes_back_where_there_is_no_other_one(bool othersTried)
    {
        await using var server = AdmittingOne(static _ => Task.CompletedTask);
        await using var pool = CreatePool();
        var slow = await pool.GetAsync(server.Endpoint, s_deadline, Token);
        slow.Detach();
        if (othersTried)
            await Should.ThrowAsync<NotAdmittedException>(pool.GetAsync(server.Endpoint, s_deadline, Token).AsTask());
        await slow.DisposeAsync();
        await using (var lease = await pool.GetAsync(server.Endpoint, s_deadline, Token))
            lease.Server.ShouldBeSameAs(slow.Server);
        await pool.DisposeAsync();
        slow.Server.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_connection_that_comes_back_while_somebody_connects_in_vain_serves_that_one()
    {
        var refuses = new TaskCompletionSource();
        await using var server = AdmittingOne(_ => refuses.Task);
        await using var pool = CreatePool();
        var slow = await pool.GetAsync(server.Endpoint, s_deadline, Token);
        slow.Detach();
        var other = pool.GetAsync(server.Endpoint, s_deadline, Token).AsTask();
        await Eventually.TrueAsync(() => server.Connections == 2);
        await slow.DisposeAsync();
        refuses.SetResult();
        await using var lease = await other;
        lease.Server.ShouldBeSameAs(slow.Server);
        lease.LetsNobodyIn.ShouldBeTrue();
    }

    [Fact]
    public async Task A_full_server_that_lets_clients_wait_keeps_the_connection_that_it_has()
    {
        var clock = new ManualTimeProvider();
        var waits = new TaskCompletionSource();
        await using var server = AdmittingOne(_ => waits.Task);
        await using var pool = CreatePool(clock: clock);
        await ProbeAsync(pool, server.Endpoint);
        clock.Advance(s_age);
        var probe = ProbeAsync(pool, server.Endpoint);
        while (server.Connections < 2)
            await Task.Yield();
        clock.Advance(s_deadline / 2);

        // A timer that begins after its time is due at the next moment.
        while (!probe.IsCompleted)
        {
            clock.Advance(TimeSpan.FromTicks(1));
            await Task.Yield();
        }

        await probe;
        waits.SetResult();
    }

    [Fact]
    public void Connections_that_were_opened_together_grow_old_apart()
    {
        var shares = Enumerable.Range(0, 1000).Select(server => new DoltConnections.Key($"10.0.{server / 250}.{server % 250}", 3306, "root").Share()).ToList();

        shares.ShouldAllBe(share => share >= 0.75 && share <= 1);
        shares.GroupBy(share => (int)((share - 0.75) * 40)).Max(tenth => tenth.Count()).ShouldBeLessThan(200);
    }

    [Fact]
    public async Task A_failed_connect_leaves_the_pool_able_to_serve()
    {
        var refusals = 1;
        await using var server = FakeServer.Scripted(async session =>
        {
            if (refusals-- > 0)
                return;
            await session.AcceptLoginAsync();
            await session.ServeAsync(_ => Packets.Rows(["v"], [["2.2.2"]]));
        });
        await using var pool = CreatePool(maximum: 1);
        await Should.ThrowAsync<NotAdmittedException>(pool.GetAsync(server.Endpoint, s_deadline, Token).AsTask());
        await ProbeAsync(pool, server.Endpoint);
    }

    [Fact]
    public async Task The_bound_closes_the_least_recently_used_connection_and_makes_others_wait()
    {
        await using var first = Healthy();
        await using var second = Healthy();
        await using var third = Healthy();
        await using var pool = CreatePool(maximum: 2);
        await ProbeAsync(pool, first.Endpoint);
        await ProbeAsync(pool, second.Endpoint);
        await using (await pool.GetAsync(third.Endpoint, s_deadline, Token))
        {
            pool.Count.ShouldBe(2);
            await using (await pool.GetAsync(second.Endpoint, s_deadline, Token))
                await Should.ThrowAsync<TimeoutException>(pool.GetAsync(first.Endpoint, s_short, Token).AsTask());
        }

        second.Connections.ShouldBe(1);
        await ProbeAsync(pool, first.Endpoint);
        first.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_nobody_uses_is_closed()
    {
        await using var server = Healthy();
        await using var pool = CreatePool(idle: TimeSpan.FromMilliseconds(50));
        IDoltServer connection;
        await using (var lease = await pool.GetAsync(server.Endpoint, s_deadline, Token))
            connection = lease.Server;
        await Eventually.TrueAsync(() => pool.Count == 0 && !connection.IsUsable);
        await ProbeAsync(pool, server.Endpoint);
    }

    [Fact]
    public async Task A_closed_pool_closes_what_is_lent_when_it_comes_back_and_lends_no_more()
    {
        await using var server = Healthy();
        var pool = CreatePool();
        var lease = await pool.GetAsync(server.Endpoint, s_deadline, Token);
        await pool.DisposeAsync();
        lease.Server.IsUsable.ShouldBeTrue();
        await lease.DisposeAsync();
        lease.Server.IsUsable.ShouldBeFalse();
        await Should.ThrowAsync<ObjectDisposedException>(pool.GetAsync(server.Endpoint, s_deadline, Token).AsTask());
    }

    [Fact]
    public async Task Many_callers_of_few_servers_all_get_their_turn()
    {
        await using var first = Healthy();
        await using var second = Healthy();
        await using var third = Healthy();
        await using var pool = CreatePool(maximum: 2);
        DoltEndpoint[] endpoints = [first.Endpoint, second.Endpoint, third.Endpoint];
        await Task.WhenAll(Enumerable.Range(0, 200).Select(caller => ProbeAsync(pool, endpoints[caller % endpoints.Length])));
        pool.Count.ShouldBeLessThanOrEqualTo(2);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FakeServer Healthy() => FakeServer.Answering(_ => Packets.Rows(["v"], [["2.2.2"]]));

    /// <summary>A server that lets one client in; what it does with the next ones is told.</summary>
    private static FakeServer AdmittingOne(Func<FakeSession, Task> refuse)
    {
        var admitted = 1;
        return FakeServer.Scripted(async session =>
        {
            if (admitted-- > 0)
            {
                await session.AcceptLoginAsync();
                await session.ServeAsync(_ => Packets.Rows(["v"], [["2.2.2"]]));
            }

            await refuse(session);
        });
    }

    private static DoltConnections CreatePool(int maximum = 100, TimeSpan? idle = null, TimeProvider? clock = null) => new(
        new DoltConnector(clock ?? TimeProvider.System),
        new() { MaximumConnections = maximum, IdleLifetime = idle ?? TimeSpan.FromMinutes(1), MaximumAge = s_age },
        clock ?? TimeProvider.System);

    private static async Task ProbeAsync(DoltConnections pool, DoltEndpoint endpoint)
    {
        await using var lease = await pool.GetAsync(endpoint, s_deadline, Token);
        (await lease.Server.ReadEngineVersionAsync(s_deadline, Token)).ShouldBe("2.2.2");
    }
}
