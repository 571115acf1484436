using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>
/// Runs containers as processes of this machine, with a real <c>dolt</c>. Neither file systems nor networks are isolated: the paths of
/// mounts are replaced by directories and servers listen on their pod's loopback address.
/// </summary>
internal sealed class DoltProcessRuntime(string doltBinary, PodAddresses addresses) : IContainerRuntime
{
    private const string SandboxConfig = "config.sandbox.yaml";

    /// <inheritdoc/>
    public Task<IRunningContainer> StartAsync(ContainerLaunch launch, CancellationToken cancellationToken)
    {
        var container = launch.Container;
        var directory = launch.Paths.ToHost(container.WorkingDir ?? "/") ?? Path.GetTempPath();
        Directory.CreateDirectory(directory);
        var words = DropInit([.. container.Command ?? [], .. container.Args ?? []]);
        if (words.Count == 0)
            throw new ContainerStartException("RunContainerError", $"container {container.Name} names no command, and the sandbox has no images to take one from");
        if (IsDolt(words[0]))
            words = [doltBinary, .. ServerArguments(words.Skip(1), launch, directory)];
        else
            words = [.. words.Select(launch.Paths.Rewrite)];
        return Task.FromResult<IRunningContainer>(ProcessContainer.Start(words, directory, Environment(launch), launch.Log));
    }

    private static List<string> DropInit(List<string> words) =>
        words is ["tini", "--", ..] ? words[2..] : words;

    private static bool IsDolt(string program) => Path.GetFileName(program) == "dolt";

    private Dictionary<string, string> Environment(ContainerLaunch launch)
    {
        var environment = launch.ProcessEnvironment();
        var path = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        environment["PATH"] = $"{Path.GetDirectoryName(doltBinary)}:{path}";
        return environment;
    }

    private IEnumerable<string> ServerArguments(IEnumerable<string> arguments, ContainerLaunch launch, string directory)
    {
        var words = arguments.ToList();
        var config = words.IndexOf("--config");
        if (config < 0 || config + 1 >= words.Count)
            return words.Select(launch.Paths.Rewrite);
        var source = Path.Combine(directory, launch.Paths.Rewrite(words[config + 1]));
        var rewritten = DoltConfigRewriter.Rewrite(File.ReadAllText(source), launch.Address, host => Resolve(host, launch));
        File.WriteAllText(Path.Combine(directory, SandboxConfig), rewritten);
        words[config + 1] = SandboxConfig;
        return words.Select(launch.Paths.Rewrite);
    }

    /// <summary>The address of <c>POD.SUBDOMAIN.NAMESPACE[.svc...]</c>: known before the pod exists, since addresses stay with names.</summary>
    private System.Net.IPAddress? Resolve(string host, ContainerLaunch launch)
    {
        var labels = host.Split('.');
        return labels.Length >= 3 && labels[1] == launch.Subdomain ? addresses.Of(new NamespacedName(labels[2], labels[0])) : null;
    }
}
