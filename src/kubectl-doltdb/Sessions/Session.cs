using System.CommandLine;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Kubectl.Sessions;

/// <summary>One run of a command: an open API server, the namespace that is meant, and where to print.</summary>
internal sealed record Session
{
    /// <summary>The machine.</summary>
    public required PluginContext Context { get; init; }

    /// <summary>The API server.</summary>
    public required KubernetesClient Client { get; init; }

    /// <summary>The namespace that is meant.</summary>
    public required string Namespace { get; init; }

    /// <summary>Which API server was asked for, for programs that this one starts.</summary>
    public required ConnectionChoice Choice { get; init; }

    /// <summary>For what was asked for.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>For progress, hints and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => Context.Time;

    /// <summary>The key of an object in the namespace.</summary>
    public NamespacedName In(string name) => new(Namespace, name);

    /// <summary>A session for the command line.</summary>
    public static Session Begin(PluginContext context, ParseResult result, ApiAccess access) => new()
    {
        Context = context,
        Client = access.Client,
        Namespace = result.GetValue(GlobalOptions.Namespace) is { Length: > 0 } named ? named : access.Namespace,
        Choice = GlobalOptions.Choice(result),
        Output = result.InvocationConfiguration.Output,
        Error = result.InvocationConfiguration.Error,
    };
}
