using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>The configuration that every pod has: its service account.</summary>
internal static class InClusterConfiguration
{
    private const string Host = "KUBERNETES_SERVICE_HOST";
    private const string Port = "KUBERNETES_SERVICE_PORT";

    /// <summary>Whether this process runs in a pod.</summary>
    public static bool IsAvailable(ClientEnvironment environment) => !string.IsNullOrEmpty(environment.Variable(Host));

    /// <summary>The configuration of this pod.</summary>
    public static KubernetesClientConfiguration Load(ClientEnvironment environment, TimeProvider time)
    {
        var host = environment.Variable(Host)!;
        var port = environment.Variable(Port) is { Length: > 0 } given ? given : "443";
        var address = host.Contains(':', StringComparison.Ordinal) ? $"https://[{host}]:{port}" : $"https://{host}:{port}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server))
            throw new KubeconfigException($"{Host} and {Port} make no address: {address}");
        var directory = environment.ServiceAccountDirectory;
        var token = Path.Combine(directory, "token");
        if (!File.Exists(token))
            throw new KubeconfigException($"{token}: the pod has no service account token (automountServiceAccountToken?)");
        var authorities = Path.Combine(directory, "ca.crt");
        return new KubernetesClientConfiguration
        {
            Server = server,
            Namespace = ReadNamespace(Path.Combine(directory, "namespace")),
            CertificateAuthorities = ReadAuthorities(authorities),
            CertificateAuthorityFile = authorities,
            Credentials = new TokenFileCredentials(token, null, time),
            Source = "the pod's service account",
        };
    }

    private static string ReadNamespace(string path) => File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } ns ? ns : "default";

    private static X509Certificate2Collection ReadAuthorities(string path)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(path);
            return authorities;
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{path}: {exception.Message}", exception);
        }
    }
}
