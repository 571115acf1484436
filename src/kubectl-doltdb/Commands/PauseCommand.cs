using System.CommandLine;
using System.Text.Json.Nodes;
using DoltDB.Kubectl.Clusters;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Commands;

/// <summary><c>kubectl doltdb pause</c> and <c>resume</c>: whether the operator looks after a cluster.</summary>
internal static class PauseCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The DoltDB." };

    /// <summary>The command that stops the operator's work on a cluster.</summary>
    public static Command CreatePause(PluginContext context) => Create(
        context, "pause", "Let the operator leave a cluster alone: no failover, no update, no change until it is resumed.", paused: true);

    /// <summary>The command that lets it go on.</summary>
    public static Command CreateResume(PluginContext context) => Create(context, "resume", "Let the operator look after a paused cluster again.", paused: false);

    private static Command Create(PluginContext context, string name, string description, bool paused)
    {
        var command = new Command(name, description) { Name };
        command.SetSessionAction(context, (result, session, cancellationToken) => RunAsync(session, result.GetRequiredValue(Name), paused, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Session session, string name, bool paused, CancellationToken cancellationToken)
    {
        var cluster = await session.RequireAsync(name, cancellationToken);
        var word = paused ? "paused" : "resumed";
        if ((cluster.Spec?.Paused ?? false) == paused)
        {
            await session.Output.WriteLineAsync($"DoltDB '{name}' is {(paused ? "paused already" : "not paused")}".AsMemory(), cancellationToken);
            return 0;
        }

        var patch = new JsonObject { ["spec"] = new JsonObject { ["paused"] = paused } };
        var stored = await session.Client.MergePatchAsync(DoltKinds.DoltDb, session.In(name), patch, null, cancellationToken);

        // A CRD of an older operator does not know the field, and the API server drops what the CRD does not know.
        if (stored.Spec?.Paused != paused)
            throw new PluginException("the installed CRD has no spec.paused: update the operator and its CRDs (doltdb-operator crds | kubectl apply --server-side -f -)");
        await session.Output.WriteLineAsync($"DoltDB '{name}' is {word}".AsMemory(), cancellationToken);
        return 0;
    }
}
