using DoltDB.Operator.Sql.Tests.Fakes;

namespace DoltDB.Operator.Sql.Tests.Protocol;

/// <summary>C6 of the Go operator's faults: a connection that fails leaves nothing open, as the server sees it.</summary>
public sealed class ClosedSocketTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _closed = new();

    [Fact]
    public async Task C6_A_refused_login_leaves_no_socket_open()
    {
        await using var server = ServerThat(async session =>
        {
            await session.SendAsync(Packets.Handshake());
            await session.ReadAsync();
            await session.SendAsync(Packets.Error(1045, "Access denied for user 'root'"));
        });
        await Should.ThrowAsync<DoltException>(ConnectAsync(server, s_patience));
        await ClosedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C6_A_login_that_is_not_answered_in_time_leaves_no_socket_open(bool greets)
    {
        await using var server = ServerThat(async session =>
        {
            if (greets)
            {
                await session.SendAsync(Packets.Handshake());
                await session.ReadAsync();
            }
        });
        await Should.ThrowAsync<TimeoutException>(ConnectAsync(server, TimeSpan.FromMilliseconds(200)));
        await ClosedAsync();
    }

    [Fact]
    public async Task C6_A_statement_that_is_not_answered_in_time_leaves_no_socket_open()
    {
        await using var server = ServerThat(async session =>
        {
            await session.AcceptLoginAsync();
            await session.ReadStatementAsync();
        });
        await using var connected = await ConnectAsync(server, s_patience);
        await Should.ThrowAsync<TimeoutException>(connected.ReadRoleAsync(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        await ClosedAsync();
    }

    /// <summary>Plays the script, then only waits for the client to leave: it never closes first.</summary>
    private FakeServer ServerThat(Func<FakeSession, Task> script) => FakeServer.Scripted(async session =>
    {
        await script(session);
        try
        {
            await session.FallSilentAsync();
        }
        catch (IOException)
        {
            // It left without a goodbye.
        }

        _closed.TrySetResult();
    });

    private async Task ClosedAsync() => await _closed.Task.WaitAsync(s_patience, TimeProvider.System, TestContext.Current.CancellationToken);

    private static async Task<IDoltServer> ConnectAsync(FakeServer server, TimeSpan deadline) =>
        await new DoltConnector(TimeProvider.System).ConnectAsync(server.Endpoint, deadline, TestContext.Current.CancellationToken);
}
