using System.CommandLine;
using DoltDB.Kubectl.Sessions;

namespace DoltDB.Kubectl.Tests.Support;

/// <summary>Runs the plugin in this process.</summary>
internal static class PluginRun
{
    /// <summary>A machine with an API server, the programs of a PATH, and a text as standard input.</summary>
    public static PluginContext Context(Func<ConnectionChoice, ApiAccess> connect, string path, string input) => new()
    {
        Time = TimeProvider.System,
        Connect = connect,
        Variable = name => name == "PATH" ? path : null,
        Input = new StringReader(input),
        IsInteractive = false,
        IsTerminal = false,
    };

    /// <summary>Runs a command line to its end.</summary>
    public static async Task<Outcome> RunAsync(PluginContext context, string[] arguments, CancellationToken cancellationToken)
    {
        using StringWriter output = new(), error = new();
        var code = await RunAsync(context, output, error, arguments, cancellationToken);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>The same with the given output; returns the exit code.</summary>
    public static Task<int> RunAsync(PluginContext context, TextWriter output, TextWriter error, string[] arguments, CancellationToken cancellationToken) =>
        PluginRoot.Create(context).Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, cancellationToken);

    /// <summary>Runs a command line as the program does, which finds the API server by itself.</summary>
    public static Task<Outcome> OfProcessAsync(string[] arguments, CancellationToken cancellationToken) =>
        RunAsync(Context(choice => ApiAccess.Open(choice, TimeProvider.System), "", ""), arguments, cancellationToken);
}
