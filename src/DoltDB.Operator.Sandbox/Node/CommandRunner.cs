namespace DoltDB.Operator.Sandbox.Node;

/// <summary>Runs the commands of probes and hooks beside a container: with its environment, its paths and its loopback mapped, on this machine.</summary>
internal static class CommandRunner
{
    /// <summary>Containers of a pod reach each other here; in the sandbox each pod has an address of its own instead.</summary>
    private const string Loopback = "127.0.0.1";

    /// <summary>The exit code of the command; when cancelled the command is killed.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before the command ended.</exception>
    public static async Task<int> RunAsync(IReadOnlyList<string> command, ContainerLaunch launch, CancellationToken cancellationToken)
    {
        var mapped = command.Select(word => launch.Paths.Rewrite(word).Replace(Loopback, launch.Address.ToString(), StringComparison.Ordinal)).ToList();
        var directory = launch.Container.WorkingDir is { } path && launch.Paths.ToHost(path) is { } host ? host : Path.GetTempPath();
        ProcessContainer process;
        try
        {
            process = ProcessContainer.Start(mapped, directory, launch.Environment, launch.Log);
        }
        catch (ContainerStartException)
        {
            return 127;
        }

        await using var kill = cancellationToken.UnsafeRegister(static process => ((ProcessContainer)process!).Kill(), process);
        var exitCode = await process.Exited;
        cancellationToken.ThrowIfCancellationRequested();
        return exitCode;
    }
}
