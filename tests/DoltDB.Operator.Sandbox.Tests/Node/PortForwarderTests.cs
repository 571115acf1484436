using System.Net;
using System.Net.Sockets;
using DoltDB.Operator.Sandbox.Node;

namespace DoltDB.Operator.Sandbox.Tests.Node;

public sealed class PortForwarderTests
{
    [Fact]
    public async Task A_client_that_waits_for_an_answer_learns_that_the_server_reset_the_connection()
    {
        using var server = Listen();
        var address = Free();
        await using var forwarder = PortForwarder.Start(address, () => (IPEndPoint)server.LocalEndPoint!);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, TestContext.Current.CancellationToken);
        await client.SendAsync(new byte[] { 1 }, TestContext.Current.CancellationToken);
        using (var accepted = await server.AcceptAsync(TestContext.Current.CancellationToken))
        {
            (await accepted.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)).ShouldBe(1);
            accepted.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await Should.ThrowAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1], limit.Token));
    }

    [Fact]
    public async Task A_client_that_has_said_everything_still_gets_the_answer()
    {
        using var server = Listen();
        var address = Free();
        await using var forwarder = PortForwarder.Start(address, () => (IPEndPoint)server.LocalEndPoint!);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(address, TestContext.Current.CancellationToken);
        client.Shutdown(SocketShutdown.Send);
        using var accepted = await server.AcceptAsync(TestContext.Current.CancellationToken);
        (await accepted.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken)).ShouldBe(0);
        await accepted.SendAsync(new byte[] { 7 }, TestContext.Current.CancellationToken);
        var answer = new byte[1];
        (await client.ReceiveAsync(answer, TestContext.Current.CancellationToken)).ShouldBe(1);
        answer[0].ShouldBe((byte)7);
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private static IPEndPoint Free()
    {
        using var socket = Listen();
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
