using DoltDB.Kubectl.Clusters;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Api;

namespace DoltDB.Kubectl.Requests;

/// <summary>Follows a DoltDB until what was asked for is done, prints each new state once, and fails when it is refused or takes too long.</summary>
internal static class ProgressWaiter
{
    /// <summary>Waits; the judge is asked after every change of the DoltDB.</summary>
    /// <exception cref="PluginException">It was refused, or is not done in time; the message holds the last state.</exception>
    public static async Task WaitAsync(
        Session session, string name, TimeSpan timeout, Func<DoltDb, CancellationToken, Task<Progress>> judge, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var last = "";
        try
        {
            await foreach (var cluster in session.FollowAsync(name, either.Token))
            {
                if (cluster is null)
                    throw new PluginException($"DoltDB '{name}' was deleted meanwhile");
                switch (await judge(cluster, either.Token))
                {
                    case Progress.Done done:
                        await session.Output.WriteLineAsync(done.Result.AsMemory(), cancellationToken);
                        return;
                    case Progress.Refused refused:
                        throw new PluginException(refused.Because);
                    case Progress.Pending pending when pending.State != last:
                        last = pending.State;
                        await session.Error.WriteLineAsync(last.AsMemory(), cancellationToken);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new PluginException($"not done within {timeout.TotalSeconds:0.#} s: {last}; see: kubectl doltdb status {name} -n {session.Namespace}");
        }
    }
}
