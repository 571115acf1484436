using System.Diagnostics;
using System.Globalization;
using System.Text;
using DoltDB.Kubectl.Sessions;

namespace DoltDB.Kubectl.Sql;

/// <summary>A local port that leads to a pod as long as this object lives: <c>kubectl port-forward</c> as a child process.</summary>
internal sealed class PortForward : IAsyncDisposable
{
    private const string Announcement = "Forwarding from 127.0.0.1:";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Process process;
    private readonly Task draining;

    private PortForward(Process process, int port, Task draining) => (this.process, Port, this.draining) = (process, port, draining);

    /// <summary>Address that leads to the pod.</summary>
    public static string Host => "127.0.0.1";

    /// <summary>The local port.</summary>
    public int Port { get; }

    /// <summary>Starts kubectl and waits until it listens.</summary>
    /// <exception cref="PluginException">There is no kubectl, or it cannot forward; the message holds what it said.</exception>
    public static async Task<PortForward> OpenAsync(Session session, string pod, int remotePort, CancellationToken cancellationToken)
    {
        var kubectl = Programs.Find(session.Context, "kubectl")
            ?? throw new PluginException($"the address of pod {pod} cannot be reached from here, and there is no kubectl on the PATH to forward a port with: install kubectl, or run this in the cluster's network");
        var process = Process.Start(Command(session, kubectl, pod, remotePort)) ?? throw new PluginException($"{kubectl} cannot be started");
        try
        {
            var errors = new StringBuilder();
            process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
            process.BeginErrorReadLine();
            var port = await ReadPortAsync(session, process, cancellationToken);
            if (port is { } local)
                return new PortForward(process, local, process.StandardOutput.ReadToEndAsync(CancellationToken.None));
            await StopAsync(process);
            throw new PluginException($"kubectl port-forward to pod {pod} failed: {errors.ToString().Trim()}");
        }
        catch
        {
            await StopAsync(process);
            process.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(process);
        await draining;
        process.Dispose();
    }

    private static ProcessStartInfo Command(Session session, string kubectl, string pod, int remotePort)
    {
        // In a session of its own, Ctrl-C in a mysql client does not end the connection below it.
        var setsid = Programs.Find(session.Context, "setsid");
        var start = new ProcessStartInfo(setsid ?? kubectl) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (setsid is not null)
            start.ArgumentList.Add(kubectl);
        if (session.Choice.Kubeconfig is { } kubeconfig)
            start.ArgumentList.Add($"--kubeconfig={kubeconfig}");
        if (session.Choice.Context is { } context)
            start.ArgumentList.Add($"--context={context}");
        string[] arguments =
            [$"--namespace={session.Namespace}", "port-forward", "--address=127.0.0.1", $"pod/{pod}", string.Create(CultureInfo.InvariantCulture, $":{remotePort}")];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    /// <summary>The port that kubectl announces; null when it ends without one.</summary>
    private static async Task<int?> ReadPortAsync(Session session, Process process, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(either.Token) is { } line)
            {
                if (line.StartsWith(Announcement, StringComparison.Ordinal)
                    && int.TryParse(line[Announcement.Length..].Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
                {
                    return port;
                }
            }

            return null;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PluginException($"kubectl port-forward does not listen after {Patience.TotalSeconds} s");
        }
    }

    private static async Task StopAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }
}
