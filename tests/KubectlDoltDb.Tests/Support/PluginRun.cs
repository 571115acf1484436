using System.CommandLine;
using DoltDB.Kubectl.Sessions;

namespace DoltDB.Kubectl.Tests.Support;

/// <summary>Runs the plugin in this process.</summary>
internal static class PluginRun
{
    /// <summary>Runs a command line against an API server, with the programs of a PATH and a text as standard input.</summary>
    public static async Task<Outcome> RunAsync(
        Func<ConnectionChoice, ApiAccess> connect, string path, string input, string[] arguments, CancellationToken cancellationToken)
    {
        using StringWriter output = new(), error = new();
        var code = await RunAsync(connect, path, input, output, error, arguments, cancellationToken);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>The same, with the given output.</summary>
    public static Task<int> RunAsync(
        Func<ConnectionChoice, ApiAccess> connect, string path, string input, TextWriter output, TextWriter error, string[] arguments, CancellationToken cancellationToken)
    {
        var context = new PluginContext
        {
            Time = TimeProvider.System,
            Connect = connect,
            Variable = name => name == "PATH" ? path : null,
            Input = new StringReader(input),
            IsInteractive = false,
            IsTerminal = false,
        };
        return PluginRoot.Create(context).Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, cancellationToken);
    }

    /// <summary>Runs a command line as the program does, which finds the API server by itself.</summary>
    public static Task<Outcome> OfProcessAsync(string[] arguments, CancellationToken cancellationToken) =>
        RunAsync(choice => ApiAccess.Open(choice, TimeProvider.System), "", "", arguments, cancellationToken);
}
