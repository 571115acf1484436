using System.CommandLine;
using System.Globalization;
using DoltDB.Kubectl.Clusters;
using DoltDB.Kubectl.Requests;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Core.Clusters.Resources;

namespace DoltDB.Kubectl.Commands;

/// <summary><c>kubectl doltdb restart</c>: asks the operator for a rolling restart, standbys first and the primary last.</summary>
internal static class RestartCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "DoltDB to restart." };

    /// <summary>The command with its options.</summary>
    public static Command Create(PluginContext context)
    {
        var waiting = WaitOptions.Create("10m");
        var command = new Command("restart", "Replace every pod, standbys first and the primary last after a hand-over.") { Name, waiting.Wait, waiting.Timeout };
        command.SetSessionAction(context, (result, session, cancellationToken) =>
            RunAsync(session, result.GetRequiredValue(Name), waiting.Read(result), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string name, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        RestartRules.Check(await session.RequireAsync(name, cancellationToken));
        var before = RestartRules.Incarnations(await session.ListPodsAsync(name, cancellationToken));
        var now = session.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await RequestAnnotations.AskAsync(session, name, ClusterLabels.RestartedAtAnnotation, now, cancellationToken);
        if (timeout is not { } limit)
        {
            await session.Output.WriteLineAsync($"asked for a rolling restart of DoltDB '{name}'".AsMemory(), cancellationToken);
            return 0;
        }

        await ProgressWaiter.WaitAsync(
            session, name, limit, async (cluster, token) => RestartRules.Judge(cluster, await session.ListPodsAsync(name, token), before), cancellationToken);
        return 0;
    }
}
