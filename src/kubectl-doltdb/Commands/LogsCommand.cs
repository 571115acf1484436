using System.CommandLine;
using DoltDB.Kubectl.Clusters;
using DoltDB.Kubectl.Logs;
using DoltDB.Kubectl.Sessions;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Kubectl.Commands;

/// <summary><c>kubectl doltdb logs</c>: what the servers of a cluster log.</summary>
internal static class LogsCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "DoltDB whose servers' logs to print." };

    private static readonly Option<string?> Role = new("--role") { Description = "Only the primary, or only the standbys; all by default." };

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with new lines until Ctrl-C." };

    private static readonly Option<long?> Tail = new("--tail") { Description = "Only so many of the last lines of each server; all by default." };

    private static readonly Option<bool> Previous = new("--previous", "-p") { Description = "The log of the previous run of each server." };

    private static readonly Option<string> Container = new("--container", "-c")
    {
        Description = "Container of the pods.",
        DefaultValueFactory = _ => ClusterNames.ServerContainer,
    };

    /// <summary>The command with its options.</summary>
    public static Command Create(PluginContext context)
    {
        var command = new Command("logs", "Print the servers' logs, of several each line after the name of its pod.")
        {
            Name, Role, Follow, Tail, Previous, Container,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Role) is { } role and not (ClusterLabels.Primary or ClusterLabels.Standby))
                result.AddError($"--role: '{role}' is no role; expected {ClusterLabels.Primary} or {ClusterLabels.Standby}");
            if (result.GetValue(Tail) < 0)
                result.AddError("--tail must not be negative");
        });
        command.SetSessionAction(context, (result, session, cancellationToken) =>
        {
            var options = new PodLogOptions
            {
                Container = result.GetValue(Container),
                Follow = result.GetValue(Follow),
                TailLines = result.GetValue(Tail),
                Previous = result.GetValue(Previous),
            };
            return RunAsync(session, result.GetRequiredValue(Name), result.GetValue(Role), options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Session session, string name, string? role, PodLogOptions options, CancellationToken cancellationToken)
    {
        var primary = (await session.RequireAsync(name, cancellationToken)).Status?.CurrentPrimary;
        var pods = await session.ListPodsAsync(name, cancellationToken);
        var chosen = pods
            .Select(pod => pod.Metadata.Name!)
            .Where(pod => role is null || (role == ClusterLabels.Primary) == (pod == primary))
            .ToArray();
        if (chosen.Length == 0)
            throw new PluginException(pods.Count == 0 ? $"DoltDB '{name}' has no pods; see: kubectl doltdb status {name}" : $"DoltDB '{name}' has no {role} now; leave out --role for all servers");
        await MemberLogs.PrintAsync(session, chosen, options, cancellationToken);
        return 0;
    }
}
