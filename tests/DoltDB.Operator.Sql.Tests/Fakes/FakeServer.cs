using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace DoltDB.Operator.Sql.Tests.Fakes;

/// <summary>A listener on 127.0.0.1 that plays a script to each connection.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FakeSession, Task> _script;
    private readonly Task _accepting;
    private readonly int _port;

    private FakeServer(Func<FakeSession, Task> script)
    {
        _script = script;
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Connections { get; private set; }

    /// <summary>Statements of all sessions, except for the one that every session begins with.</summary>
    public Channel<string> Statements { get; } = Channel.CreateUnbounded<string>();

    public DoltEndpoint Endpoint => new()
    {
        Host = "127.0.0.1",
        Port = _port,
        User = "root",
        Password = "p4ssw0rd-secret",
    };

    /// <summary>Whoever is connected stays; nobody else gets a connection.</summary>
    public void StopListening() => _listener.Stop();

    /// <summary>Plays the whole conversation by the script.</summary>
    public static FakeServer Scripted(Func<FakeSession, Task> script) => new(script);

    /// <summary>Lets everybody in and answers statements by the function.</summary>
    public static FakeServer Answering(Func<string, IEnumerable<byte[]>> answer) => new(async session =>
    {
        await session.AcceptLoginAsync();
        await session.ServeAsync(answer);
    });

    public IReadOnlyList<string> TakeStatements()
    {
        var statements = new List<string>();
        while (Statements.Reader.TryRead(out var statement))
            statements.Add(statement);
        return statements;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                sessions.Add(PlayAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or SocketException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task PlayAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _script(new FakeSession(client.GetStream(), Statements.Writer, _stop.Token));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
            {
                // The client went away, as many tests want it to.
            }
        }
    }
}

/// <summary>The server's side of one connection.</summary>
internal sealed class FakeSession(Stream stream, ChannelWriter<string> statements, CancellationToken stop)
{
    /// <summary>What stands for COM_RESET_CONNECTION among the statements.</summary>
    public const string Reset = "COM_RESET_CONNECTION";

    private Stream _stream = stream;
    private byte _sequence;

    public CancellationToken Stop => stop;

    public async Task<byte[]> ReadAsync()
    {
        var header = new byte[4];
        await _stream.ReadExactlyAsync(header, stop);
        var payload = new byte[header[0] | (header[1] << 8) | (header[2] << 16)];
        await _stream.ReadExactlyAsync(payload, stop);
        _sequence = (byte)(header[3] + 1);
        return payload;
    }

    public async Task SendAsync(params IEnumerable<byte[]> payloads)
    {
        foreach (var payload in payloads)
            await _stream.WriteAsync(Frame(payload), stop);
    }

    /// <summary>Bytes as they are, without a header.</summary>
    public async Task SendRawAsync(byte[] bytes) => await _stream.WriteAsync(bytes, stop);

    public async Task UpgradeAsync(Func<Stream, Task<Stream>> upgrade) => _stream = await upgrade(_stream);

    /// <summary>Greets, reads the login without looking at it, accepts, and answers the first statement of every session.</summary>
    public async Task AcceptLoginAsync()
    {
        await SendAsync(Packets.Handshake());
        await ReadAsync();
        await SendAsync(Packets.Ok());
        await AcceptAutocommitAsync();
    }

    public async Task AcceptAutocommitAsync()
    {
        var first = await ReadAsync();
        if (Encoding.UTF8.GetString(first.AsSpan(1)) != "SET autocommit = 1")
            throw new IOException("the session does not begin as expected");
        await SendAsync(Packets.Ok());
    }

    public async Task<string> ReadStatementAsync()
    {
        var payload = await ReadAsync();
        if (payload[0] == 0x01)
            throw new IOException("the client said goodbye");
        var statement = payload[0] == 0x1F ? Reset : Encoding.UTF8.GetString(payload.AsSpan(1));
        statements.TryWrite(statement);
        return statement;
    }

    public async Task ServeAsync(Func<string, IEnumerable<byte[]>> answer)
    {
        while (true)
            await SendAsync(answer(await ReadStatementAsync()));
    }

    /// <summary>Says nothing until the client leaves or the test ends.</summary>
    public async Task FallSilentAsync()
    {
        var ignored = new byte[4096];
        while (await _stream.ReadAsync(ignored, stop) > 0)
            continue;
    }

    private byte[] Frame(byte[] payload) =>
        [(byte)payload.Length, (byte)(payload.Length >> 8), (byte)(payload.Length >> 16), _sequence++, .. payload];
}
