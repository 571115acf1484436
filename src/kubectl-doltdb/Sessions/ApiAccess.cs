using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Kubectl.Sessions;

/// <summary>Which API server the user means.</summary>
/// <param name="Kubeconfig">Path of a kubeconfig; the usual places when null.</param>
/// <param name="Context">Name of a context; the current one when null.</param>
internal sealed record ConnectionChoice(string? Kubeconfig, string? Context);

/// <summary>An open API server and the namespace that its context means.</summary>
internal sealed record ApiAccess(KubernetesClient Client, string Namespace, KubernetesMetrics? Metrics) : IDisposable
{
    /// <summary>Opens the API server that the options, the environment and the kubeconfig name.</summary>
    /// <exception cref="KubeconfigException">There is no usable configuration.</exception>
    public static ApiAccess Open(ConnectionChoice choice, TimeProvider time)
    {
        var configuration = KubernetesClientConfiguration.Load(choice.Kubeconfig, choice.Context, EnvironmentFor(choice), time);
        var metrics = new KubernetesMetrics();
        var options = new KubernetesClientOptions { UserAgent = $"kubectl-doltdb/{PluginVersion.Number}", FieldManager = "kubectl-doltdb" };
        var client = new KubernetesClient(configuration, options, time, metrics, NullLogger<KubernetesClient>.Instance);
        return new ApiAccess(client, configuration.Namespace, metrics);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        Metrics?.Dispose();
    }

    /// <summary>
    /// The process's environment as kubectl reads it: the service account of a pod counts only where there is no kubeconfig and no context
    /// is asked for by name.
    /// </summary>
    private static ClientEnvironment EnvironmentFor(ConnectionChoice choice)
    {
        var environment = ClientEnvironment.OfProcess();
        var hasKubeconfig = File.Exists(Path.Combine(environment.HomeDirectory, ".kube", "config"));
        return hasKubeconfig || choice.Context is not null
            ? environment with { Variable = name => name == "KUBERNETES_SERVICE_HOST" ? null : environment.Variable(name) }
            : environment;
    }
}
