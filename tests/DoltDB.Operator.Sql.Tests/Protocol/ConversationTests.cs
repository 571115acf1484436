using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using DoltDB.Operator.Sql.Tests.Fakes;

namespace DoltDB.Operator.Sql.Tests.Protocol;

public sealed class ConversationTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(150);

    [Fact]
    public async Task Rows_keep_NULL_empty_and_Unicode_apart()
    {
        await using var server = FakeServer.Answering(_ => Packets.Rows(["a", "b", "c"], [[null, "", "Grüße 🐬"], ["1", null, new string('x', 300)]]));
        await using var connection = await ConnectAsync(server);
        var result = await connection.QueryAsync("SELECT", s_long, Token);
        result.Columns.ShouldBe(["a", "b", "c"]);
        result.Rows[0].ShouldBe([null, "", "Grüße 🐬"]);
        result.Rows[1].ShouldBe(["1", null, new string('x', 300)]);
        result.ToString().ShouldBe("2 rows of 3 columns");
    }

    [Fact]
    public async Task All_results_are_read_and_the_first_with_rows_is_returned()
    {
        await using var server = FakeServer.Answering(statement => statement == "CALL p"
            ? [Packets.Ok(status: Packets.MoreResults), .. Packets.Rows(["a"], [["1"]], Packets.MoreResults), .. Packets.Rows(["b"], [["2"]], Packets.MoreResults), Packets.Ok()]
            : Packets.Rows(["next"], [["3"]]));
        await using var connection = await ConnectAsync(server);
        (await connection.QueryAsync("CALL p", s_long, Token)).Rows[0][0].ShouldBe("1");
        (await connection.QueryAsync("SELECT 3", s_long, Token)).Rows[0][0].ShouldBe("3");
    }

    [Fact]
    public async Task A_statement_without_rows_tells_what_it_changed()
    {
        await using var server = FakeServer.Answering(_ => [Packets.Ok(affectedRows: 7, warnings: 1)]);
        await using var connection = await ConnectAsync(server);
        (await connection.ExecuteAsync("UPDATE t", s_long, Token)).ShouldBe(7);
        (await connection.QueryAsync("UPDATE t", s_long, Token)).Warnings.ShouldBe(1);
    }

    [Fact]
    public async Task An_error_leaves_the_connection_usable_even_between_rows()
    {
        await using var server = FakeServer.Answering(statement => statement == "bad"
            ? [[1], Packets.Column("a"), Packets.End(), Packets.Row("1"), Packets.Error(1105, "Database db1 is read-only.")]
            : [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        var exception = await Should.ThrowAsync<DoltException>(connection.QueryAsync("bad", s_long, Token));
        (exception.Code, exception.Message, exception.IsAccessDenied).ShouldBe((1105, "Database db1 is read-only.", false));
        connection.IsUsable.ShouldBeTrue();
        await connection.ExecuteAsync("good", s_long, Token);
    }

    [Fact]
    public async Task A_server_that_accepts_and_never_greets_costs_no_more_than_the_deadline()
    {
        await using var server = FakeServer.Scripted(session => session.FallSilentAsync());
        var watch = Stopwatch.StartNew();
        var exception = await Should.ThrowAsync<TimeoutException>(
            new DoltConnector(TimeProvider.System).ConnectAsync(server.Endpoint, s_short, Token));
        watch.Elapsed.ShouldBeLessThan(s_long);
        exception.ToString().ShouldNotContain(server.Endpoint.Password);
    }

    [Fact]
    public async Task A_server_that_never_answers_a_login_or_a_statement_times_out()
    {
        await using var login = FakeServer.Scripted(async session =>
        {
            await session.SendAsync(Packets.Handshake());
            await session.FallSilentAsync();
        });
        await Should.ThrowAsync<TimeoutException>(new DoltConnector(TimeProvider.System).ConnectAsync(login.Endpoint, s_short, Token));

        await using var statement = FakeServer.Scripted(async session =>
        {
            await session.AcceptLoginAsync();
            await session.FallSilentAsync();
        });
        await using var connection = await ConnectAsync(statement);
        await Should.ThrowAsync<TimeoutException>(connection.ReadRoleAsync(s_short, Token));
        connection.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_stalls_between_rows_times_out_and_the_connection_is_never_used_again()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.AcceptLoginAsync();
            await session.ReadStatementAsync();
            await session.SendAsync([1], Packets.Column("a"), Packets.End(), Packets.Row("1"));
            await session.SendRawAsync([9, 0]);
            await session.FallSilentAsync();
        });
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<TimeoutException>(connection.QueryAsync("SELECT", s_short, Token));
        connection.IsUsable.ShouldBeFalse();
        await Should.ThrowAsync<IOException>(connection.QueryAsync("SELECT", s_long, Token));
    }

    [Fact]
    public async Task A_cancelled_call_says_so_and_closes_the_connection()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.AcceptLoginAsync();
            await session.ReadStatementAsync();
            await session.FallSilentAsync();
        });
        await using var connection = await ConnectAsync(server);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var query = connection.QueryAsync("SELECT", s_long, cancellation.Token);
        await server.Statements.Reader.ReadAsync(Token);
        await cancellation.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(query)).CancellationToken.ShouldBe(cancellation.Token);
        connection.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_deadline_bounds_each_call_and_not_their_sum()
    {
        await using var server = FakeServer.Answering(_ => [Packets.Ok()]);
        await using var connection = await ConnectAsync(server);
        var watch = Stopwatch.StartNew();
        var deadline = TimeSpan.FromMilliseconds(400);
        while (watch.Elapsed < 2 * deadline)
            await connection.ExecuteAsync("SELECT", deadline, Token);
        connection.IsUsable.ShouldBeTrue();
    }

    [Fact]
    public async Task A_closed_port_is_an_IOException()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var endpoint = new DoltEndpoint { Host = "127.0.0.1", Port = port, User = "u", Password = "p4ss" };
        await Should.ThrowAsync<IOException>(new DoltConnector(TimeProvider.System).ConnectAsync(endpoint, s_long, Token));
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_while_idle_is_seen_before_its_next_use()
    {
        await using var server = FakeServer.Scripted(session => session.AcceptLoginAsync());
        await using var connection = await ConnectAsync(server);
        await Eventually.TrueAsync(() => !connection.IsUsable);
        await Should.ThrowAsync<IOException>(connection.QueryAsync("SELECT", s_long, Token));
    }

    [Theory]
    [InlineData(new byte[] { 0 })] // an OK packet that ends too early
    [InlineData(new byte[] { 0xFB, 97 })] // a request for a local file
    [InlineData(new byte[] { 0xFD, 0xFF, 0xFF, 0xFF })] // sixteen million columns
    public async Task Bytes_that_no_server_sends_break_the_connection(byte[] answer)
    {
        await using var server = FakeServer.Answering(_ => [answer]);
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<IOException>(connection.QueryAsync("SELECT", s_long, Token));
        connection.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public async Task A_packet_out_of_order_breaks_the_connection()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.AcceptLoginAsync();
            await session.ReadStatementAsync();
            await session.SendRawAsync([7, 0, 0, 5, .. Packets.Ok()]);
            await session.FallSilentAsync();
        });
        await using var connection = await ConnectAsync(server);
        await Should.ThrowAsync<IOException>(connection.QueryAsync("SELECT", s_long, Token));
    }

    [Fact]
    public async Task Another_protocol_on_the_port_is_an_IOException()
    {
        await using var server = FakeServer.Scripted(session => session.SendRawAsync([.. "HTTP/1.1 400 Bad Request\r\n\r\n"u8]));
        await Should.ThrowAsync<IOException>(new DoltConnector(TimeProvider.System).ConnectAsync(server.Endpoint, s_long, Token));
    }

    [Fact]
    public async Task Two_calls_at_once_are_refused()
    {
        await using var server = FakeServer.Scripted(async session =>
        {
            await session.AcceptLoginAsync();
            await session.ReadStatementAsync();
            await session.FallSilentAsync();
        });
        await using var connection = await ConnectAsync(server);
        var first = connection.QueryAsync("SELECT", TimeSpan.FromSeconds(1), Token);
        await Should.ThrowAsync<InvalidOperationException>(connection.QueryAsync("SELECT", s_long, Token));
        await Should.ThrowAsync<TimeoutException>(first);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<DoltServer> ConnectAsync(FakeServer server) =>
        new DoltConnector(TimeProvider.System).ConnectAsync(server.Endpoint, s_long, Token);
}
