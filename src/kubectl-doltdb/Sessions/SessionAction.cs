using System.CommandLine;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Sql;

namespace DoltDB.Kubectl.Sessions;

/// <summary>Runs commands with an open API server, and turns failures into one line and exit code 1.</summary>
internal static class SessionAction
{
    private const int Failed = 1;

    /// <summary>Exit code of a program that Ctrl-C ended.</summary>
    private const int Interrupted = 130;

    /// <summary>Lets the command do the work in a session.</summary>
    public static void SetSessionAction(this Command command, PluginContext context, Func<ParseResult, Session, CancellationToken, Task<int>> work) =>
        command.SetAction(async (result, cancellationToken) =>
        {
            var error = result.InvocationConfiguration.Error;
            try
            {
                using var access = context.Connect(GlobalOptions.Choice(result));
                return await work(result, Session.Begin(context, result, access), cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return Interrupted;
            }
            catch (Exception exception) when (Explain(exception) is { } explanation)
            {
                await error.WriteLineAsync($"error: {explanation}".AsMemory(), CancellationToken.None);
                return Failed;
            }
        });

    /// <summary>The failure in words; null for one that is a defect of this program.</summary>
    private static string? Explain(Exception exception) => exception switch
    {
        PluginException or KubeconfigException => exception.Message,
        KubernetesException { Code: 401 } => $"the API server does not accept your credentials: {exception.Message}; log in again or choose another --context",
        KubernetesException { Code: 403 } => $"you may not do this: {exception.Message}",
        KubernetesException failure => $"the API server refused ({failure.Code}): {exception.Message}",
        HttpRequestException => $"the API server cannot be reached: {exception.Message}; check --kubeconfig, --context and your network",
        DoltException failure => $"the server answered error {failure.Code}: {exception.Message}",
        TimeoutException or IOException => exception.Message,
        _ => null,
    };
}
