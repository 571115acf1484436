using System.CommandLine;

namespace DoltDB.Kubectl.Sessions;

/// <summary>The options of every command, named as kubectl names them.</summary>
internal static class GlobalOptions
{
    /// <summary>Namespace; that of the context by default.</summary>
    public static readonly Option<string?> Namespace = new("--namespace", "-n")
    {
        Description = "Namespace of the DoltDB; that of the context by default.",
        Recursive = true,
    };

    /// <summary>Context of the kubeconfig.</summary>
    public static readonly Option<string?> Context = new("--context")
    {
        Description = "Context of the kubeconfig; its current one by default.",
        Recursive = true,
    };

    /// <summary>Path of the kubeconfig.</summary>
    public static readonly Option<string?> Kubeconfig = new("--kubeconfig")
    {
        Description = "Path of a kubeconfig; $KUBECONFIG, then ~/.kube/config by default.",
        Recursive = true,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> All => [Namespace, Context, Kubeconfig];

    /// <summary>The API server that the command line means.</summary>
    public static ConnectionChoice Choice(ParseResult result) => new(result.GetValue(Kubeconfig), result.GetValue(Context));
}
