using DoltDB.Kubectl.Sessions;

namespace DoltDB.Kubectl;

/// <summary>What the plugin takes from the machine that it runs on. Output and errors go to the writers of the invocation.</summary>
internal sealed record PluginContext
{
    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Opens the API server that the options name.</summary>
    public required Func<ConnectionChoice, ApiAccess> Connect { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Statements of a session that are typed or piped.</summary>
    public required TextReader Input { get; init; }

    /// <summary>Whether a person types the input, and wants a prompt.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Whether the output is a terminal that can be cleared.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>The context of this process.</summary>
    public static PluginContext OfProcess() => new()
    {
        Time = TimeProvider.System,
        Connect = choice => ApiAccess.Open(choice, TimeProvider.System),
        Variable = Environment.GetEnvironmentVariable,
        Input = Console.In,
        IsInteractive = !Console.IsInputRedirected,
        IsTerminal = !Console.IsOutputRedirected,
    };
}
