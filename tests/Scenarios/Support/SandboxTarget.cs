using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>A sandbox in this process.</summary>
internal sealed class SandboxTarget : IScenarioTarget
{
    private readonly string directory;

    private SandboxTarget(SandboxHost host, string directory, TimeSpan patience, string ns)
    {
        Namespace = ns;
        this.directory = directory;
        Host = host;
        Patience = patience;
        Client = host.ApiServer.Connect("user");
    }

    public SandboxHost Host { get; }

    public string Namespace { get; }

    public KubernetesClient Client { get; }

    public TimeSpan Patience { get; }

    SandboxHost? IScenarioTarget.Inside => Host;

    public static async Task<SandboxTarget> StartAsync(TimeSpan patience, CancellationToken cancellationToken, string ns = "default")
    {
        var directory = Directory.CreateTempSubdirectory("doltdb-scenario-").FullName;
        var host = await SandboxHost.StartAsync(
            new SandboxOptions { DataDirectory = directory, Listen = null, Definitions = [.. CrdsCommand.ReadAll()], IsEphemeral = true }, cancellationToken);
        return new SandboxTarget(host, directory, patience, ns);
    }

    public Task<IReadOnlyList<AppliedManifest>> ApplyAsync(string yaml, CancellationToken cancellationToken) => Host.ApplyAsync(yaml, "manifest", cancellationToken, Namespace);

    public Task<Address> ServiceAddressAsync(string service, CancellationToken cancellationToken) => DirectAddresses.OfServiceAsync(Client, In(service), cancellationToken);

    public Task<Address> PodAddressAsync(string pod, CancellationToken cancellationToken) => DirectAddresses.OfPodAsync(Client, In(pod), cancellationToken);

    public Task SignalAsync(string pod, ServerSignal signal, CancellationToken cancellationToken)
    {
        var container = Host.Container(In(pod));
        switch (signal)
        {
            case ServerSignal.Kill:
                container?.Kill();
                break;
            case ServerSignal.Freeze:
                container?.Freeze();
                break;
            case ServerSignal.Thaw:
                container?.Thaw();
                break;
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private NamespacedName In(string name) => new(Namespace, name);
}

/// <summary>Addresses for a client on the network of pods and Services.</summary>
internal static class DirectAddresses
{
    public const int SqlPort = 3306;

    public static async Task<Address> OfServiceAsync(KubernetesClient client, NamespacedName name, CancellationToken cancellationToken)
    {
        var service = await client.GetAsync(BuiltInKinds.Service, name, cancellationToken) ?? throw new IOException($"no Service {name.Name}");
        return new Address(service.Spec!.ClusterIP!, service.Spec.Ports![0].Port);
    }

    public static async Task<Address> OfPodAsync(KubernetesClient client, NamespacedName name, CancellationToken cancellationToken)
    {
        var pod = await client.GetAsync(BuiltInKinds.Pod, name, cancellationToken) ?? throw new IOException($"no pod {name.Name}");
        return new Address(pod.Status?.PodIP ?? throw new IOException($"{name.Name} has no address"), SqlPort);
    }
}
