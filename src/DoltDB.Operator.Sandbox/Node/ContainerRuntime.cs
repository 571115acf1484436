using System.Net;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>A container that is ready to start: everything resolved, volumes laid out on this machine.</summary>
internal sealed record ContainerLaunch
{
    /// <summary>The pod.</summary>
    public required NamespacedName Pod { get; init; }

    /// <summary>The container as the pod has it.</summary>
    public required Container Container { get; init; }

    /// <summary>Loopback address of the pod.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Environment, references resolved.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Where the container's paths are on this machine.</summary>
    public required PathMapping Paths { get; init; }

    /// <summary>The file that holds the container's last words when it has ended.</summary>
    public required string TerminationMessageFile { get; init; }

    /// <summary>The pod's subdomain: its governing Service, under which peers know it.</summary>
    public required string? Subdomain { get; init; }

    /// <summary>Takes a line that the container prints.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Reads what the container has printed.</summary>
    public required Func<IReadOnlyList<string>> ReadLog { get; init; }

    /// <summary>The environment of a process of this machine: paths of mounts are those of their directories.</summary>
    public Dictionary<string, string> ProcessEnvironment() =>
        Environment.ToDictionary(variable => variable.Key, variable => Paths.Rewrite(variable.Value), StringComparer.Ordinal);
}

/// <summary>Starts containers of one sort.</summary>
internal interface IContainerRuntime
{
    /// <summary>Starts the container. A container that cannot be started at all throws <see cref="ContainerStartException"/>.</summary>
    Task<IRunningContainer> StartAsync(ContainerLaunch launch, CancellationToken cancellationToken);
}

/// <summary>A started container.</summary>
internal interface IRunningContainer
{
    /// <summary>Completes with the exit code when the container has ended; 137 when it was killed, 143 when it was terminated.</summary>
    Task<int> Exited { get; }

    /// <summary>Asks the container to end (SIGTERM).</summary>
    void Terminate();

    /// <summary>Ends the container at once (SIGKILL).</summary>
    void Kill();

    /// <summary>Stops the container in its tracks (SIGSTOP): it answers nothing until it is thawed.</summary>
    void Freeze();

    /// <summary>Lets a frozen container go on (SIGCONT).</summary>
    void Thaw();

    /// <summary>Runs the command of a probe or a hook in the container; its exit code.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the command ended.</exception>
    Task<int> ExecuteAsync(IReadOnlyList<string> command, ContainerLaunch launch, CancellationToken cancellationToken) =>
        CommandRunner.RunAsync(command, launch, cancellationToken);
}

/// <summary>A container that cannot be started; the reason is that of its waiting state.</summary>
internal sealed class ContainerStartException(string reason, string message) : Exception(message)
{
    /// <summary>Reason of the waiting state, <c>CreateContainerConfigError</c>.</summary>
    public string Reason { get; } = reason;
}
