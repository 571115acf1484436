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

    private static DriverException Silent(string message) => new(DriverError.Unreachable, message);

    private static ServerEndpoint Server(string host) => new() { Host = host, Port = 3306, User = "admin", Password = "any" };

    private async Task<DriverException> FailAsync(DriverException failure) => await Should.ThrowAsync<DriverException>(() => gate.RunAsync<bool>(Server("a"), () =>
    {
        calls++;
        return Task.FromException<bool>(failure);
    }));
}
