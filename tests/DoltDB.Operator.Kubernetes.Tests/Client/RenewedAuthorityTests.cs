using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Kubernetes.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Kubernetes.Tests.Client;

/// <summary>The authority of the cluster is replaced while a pod runs: the kubelet renews its file.</summary>
public sealed class RenewedAuthorityTests : IDisposable
{
    private readonly DirectoryInfo account = Directory.CreateTempSubdirectory("service-account-");
    private readonly KubernetesMetrics metrics = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        account.Delete(recursive: true);
        metrics.Dispose();
    }

    [Fact]
    public async Task A_server_of_the_new_authority_is_trusted_once_the_file_holds_it()
    {
        await using var former = new SecureServer();
        await using var server = new SecureServer();
        using var client = Connect(server, former.AuthorityPem);

        await Should.ThrowAsync<HttpRequestException>(GetAsync(client));
        Write("ca.crt", server.AuthorityPem);

        (await GetAsync(client)).ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_gives_no_trust()
    {
        await using var former = new SecureServer();
        await using var server = new SecureServer();
        using var client = Connect(server, former.AuthorityPem);
        Write("ca.crt", "half written");

        await Should.ThrowAsync<HttpRequestException>(GetAsync(client));
    }

    private KubernetesClient Connect(SecureServer server, string authority)
    {
        Write("ca.crt", authority);
        Write("token", "t");
        var environment = new ClientEnvironment(
            name => name == "KUBERNETES_SERVICE_HOST" ? "127.0.0.1" : name == "KUBERNETES_SERVICE_PORT" ? $"{server.Port}" : null, account.FullName, account.FullName);
        var configuration = KubernetesClientConfiguration.Load(null, null, environment, TimeProvider.System);
        return new KubernetesClient(configuration, new KubernetesClientOptions(), TimeProvider.System, metrics, NullLogger<KubernetesClient>.Instance);
    }

    private static Task<ConfigMap?> GetAsync(KubernetesClient client) => client.GetAsync(BuiltInKinds.ConfigMap, new NamespacedName("db", "a"), Token);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(account.FullName, name), text);
}
