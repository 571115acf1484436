using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Sandbox.Tests.SimulatedDolt;

/// <summary>What Dolt does with clients beyond max_connections: it never tells them.</summary>
public sealed class FullServerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Who_finds_the_server_full_waits_without_a_word_and_who_finds_the_queue_full_is_shown_the_door()
    {
        await using var servers = StartSmall(patience: 60_000);
        var first = await servers.ConnectAsync(0);
        await Should.ThrowAsync<NoGreetingException>(() => servers.ConnectAsync(0, within: Soon));
        await Should.ThrowAsync<NotAdmittedException>(() => servers.ConnectAsync(0));
        await Should.ThrowAsync<NotAdmittedException>(() => servers.ConnectAsync(0), "the one that went away keeps its place");
        (await first.ReadAsync("SELECT 1")).ShouldBe("1");

        await first.DisposeAsync();
        await servers.AwaitAsync(0, "SELECT 1", "1");
    }

    [Fact]
    public async Task Who_waits_is_let_in_when_a_place_is_free()
    {
        await using var servers = StartSmall(patience: 60_000);
        var first = await servers.ConnectAsync(0);
        var second = servers.ConnectAsync(0);
        await Should.ThrowAsync<NotAdmittedException>(async () =>
        {
            while (true)
                await servers.ConnectAsync(0, within: Soon);
        }, "the second one is in the queue");
        await first.DisposeAsync();
        (await (await second).ReadAsync("SELECT 1")).ShouldBe("1");
    }

    [Fact]
    public async Task Who_waits_too_long_is_shown_the_door()
    {
        await using var servers = StartSmall(patience: 100);
        await servers.ConnectAsync(0);
        await Should.ThrowAsync<NotAdmittedException>(() => servers.ConnectAsync(0));
    }

    private static SimulatedServers StartSmall(int patience)
    {
        var servers = SimulatedServers.Start(1);
        servers[0].Kill();
        servers.Start(0, servers.Configuration(0) + $"  max_connections: 1\n  back_log: 1\n  max_connections_timeout_millis: {patience}\n");
        return servers;
    }
}
