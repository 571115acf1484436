using System.Reflection;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Hosting;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Logging;
using DoltDB.Operator.Sandbox.Hosting;

namespace DoltDB.Operator.Sandboxes;

/// <summary><c>doltdb-operator sandbox</c>: a small Kubernetes, the operator, and what the user applies, in one process.</summary>
internal static class SandboxProcess
{
    private const string Sample = "samples/quickstart.yaml";
    private const string SimulatedWord = "simulated";

    /// <summary>Runs until told to stop. Exit code 1 when a manifest is refused or a part dies.</summary>
    public static async Task<int> RunAsync(SandboxCommandOptions options, CancellationToken stopping)
    {
        var time = TimeProvider.System;
        using var loggers = LogSetup.Create(developmentMode: true, options.LogLevel, time);
        var isTemporary = options.DataDirectory is null;
        var directory = Path.GetFullPath(options.DataDirectory ?? Directory.CreateTempSubdirectory("doltdb-sandbox-").FullName);
        try
        {
            return await RunAsync(options, directory, time, loggers, stopping);
        }
        catch (Exception exception) when (exception is ManifestException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"error: {exception.Message}");
            return 1;
        }
        finally
        {
            if (isTemporary)
                Remove(directory);
        }
    }

    private static async Task<int> RunAsync(
        SandboxCommandOptions options, string directory, TimeProvider time, ILoggerFactory loggers, CancellationToken stopping)
    {
        var dolt = FindDolt(options.Dolt);
        var manifests = await ReadManifestsAsync(options.Files, stopping);
        await using var host = await SandboxHost.StartAsync(
            new SandboxOptions
            {
                DataDirectory = directory,
                Listen = options.Listen,
                DoltBinary = dolt,
                Definitions = [.. CrdsCommand.ReadAll()],
                IsEphemeral = options.DataDirectory is null,
                Time = time,
                Loggers = loggers,
            },
            stopping);
        var kubeconfig = Path.GetFullPath(options.Kubeconfig ?? Path.Combine(directory, "kubeconfig"));
        host.ApiServer.WriteKubeconfig(kubeconfig);
        var console = new SandboxConsole(Console.Out, kubeconfig, directory);
        console.Started(host.ApiServer.Url!, dolt ?? "simulated Dolt");

        using var metrics = new KubernetesMetrics();
        using var client = host.ApiServer.Connect("doltdb-operator");
        await using var runtime = new OperatorRuntime(
            client, new OperatorOptions { LeaderElect = false }, "default", new ControllerServices(time, new Random(), metrics, loggers));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var running = options.RunsOperator ? runtime.RunAsync(ending.Token) : EndedByAsync(ending.Token);
        var code = await FollowAsync(host, options, manifests, console, running, stopping);
        await ending.CancelAsync();
        return await running ? code : 1;
    }

    private static async Task<int> FollowAsync(
        SandboxHost host, SandboxCommandOptions options, List<(string Source, string Yaml)> manifests, SandboxConsole console, Task<bool> running, CancellationToken stopping)
    {
        try
        {
            foreach (var (source, yaml) in manifests)
                console.Applied(await host.ApplyAsync(yaml, source, stopping));
            using var reader = host.ApiServer.Connect("sandbox-progress");
            await using var progress = new ClusterProgress(reader);
            await progress.StartAsync(stopping);
            if (options.RunsOperator)
                await console.ShowUntilReadyAsync(progress, stopping);
            if (options.ExitsWhenReady)
                return 0;
            console.Waiting();
            var failed = await Task.WhenAny(host.WhenFailed, running.ContinueWith(_ => "the operator ended", TaskScheduler.Default)).WaitAsync(stopping);
            await Console.Error.WriteLineAsync($"error: {await failed}");
            return 1;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>Stands for the operator that runs elsewhere.</summary>
    private static async Task<bool> EndedByAsync(CancellationToken ending)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    private static async Task<List<(string Source, string Yaml)>> ReadManifestsAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
            return [("the built-in sample", ReadSample())];
        var manifests = new List<(string, string)>();
        foreach (var file in files)
            manifests.Add(file == "-" ? ("standard input", await Console.In.ReadToEndAsync(cancellationToken)) : (file, await File.ReadAllTextAsync(file, cancellationToken)));
        return manifests;
    }

    private static string ReadSample()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Sample)!);
        return reader.ReadToEnd();
    }

    /// <summary>The dolt that was asked for, else one on the PATH, else null for the simulated one.</summary>
    private static string? FindDolt(string? asked)
    {
        if (asked == SimulatedWord)
            return null;
        if (asked is not null)
            return File.Exists(asked) ? Path.GetFullPath(asked) : throw new FileNotFoundException($"--dolt: {asked} does not exist");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, "dolt")).FirstOrDefault(File.Exists);
    }

    private static void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (IOException)
        {
            // A server that has not quite ended wrote once more; the system's temporary directory is cleaned anyway.
        }
    }
}
