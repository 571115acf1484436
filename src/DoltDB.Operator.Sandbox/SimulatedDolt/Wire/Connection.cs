using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>One client connection: handshake, then commands until one side leaves.</summary>
internal sealed class Connection(DoltEngine engine, Admission admission, Socket socket, X509Certificate2? certificate)
{
    private const byte Quit = 0x01;
    private const byte InitDatabase = 0x02;
    private const byte Query = 0x03;
    private const byte Ping = 0x0e;
    private const byte ResetConnection = 0x1f;
    private const byte SetOption = 0x1b;
    private const byte Statistics = 0x09;
    private const byte FieldList = 0x04;

    private readonly StatementExecutor _executor = new(engine);

    /// <summary>Serves the client once it is admitted. Ends without error whatever the client does.</summary>
    public async Task RunAsync(string clientHost, Task<bool> admitted, CancellationToken cancellationToken)
    {
        using var closed = socket;
        if (!await IsAdmittedAsync(admitted)) return;
        var session = engine.Sessions.Open(clientHost, socket.Dispose);
        try
        {
            using var network = new NetworkStream(socket, ownsSocket: true);
            if (await new Handshake(engine, session, certificate).RunAsync(network, cancellationToken) is not var (stream, packets, login)) return;
            await using (stream) await ServeAsync(session, packets, login, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidDataException or AuthenticationException)
        {
            // The client is gone, or speaks another protocol.
        }
        finally
        {
            engine.Sessions.Remove(session);
            admission.Leave();
        }
    }

    /// <summary>A server that stands still neither greets nor closes anything.</summary>
    private async Task<bool> IsAdmittedAsync(Task<bool> admitted)
    {
        try
        {
            var isAdmitted = await admitted;
            await engine.Running;
            return isAdmitted;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ServeAsync(Session session, PacketStream packets, Login login, CancellationToken cancellationToken)
    {
        var responses = new Responses(packets, session) { Client = login.Capabilities };
        if (login.Database is null) responses.Ok(StatementResult.Ok);
        else await RunAsync(session, responses, new Use(login.Database), more: false, cancellationToken);
        await packets.FlushAsync(cancellationToken);
        while (await packets.ReadAsync(cancellationToken) is { Length: > 0 } command && command[0] != Quit)
        {
            await engine.Running;
            if (!await AnswerAsync(session, responses, command, cancellationToken))
                responses.Error(new SqlError(1047, $"command handling not implemented yet: {command[0]}"));
            await engine.Running;
            await packets.FlushAsync(cancellationToken);
        }
    }

    private async Task<bool> AnswerAsync(Session session, Responses responses, byte[] command, CancellationToken cancellationToken)
    {
        var text = Encoding.UTF8.GetString(command.AsSpan(1));
        switch (command[0])
        {
            case Query:
                await RunAllAsync(session, responses, text, cancellationToken);
                return true;
            case InitDatabase:
                await RunAsync(session, responses, new Use(text), more: false, cancellationToken);
                return true;
            case ResetConnection:
                session.Reset();
                responses.Ok(StatementResult.Ok);
                return true;
            case Ping:
            case SetOption:
                responses.Ok(StatementResult.Ok);
                return true;
            case FieldList:
                responses.Error(SqlErrors.General("field lists are not supported: use SHOW COLUMNS"));
                return true;
            case Statistics:
                responses.Ok(new StatementResult { Info = $"Threads: {engine.Sessions.All.Count}" });
                return true;
            default:
                return false;
        }
    }

    private async Task RunAllAsync(Session session, Responses responses, string text, CancellationToken cancellationToken)
    {
        session.RunningStatement = text;
        try
        {
            var parser = new Parser(text);
            do
            {
                var statement = parser.ParseNext();
                var more = parser.HasMore;
                if (more && (engine.Config.DisableMultiStatements || !responses.Client.HasFlag(Capabilities.MultiStatements)))
                    throw SqlErrors.Syntax(text.IndexOf(';', StringComparison.Ordinal), ";");
                if (!await RunAsync(session, responses, statement, more, cancellationToken)) return;
            }
            while (parser.HasMore);
        }
        catch (SqlError error)
        {
            responses.Error(error);
        }
        finally
        {
            session.RunningStatement = null;
        }
    }

    /// <summary>False when the statement failed, which ends a text of several.</summary>
    private async Task<bool> RunAsync(Session session, Responses responses, Statement statement, bool more, CancellationToken cancellationToken)
    {
        try
        {
            responses.Result(await _executor.ExecuteAsync(session, statement, cancellationToken), more);
            return true;
        }
        catch (SqlError error)
        {
            responses.Error(error);
            return false;
        }
    }
}
