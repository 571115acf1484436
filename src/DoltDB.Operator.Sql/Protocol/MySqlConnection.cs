using System.Net.Sockets;
using System.Text;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>
/// One logged-in connection. Whatever leaves the conversation at an unknown point (a deadline, a cancellation, a broken socket,
/// bytes out of order) closes it; only an error that the server answered does not.
/// </summary>
internal sealed class MySqlConnection : ISqlTransport
{
    private const byte QuitCommand = 0x01;
    private const byte QueryCommand = 0x03;
    private const byte PingCommand = 0x0E;
    private const byte ResetCommand = 0x1F;
    private static readonly TimeSpan s_quitDeadline = TimeSpan.FromMilliseconds(200);

    private readonly Socket _socket;
    private readonly PacketStream _packets;
    private readonly CallDeadline _deadline;
    private int _busy;
    private bool _closed;

    private MySqlConnection(Socket socket, PacketStream packets, CallDeadline deadline, string serverVersion) =>
        (_socket, _packets, _deadline, ServerVersion) = (socket, packets, deadline, serverVersion);

    private delegate ValueTask<T> Conversation<T>(PacketStream packets, string statement, CancellationToken cancellationToken);

    /// <summary>The version of the handshake.</summary>
    public string ServerVersion { get; }

    /// <summary>False once closed by either side. Between calls a server sends nothing, so readable means closed or out of step.</summary>
    public bool IsOpen => !_closed && (Volatile.Read(ref _busy) != 0 || !_socket.Poll(0, SelectMode.SelectRead));

    /// <summary>Connects, encrypts when asked to, and logs in.</summary>
    public static async Task<MySqlConnection> OpenAsync(
        DoltEndpoint endpoint, TimeSpan deadline, TimeProvider clock, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var callDeadline = new CallDeadline($"{endpoint.Host}:{endpoint.Port}", clock);
        var call = callDeadline.Begin(deadline, cancellationToken);
        Login? login = null;
        try
        {
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, call.Token);
            var packets = new PacketStream(new NetworkStream(socket, ownsSocket: true));
            login = new Login(packets, endpoint);
            var handshake = await login.RunAsync(call.Token);
            call.Dispose();
            return new(socket, packets, callDeadline, handshake.ServerVersion);
        }
        catch (Exception exception)
        {
            var translated = exception is DoltException ? null : call.Translate(exception);
            if (translated is TimeoutException late && socket.Connected)
                translated = new NoGreetingException(late.Message, exception);
            else if (translated is IOException && exception is EndOfStreamException && login is { IsGreeted: false })
                translated = new NotAdmittedException($"{endpoint.Host}:{endpoint.Port} is there and lets no more clients in", exception);
            call.Dispose();
            socket.Dispose();
            callDeadline.Dispose();
            if (translated is not null)
                throw translated;
            throw;
        }
    }

    /// <summary>Runs one statement and reads its whole answer.</summary>
    public Task<SqlResult> QueryAsync(string statement, TimeSpan deadline, CancellationToken cancellationToken) =>
        CommandAsync(QueryCommand, statement, static (packets, statement, token) => TextResults.ReadAsync(packets, statement, token), deadline, cancellationToken);

    /// <summary>Asks for a sign of life.</summary>
    public Task PingAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        CommandAsync(PingCommand, "", static (packets, statement, token) => TextResults.ReadAsync(packets, statement, token), deadline, cancellationToken);

    /// <inheritdoc/>
    public Task ResetAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        CommandAsync(ResetCommand, "", static (packets, statement, token) => TextResults.ReadAsync(packets, statement, token), deadline, cancellationToken);

    /// <summary>Says goodbye when the server still listens, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            try
            {
                await CommandAsync(QuitCommand, "", static (_, _, _) => ValueTask.FromResult(0), s_quitDeadline, CancellationToken.None);
            }
            catch (Exception exception) when (exception is IOException or TimeoutException or InvalidOperationException)
            {
                // The connection is closed below in any case.
            }

            await CloseAsync();
        }

        // A call that still runs ends by the closed socket and disarms its own timer.
        if (Volatile.Read(ref _busy) == 0)
            _deadline.Dispose();
    }

    private async Task<T> CommandAsync<T>(
        byte command, string argument, Conversation<T> readAnswer, TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (_closed)
            throw new IOException("the connection is closed");
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            throw new InvalidOperationException("a connection serves one call at a time");
        using var call = _deadline.Begin(deadline, cancellationToken);
        try
        {
            _packets.BeginCommand();
            var payload = new PayloadWriter(1 + Encoding.UTF8.GetMaxByteCount(Math.Min(argument.Length, 1024))).Byte(command).Text(argument);
            await _packets.WriteAsync(payload.Written, call.Token);
            return await readAnswer(_packets, argument, call.Token);
        }
        catch (Exception exception) when (exception is not DoltException)
        {
            var translated = call.Translate(exception);
            await CloseAsync();
            if (translated is not null)
                throw translated;
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_closed)
            return;
        _closed = true;
        // The socket first: TLS would otherwise try to say goodbye to a peer that does not answer.
        _socket.Dispose();
        try
        {
            await _packets.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A closed socket cannot be flushed.
        }
    }
}
