using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Sql.Drivers;
using DoltDB.Operator.Testing;

namespace DoltDB.Operator.Core.Tests.SqlObjects;

/// <summary>How a server that does not answer is spared, and with it those who wait for it.</summary>
public sealed class ServerGateTests
{
    private readonly ManualTimeProvider clock = new();
    private readonly ServerGate gate;
    private int calls;

    public ServerGateTests() => gate = new ServerGate(clock);

    [Fact]
    public async Task A_silent_server_is_not_asked_again_at_once_and_everybody_hears_why()
    {
        await FailAsync(Silent("no route"));
        (await FailAsync(Silent("not asked"))).Message.ShouldBe("no route");
        calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_server_that_stays_silent_is_asked_less_and_less_but_every_15_s_at_least()
    {
        var asked = new List<int>();
        for (var second = 0; second < 120; second++)
        {
            var before = calls;
            await FailAsync(Silent("no route"));
            if (calls > before)
                asked.Add(second);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        asked.Zip(asked.Skip(1), static (first, second) => second - first).ShouldBe([1, 2, 4, 8, 15, 15, 15, 15, 15, 15], ignoreOrder: false);
    }

    [Fact]
    public async Task Only_one_caller_at_a_time_tries_a_silent_server_again()
    {
        await FailAsync(Silent("no route"));
        clock.Advance(TimeSpan.FromSeconds(1));
        var answer = new TaskCompletionSource<bool>();
        var first = gate.RunAsync(Server("a"), () => answer.Task);
        (await FailAsync(Silent("not asked"))).Message.ShouldBe("no route");
        answer.SetResult(true);
        (await first).ShouldBeTrue();
        (await gate.RunAsync(Server("a"), static () => Task.FromResult(true))).ShouldBeTrue("it answers again");
    }

    [Theory]
    [InlineData(DriverError.AccessDenied)]
    [InlineData(DriverError.Missing)]
    public async Task A_server_that_refuses_is_not_silent(DriverError refusal)
    {
        await FailAsync(new DriverException(refusal, "no"));
        await FailAsync(new DriverException(refusal, "no"));
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_silent_server_does_not_speak_for_another()
    {
        await FailAsync(Silent("no route"));
        (await gate.RunAsync(Server("b"), static () => Task.FromResult(true))).ShouldBeTrue();
    }

    [Fact]
    public async Task What_one_user_cannot_reach_by_its_settings_another_can_and_hears_nothing_of_it()
    {
        await FailAsync(Silent("the TLS handshake failed"));
        (await gate.RunAsync(Server("a") with { User = "other" }, static () => Task.FromResult(true))).ShouldBeTrue();
        (await gate.RunAsync(Server("a") with { Tls = new ServerTls { Mode = TlsMode.Require } }, static () => Task.FromResult(true))).ShouldBeTrue();
        (await FailAsync(Silent("not asked"))).Message.ShouldBe("the TLS handshake failed");
    }

    [Fact]
    public async Task A_server_in_which_somebody_is_in_the_way_is_not_silent()
    {
        await FailAsync(new DriverException(DriverError.Busy, "the connection was in use until the deadline"));
        await FailAsync(new DriverException(DriverError.Busy, "the connection was in use until the deadline"));
        calls.ShouldBe(2);
    }

    [Fact]
    public async Task A_try_that_says_nothing_of_a_silent_server_leaves_it_to_the_next_one()
    {
        await FailAsync(Silent("no route"));
        clock.Advance(TimeSpan.FromSeconds(1));
        await FailAsync(new DriverException(DriverError.Busy, "the connection was in use until the deadline"));
        await Should.ThrowAsync<OperationCanceledException>(() => gate.RunAsync<bool>(Server("a"), static () => Task.FromException<bool>(new OperationCanceledException())));
        await FailAsync(Silent("still no route"));
        (await FailAsync(Silent("not asked"))).Message.ShouldBe("still no route");
    }

    [Fact]
    public async Task To_forget_servers_that_nobody_asks_for_any_more_wakes_none_that_rests()
    {
        for (var server = 0; server < 2000; server++)
        {
            var host = $"gone-{server}";
            await Should.ThrowAsync<DriverException>(() => gate.RunAsync<bool>(Server(host), static () => Task.FromException<bool>(Silent("no route"))));
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        await Should.ThrowAsync<DriverException>(() => gate.RunAsync(Server("gone-1999"), static () => Task.FromResult(true)));
    }

    private static DriverException Silent(string message) => new(DriverError.Unreachable, message);

    private static ServerEndpoint Server(string host) => new() { Host = host, Port = 3306, User = "admin", Password = "any" };

    private async Task<DriverException> FailAsync(DriverException failure) => await Should.ThrowAsync<DriverException>(() => gate.RunAsync<bool>(Server("a"), () =>
    {
        calls++;
        return Task.FromException<bool>(failure);
    }));
}
