using System.Net;
using System.Net.Sockets;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>Listens on one address and passes each connection to the target of the moment.</summary>
internal sealed class PortForwarder : IAsyncDisposable
{
    private static readonly LingerOption Reset = new(enable: true, seconds: 0);

    private readonly Socket listener;
    private readonly Func<IPEndPoint?> target;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task accepting;

    private PortForwarder(Socket listener, Func<IPEndPoint?> target)
    {
        this.listener = listener;
        this.target = target;
        accepting = AcceptAsync();
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static PortForwarder Start(IPEndPoint address, Func<IPEndPoint?> target)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen();
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }

        return new PortForwarder(socket, target);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptAsync(stopping.Token);
                _ = ServeAsync(client);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // One connection failed before it was accepted; the next may not.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            client.NoDelay = true;
            if (target() is not { } address)
            {
                client.LingerState = Reset;
                return;
            }

            try
            {
                using var server = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await server.ConnectAsync(address, stopping.Token);
                Task[] ways = [CopyAsync(client, server, stopping.Token), CopyAsync(server, client, stopping.Token)];

                // A connection that one side resets is over for the other too, which may be waiting for an answer.
                await await Task.WhenAny(ways);
                await Task.WhenAll(ways);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                client.LingerState = Reset;
            }
        }
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer, SocketFlags.None, cancellationToken) is > 0 and var received)
        {
            for (var sent = 0; sent < received;)
                sent += await to.SendAsync(buffer.AsMemory(sent, received - sent), SocketFlags.None, cancellationToken);
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
