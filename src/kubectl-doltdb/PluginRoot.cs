using System.CommandLine;
using DoltDB.Kubectl.Commands;
using DoltDB.Kubectl.Sessions;

namespace DoltDB.Kubectl;

/// <summary>The command line of the plugin.</summary>
internal static class PluginRoot
{
    /// <summary>All commands.</summary>
    public static RootCommand Create(PluginContext context)
    {
        var root = new RootCommand("Looks after DoltDB clusters: their state, their primary, their logs, and SQL sessions with them.")
        {
            StatusCommand.Create(context),
            SwitchoverCommand.Create(context),
            RestartCommand.Create(context),
            PauseCommand.CreatePause(context),
            PauseCommand.CreateResume(context),
            LogsCommand.Create(context),
            SqlCommand.Create(context),
            VersionCommand.Create(),
        };
        foreach (var option in GlobalOptions.All)
            root.Options.Add(option);
        return root;
    }
}
