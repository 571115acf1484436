using DoltDB.Operator.Sandbox.SimulatedDolt;
using DoltDB.Operator.Sandbox.SimulatedDolt.Configuration;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// Runs the containers of DoltDB pods in this process, with the simulated Dolt: the init container by what it does, the server as a server of
/// this process. Everything else runs as a process of this machine.
/// </summary>
internal sealed class SimulatedDoltRuntime(SimulatedNetwork network, TimeProvider time) : IContainerRuntime
{
    private const string InitContainer = "dolt-init";

    /// <summary>The version that does not exist, here or in a registry: its containers wait for an image for ever.</summary>
    private const string MissingTag = ":0.0.0";

    /// <inheritdoc/>
    public Task<IRunningContainer> StartAsync(ContainerLaunch launch, CancellationToken cancellationToken)
    {
        var container = launch.Container;
        IReadOnlyList<string> words = [.. container.Command ?? [], .. container.Args ?? []];
        if (container.Image?.EndsWith(MissingTag, StringComparison.Ordinal) == true)
            throw new ContainerStartException("ImagePullBackOff", $"Back-off pulling image \"{container.Image}\": not found");
        var directory = launch.Paths.ToHost(container.WorkingDir ?? "/") ?? Path.GetTempPath();
        Directory.CreateDirectory(directory);
        if (container.Name == InitContainer)
            return Task.FromResult<IRunningContainer>(new EndedContainer(SimulatedDoltInit.Run(directory, launch.Environment, Resolve, time.GetUtcNow().UtcDateTime, launch.Log)));
        if (words.Contains("sql-server"))
            return Task.FromResult(StartServer(launch, words, directory));
        if (words.Count == 0)
            throw new ContainerStartException("RunContainerError", $"container {container.Name} names no command, and the sandbox has no images to take one from");
        return Task.FromResult<IRunningContainer>(ProcessContainer.Start([.. words.Select(launch.Paths.Rewrite)], directory, launch.ProcessEnvironment(), launch.Log));

        string Resolve(string path) => launch.Paths.ToHost(path) ?? path;
    }

    private IRunningContainer StartServer(ContainerLaunch launch, IReadOnlyList<string> words, string directory)
    {
        try
        {
            return new ServerContainer(SimulatedDoltServer.Start(new SimulatedDoltOptions
            {
                HostName = launch.Subdomain is null ? launch.Pod.Name : $"{launch.Pod.Name}.{launch.Subdomain}.{launch.Pod.Namespace}",
                WorkingDirectory = directory,
                ConfigYaml = ReadConfig(words, directory),
                Environment = launch.Environment,
                Address = launch.Address,
                EngineVersion = VersionOf(launch.Container.Image),
                Network = network,
                Clock = time,
                Log = launch.Log,
                ResolvePath = path => launch.Paths.ToHost(path) ?? path,
            }));
        }
        catch (ServerConfigException exception)
        {
            launch.Log(exception.Message);
            return new EndedContainer(1);
        }
    }

    private static string ReadConfig(IReadOnlyList<string> words, string directory)
    {
        var option = words.ToList().IndexOf("--config");
        if (option < 0 || option + 1 >= words.Count)
            return "";
        var path = Path.Combine(directory, words[option + 1]);
        return File.Exists(path) ? File.ReadAllText(path) : throw new ServerConfigException($"Unable to read config file: open {words[option + 1]}: no such file or directory");
    }

    /// <summary>The image's tag stands for the engine's version.</summary>
    private static string VersionOf(string? image)
    {
        var colon = image?.LastIndexOf(':') ?? -1;
        return (colon > 0 && !image![colon..].Contains('/', StringComparison.Ordinal) ? image[(colon + 1)..] : "latest") + "-simulated";
    }

    /// <summary>A container that had ended when its start returned.</summary>
    private sealed class EndedContainer(int exitCode) : IRunningContainer
    {
        public Task<int> Exited { get; } = Task.FromResult(exitCode);

        public void Terminate()
        {
        }

        public void Kill()
        {
        }

        public void Freeze()
        {
        }

        public void Thaw()
        {
        }
    }

    private sealed class ServerContainer(SimulatedDoltServer server) : IRunningContainer
    {
        public Task<int> Exited => server.Exited;

        public void Terminate() => server.Terminate();

        public void Kill() => server.Kill();

        public void Freeze() => server.Freeze();

        public void Thaw() => server.Thaw();

        public Task<int> ExecuteAsync(IReadOnlyList<string> command, ContainerLaunch launch, CancellationToken cancellationToken) =>
            GreetingCheck.Port(command) is { } port
                ? GreetingCheck.RunAsync(launch.Address, port, isConnectingEnough: GreetingCheck.AsksForTheProcess(command) && server.Engine.Running.IsCompleted, cancellationToken)
                : CommandRunner.RunAsync(command, launch, cancellationToken);
    }
}
