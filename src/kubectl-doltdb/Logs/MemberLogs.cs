using System.Threading.Channels;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Kubectl.Logs;

/// <summary>Prints what servers log: of one as it is, of several each line after the name of its pod.</summary>
internal static class MemberLogs
{
    /// <summary>Lines of all pods that wait to be printed, at most.</summary>
    private const int Backlog = 1024;

    /// <summary>Prints the logs: pod after pod, or line after line as they come when they are followed.</summary>
    /// <exception cref="PluginException">No pod has a log to print; each pod's reason was printed.</exception>
    public static async Task PrintAsync(Session session, IReadOnlyList<string> pods, PodLogOptions options, CancellationToken cancellationToken)
    {
        var lines = Channel.CreateBounded<LogLine>(Backlog);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pump = PumpAsync(session, pods, options, lines.Writer, ending.Token);
        var failures = 0;
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
            {
                failures += line.IsFailure ? 1 : 0;
                await (line.IsFailure ? session.Error : session.Output).WriteLineAsync(line.Text.AsMemory(), cancellationToken);
            }
        }
        finally
        {
            await ending.CancelAsync();
            await pump;
        }

        if (failures == pods.Count)
            throw new PluginException("there is no log to print");
    }

    /// <summary>Sends the lines of all pods, one pod after the other unless they are followed. Never throws: the reader sees the failure.</summary>
    private static async Task PumpAsync(
        Session session, IReadOnlyList<string> pods, PodLogOptions options, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            if (options.Follow)
            {
                await Task.WhenAll(pods.Select(pod => SendAsync(session, pod, options, Prefix(pods, pod), lines, cancellationToken)));
            }
            else
            {
                foreach (var pod in pods)
                    await SendAsync(session, pod, options, Prefix(pods, pod), lines, cancellationToken);
            }

            lines.Complete();
        }
        catch (Exception exception)
        {
            lines.Complete(exception);
        }
    }

    private static async Task SendAsync(
        Session session, string pod, PodLogOptions options, string prefix, ChannelWriter<LogLine> lines, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in session.Client.ReadLogAsync(session.In(pod), options, cancellationToken))
                await lines.WriteAsync(new LogLine(prefix + line, IsFailure: false), cancellationToken);
        }
        catch (KubernetesException exception) when (exception.Code is 400 or 404)
        {
            // A server that has not started yet, or has no previous run: the others may still have lines.
            await lines.WriteAsync(new LogLine($"{pod}: {exception.Message}", IsFailure: true), cancellationToken);
        }
    }

    private static string Prefix(IReadOnlyList<string> pods, string pod) => pods.Count == 1 ? "" : $"[{pod}] ";

    private readonly record struct LogLine(string Text, bool IsFailure);
}
