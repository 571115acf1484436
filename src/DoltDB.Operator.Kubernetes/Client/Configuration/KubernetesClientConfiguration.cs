using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>Where the API server is and who the client is to it.</summary>
public sealed record KubernetesClientConfiguration
{
    /// <summary>Base address, <c>https://10.96.0.1:443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The namespace of the context, or that of the pod.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>Roots that the server's certificate must lead to; the system's when null.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>
    /// The file of <see cref="CertificateAuthorities"/> when somebody else renews it: what it holds is asked too about a certificate that they do not lead to.
    /// </summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>Whether the server's certificate is not looked at. Only ever what a user asked for.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>The name that the server's certificate must have, when it is not that of the address.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Token and client certificate.</summary>
    public IClientCredentials Credentials { get; init; } = new FixedCredentials(null, null);

    /// <summary>Where this comes from, for the log.</summary>
    public string Source { get; init; } = "code";

    /// <summary>
    /// Finds the configuration: the file given, else the files of <c>$KUBECONFIG</c>, else the pod's service account, else
    /// <c>~/.kube/config</c>.
    /// </summary>
    /// <exception cref="KubeconfigException">Nothing usable is there; the message says what is missing where.</exception>
    public static KubernetesClientConfiguration Load(string? kubeconfig, string? context, ClientEnvironment environment, TimeProvider time)
    {
        if (!string.IsNullOrEmpty(kubeconfig))
            return KubeconfigLoader.Load([kubeconfig], context, time);
        if (environment.Variable("KUBECONFIG") is { Length: > 0 } paths)
        {
            var files = paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
            var existing = files.Where(File.Exists).ToArray();
            return existing.Length > 0
                ? KubeconfigLoader.Load(existing, context, time)
                : throw new KubeconfigException($"KUBECONFIG: none of its files exists: {paths}");
        }

        if (InClusterConfiguration.IsAvailable(environment))
            return InClusterConfiguration.Load(environment, time);
        var home = Path.Combine(environment.HomeDirectory, ".kube", "config");
        return File.Exists(home)
            ? KubeconfigLoader.Load([home], context, time)
            : throw new KubeconfigException($"no Kubernetes configuration: --kubeconfig and $KUBECONFIG are not set, this is no pod, and {home} does not exist");
    }
}

/// <summary>What the search for a configuration looks at.</summary>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="HomeDirectory">The user's home.</param>
/// <param name="ServiceAccountDirectory">Where a pod finds its token.</param>
public sealed record ClientEnvironment(Func<string, string?> Variable, string HomeDirectory, string ServiceAccountDirectory)
{
    /// <summary>That of this process.</summary>
    public static ClientEnvironment OfProcess() => new(
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        "/var/run/secrets/kubernetes.io/serviceaccount");
}
