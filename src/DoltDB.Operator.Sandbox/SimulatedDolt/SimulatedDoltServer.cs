using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;
using DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

namespace DoltDB.Operator.Sandbox.SimulatedDolt;

/// <summary>How a simulated <c>dolt sql-server</c> starts.</summary>
internal sealed record SimulatedDoltOptions
{
    /// <summary>Name under which peers reach the server: the host of their <c>remote_url_template</c>.</summary>
    public required string HostName { get; init; }

    /// <summary>The working directory: the data directory unless the configuration names another.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Text of config.yaml.</summary>
    public required string ConfigYaml { get; init; }

    /// <summary>Environment of the process; paths in it are those that the process sees.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Address to listen on; null for a server that only this process reaches, through <see cref="SimulatedDoltServer.Engine"/>.</summary>
    public required IPAddress? Address { get; init; }

    /// <summary>What dolt_version() answers.</summary>
    public required string EngineVersion { get; init; }

    /// <inheritdoc cref="DoltEngineOptions.LosesPasswordHashes"/>
    public bool LosesPasswordHashes { get; init; }

    public required SimulatedNetwork Network { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Takes a line that the server prints.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Turns a path that the process sees into one of this machine.</summary>
    public Func<string, string> ResolvePath { get; init; } = path => path;
}

/// <summary>A simulated server that runs in this process and can be ended, killed and frozen like one of its own.</summary>
internal sealed class SimulatedDoltServer
{
    private const int Killed = 137;

    private readonly DoltEngine _engine;
    private readonly Socket? _listener;
    private readonly X509Certificate2? _certificate;
    private readonly SimulatedNetwork _network;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ending;
    private int _ended;

    private SimulatedDoltServer(DoltEngine engine, Socket? listener, X509Certificate2? certificate, SimulatedNetwork network) =>
        (_engine, _listener, _certificate, _network) = (engine, listener, certificate, network);

    /// <summary>What the server holds.</summary>
    public DoltEngine Engine => _engine;

    /// <summary>The exit code, when the server has ended.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Starts a server; it accepts connections when this returns.</summary>
    /// <exception cref="ServerConfigException">What Dolt prints before it exits with code 1.</exception>
    public static SimulatedDoltServer Start(SimulatedDoltOptions options)
    {
        var config = ConfigParser.Parse(options.ConfigYaml, options.Environment);
        var root = options.Environment.GetValueOrDefault("DOLT_ROOT_PATH") ?? options.Environment.GetValueOrDefault("HOME");
        var engine = new DoltEngine(new DoltEngineOptions
        {
            DataDirectory = Path.GetFullPath(Path.Combine(options.WorkingDirectory, options.ResolvePath(config.DataDirectory ?? "."))),
            Config = config,
            GlobalConfig = GlobalConfig.Load(root is null ? null : options.ResolvePath(root)),
            Environment = options.Environment,
            ResolvePath = options.ResolvePath,
            EngineVersion = options.EngineVersion,
            LosesPasswordHashes = options.LosesPasswordHashes,
            Network = options.Network,
            HostName = options.HostName,
            Clock = options.Clock,
            Log = options.Log,
        });
        try
        {
            var certificate = LoadCertificate(config, options.ResolvePath);
            var server = new SimulatedDoltServer(engine, options.Address is { } address ? Listen(address, config.Port) : null, certificate, options.Network);
            server.Run(options.HostName);
            options.Log($"Server ready. Accepting connections on {options.Address}:{config.Port} (simulated)");
            return server;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>SIGTERM: a primary with unreplicated writes tries once more for some seconds before it ends.</summary>
    public void Terminate()
    {
        if (Interlocked.Exchange(ref _ending, 1) == 0) _ = TerminateAsync();
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => End(Killed);

    /// <summary>SIGSTOP: nothing is answered until <see cref="Thaw"/>.</summary>
    public void Freeze() => _engine.Freeze();

    /// <summary>SIGCONT.</summary>
    public void Thaw() => _engine.Thaw();

    /// <summary>Makes every commit take that much longer.</summary>
    public void SlowDown(TimeSpan commitDelay) => _engine.CommitDelay = commitDelay;

    private void Run(string hostName)
    {
        if (_engine.Cluster is { } cluster)
        {
            _network.Register(hostName, cluster);
            _ = Detach(cluster.RunHeartbeatAsync(_engine.Stopped));
        }

        if (_listener is not null) _ = Detach(AcceptAsync(_listener));
    }

    private async Task AcceptAsync(Socket listener)
    {
        // The engine's token goes with the engine: without it, what was accepted while the server was frozen would never be closed.
        var stopped = _engine.Stopped;
        var admission = new Admission(_engine.Config.MaxConnections, _engine.Config.BackLog, _engine.Config.MaxConnectionsTimeout, _engine.Clock);
        while (!stopped.IsCancellationRequested)
        {
            var socket = await listener.AcceptAsync(stopped);
            await _engine.Running;
            if (stopped.IsCancellationRequested)
            {
                socket.Dispose();
                return;
            }

            socket.NoDelay = true;
            var client = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            var admitted = admission.EnterAsync(stopped);
            _ = Task.Run(() => new Connection(_engine, admission, socket, _certificate).RunAsync(client.ToString(), admitted, stopped));
        }
    }

    private async Task TerminateAsync()
    {
        await _engine.Running;
        if (_engine.Cluster is { } cluster) await Detach(cluster.FlushBeforeExitAsync(_engine.Stopped));
        End(0);
    }

    private void End(int code)
    {
        // SIGKILL may come while it ends by itself.
        if (Interlocked.Exchange(ref _ended, 1) != 0) return;
        if (_engine.Cluster is { } cluster) _network.Unregister(_engine.HostName, cluster);
        _listener?.Dispose();
        _engine.Stop();
        _engine.Dispose();
        _exited.TrySetResult(code);
    }

    /// <summary>Background work ends with the process; what ends it otherwise ends the server, as a crash would.</summary>
    private async Task Detach(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception e) when (_engine.IsStopped || e is OperationCanceledException or ObjectDisposedException)
        {
            // The server has ended.
        }
        catch (SocketException e)
        {
            _engine.Log($"fatal: {e.Message}");
            End(1);
        }
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(128);
            return listener;
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new ServerConfigException(e.SocketErrorCode == SocketError.AddressAlreadyInUse ? $"Port {port} already in use." : e.Message);
        }
    }

    private static X509Certificate2? LoadCertificate(ServerConfig config, Func<string, string> resolvePath)
    {
        if (config.TlsCertificate is null || config.TlsKey is null) return null;
        using var loaded = X509Certificate2.CreateFromPemFile(resolvePath(config.TlsCertificate), resolvePath(config.TlsKey));
        return X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
    }
}
