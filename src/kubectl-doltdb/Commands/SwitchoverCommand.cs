using System.CommandLine;
using DoltDB.Kubectl.Clusters;
using DoltDB.Kubectl.Requests;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Core.Clusters.Resources;

namespace DoltDB.Kubectl.Commands;

/// <summary><c>kubectl doltdb switchover</c>: asks the operator to hand the primary role to another server.</summary>
internal static class SwitchoverCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "DoltDB whose primary moves." };

    private static readonly Option<string?> To = new("--to")
    {
        Description = "Pod or ordinal that becomes primary; the first standby that is ready and caught up by default.",
    };

    private static readonly Option<bool> Force = new("--force")
    {
        Description = "Ask even when the status shows that the server is not ready or not caught up; the operator still refuses what would lose data.",
    };

    /// <summary>The command with its options.</summary>
    public static Command Create(PluginContext context)
    {
        var waiting = WaitOptions.Create("60s");
        var command = new Command("switchover", "Hand the primary role to another server, without loss.") { Name, To, Force, waiting.Wait, waiting.Timeout };
        command.SetSessionAction(context, (result, session, cancellationToken) => RunAsync(
            session, result.GetRequiredValue(Name), result.GetValue(To), result.GetValue(Force), waiting.Read(result), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string name, string? to, bool force, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var cluster = await session.RequireAsync(name, cancellationToken);
        var target = SwitchoverRules.Choose(cluster, to, force);
        var request = SwitchoverRules.Request(target, session.Time.GetUtcNow());
        var before = cluster.Status?.Conditions.Find(ClusterConditions.PrimarySwitched);
        await RequestAnnotations.AskAsync(session, name, ClusterLabels.SwitchoverAnnotation, request, cancellationToken);
        if (timeout is not { } limit)
        {
            await session.Output.WriteLineAsync($"asked for a switchover of DoltDB '{name}' from {cluster.Status?.CurrentPrimary} to {target.Name}".AsMemory(), cancellationToken);
            return 0;
        }

        try
        {
            await ProgressWaiter.WaitAsync(
                session, name, limit, (now, _) => Task.FromResult(SwitchoverRules.Judge(now, target.Name!, request, before)), cancellationToken);
            return 0;
        }
        catch (PluginException)
        {
            // The operator would go on trying: a user who was told of a failure must not be surprised by a hand-over an hour later.
            if (await RequestAnnotations.WithdrawAsync(session, name, ClusterLabels.SwitchoverAnnotation, request, cancellationToken))
                await session.Error.WriteLineAsync("the request is taken back; a hand-over that has begun is finished".AsMemory(), cancellationToken);
            throw;
        }
    }
}
