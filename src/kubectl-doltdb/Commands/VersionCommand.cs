using System.CommandLine;
using System.Runtime.InteropServices;

namespace DoltDB.Kubectl.Commands;

/// <summary><c>kubectl doltdb version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("version", "Print the version of the plugin.");
        command.SetAction(async (result, cancellationToken) =>
        {
            var line = $"kubectl-doltdb {PluginVersion.Text} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})";
            await result.InvocationConfiguration.Output.WriteLineAsync(line.AsMemory(), cancellationToken);
            return 0;
        });
        return command;
    }
}
