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
        var context = new PluginContext
        {
            Time = TimeProvider.System,
            Connect = connect,
            Variable = name => name == "PATH" ? path : null,
            Input = new StringReader(input),
            IsInteractive = false,
            IsTerminal = false,
        };
        var invocation = new InvocationConfiguration { Output = output, Error = error };
        var code = await PluginRoot.Create(context).Parse(arguments).InvokeAsync(invocation, cancellationToken);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line as the program does, which finds the API server by itself.</summary>
    public static Task<Outcome> OfProcessAsync(string[] arguments, CancellationToken cancellationToken) =>
        RunAsync(choice => ApiAccess.Open(choice, TimeProvider.System), "", "", arguments, cancellationToken);
}
