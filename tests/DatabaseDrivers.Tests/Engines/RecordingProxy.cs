using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DatabaseDrivers.Tests.Engines;

/// <summary>Stands before a server and writes down every statement that goes there, in the MySQL protocol or PostgreSQL's. Only plain text.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly bool _isPostgreSql;
    private readonly List<string> _statements = [];
    private readonly Task _accepting;

    public RecordingProxy(int target, bool isPostgreSql)
    {
        (_target, _isPostgreSql) = (target, isPostgreSql);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was said since the last time.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_statements)
        {
            string[] taken = [.. _statements];
            _statements.Clear();
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            client.NoDelay = server.NoDelay = true;
            var answers = server.GetStream().CopyToAsync(client.GetStream(), _stop.Token);
            await Task.WhenAny(answers, ForwardAsync(client.GetStream(), server.GetStream()));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One side has left.
        }
    }

    private async Task ForwardAsync(NetworkStream client, NetworkStream server)
    {
        var isFirst = true;
        try
        {
            while (true)
            {
                var packet = _isPostgreSql ? await ReadPostgreSqlAsync(client, isFirst) : await ReadMySqlAsync(client);
                isFirst = false;
                await server.WriteAsync(packet, _stop.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has left.
        }
    }

    // Three bytes of length, one of sequence; a command begins a sequence.
    private async Task<byte[]> ReadMySqlAsync(NetworkStream client)
    {
        var head = await ReadAsync(client, 4);
        var body = await ReadAsync(client, head[0] | (head[1] << 8) | (head[2] << 16));
        if (head[3] == 0 && body is [0x03, ..])
            Note(Encoding.UTF8.GetString(body.AsSpan(1)));
        return [.. head, .. body];
    }

    // One byte of type but for the first message, then four of length, which counts itself.
    private async Task<byte[]> ReadPostgreSqlAsync(NetworkStream client, bool isFirst)
    {
        var type = isFirst ? [] : await ReadAsync(client, 1);
        var length = await ReadAsync(client, 4);
        var body = await ReadAsync(client, BinaryPrimitives.ReadInt32BigEndian(length) - 4);
        if (type is [(byte)'Q'])
            Note(Encoding.UTF8.GetString(body.AsSpan(..^1)));
        if (type is [(byte)'P'])
            Note(Encoding.UTF8.GetString(body.AsSpan(body.AsSpan().IndexOf((byte)0) + 1)).Split('\0')[0]);
        return [.. type, .. length, .. body];
    }

    private void Note(string statement)
    {
        lock (_statements)
            _statements.Add(statement);
    }

    private async Task<byte[]> ReadAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _stop.Token);
        return bytes;
    }
}
