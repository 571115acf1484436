using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace DoltDB.Operator.Commands;

/// <summary><c>doltdb-operator version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>Version of this build, with the commit when the build knew it.</summary>
    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(async (_, cancellationToken) =>
        {
            var line = $"doltdb-operator {Version} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})\n";
            await Console.Out.WriteAsync(line.AsMemory(), cancellationToken);
            return 0;
        });
        return command;
    }
}
