using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sandbox.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>The cluster of the kubeconfig, with an operator that is installed there; a namespace of its own, deleted afterwards.</summary>
internal sealed class ClusterTarget : IScenarioTarget
{
    private const int Killed = 137;

    private readonly KubernetesMetrics metrics;
    private readonly PortForwards? forwards;

    private ClusterTarget(KubernetesClient client, KubernetesMetrics metrics, ScenarioOptions options, string ns)
    {
        this.metrics = metrics;
        Client = client;
        Namespace = ns;
        Patience = options.Patience;
        forwards = options.DirectAddresses ? null : new PortForwards(ns);
    }

    public string Namespace { get; }

    public KubernetesClient Client { get; }

    public TimeSpan Patience { get; }

    SandboxHost? IScenarioTarget.Inside => null;

    public static async Task<ClusterTarget> StartAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var metrics = new KubernetesMetrics();
        var configuration = KubernetesClientConfiguration.Load(kubeconfig: null, context: null, ClientEnvironment.OfProcess(), TimeProvider.System);
        var client = new KubernetesClient(
            configuration, new KubernetesClientOptions { UserAgent = "doltdb-scenarios" }, TimeProvider.System, metrics, NullLogger<KubernetesClient>.Instance);
        var ns = $"doltdb-scenario-{Guid.NewGuid():N}"[..24];
        await client.CreateAsync(BuiltInKinds.Namespace, new Namespace { Metadata = new ObjectMeta { Name = ns } }, cancellationToken);
        return new ClusterTarget(client, metrics, options, ns);
    }

    public async Task<IReadOnlyList<AppliedManifest>> ApplyAsync(string yaml, CancellationToken cancellationToken)
    {
        var result = await Kubectl.RunAsync(
            yaml,
            ["--namespace", Namespace, "apply", "--validate=warn", "--output", "name", "--filename", "-"],
            cancellationToken);
        if (result.ExitCode != 0)
            throw new ManifestException(result.Errors);
        const string Mark = "Warning: ";
        string[] warnings = [.. result.Errors.Split('\n').Where(line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(line => line[Mark.Length..])];
        return
        [
            .. from line in result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
               let slash = line.IndexOf('/', StringComparison.Ordinal)
               select new AppliedManifest(line[..slash], Namespace, line[(slash + 1)..], warnings),
        ];
    }

    public Task<Address> ServiceAddressAsync(string service, CancellationToken cancellationToken) =>
        forwards is null ? DirectAddresses.OfServiceAsync(Client, In(service), cancellationToken) : ForwardServiceAsync(forwards, service, cancellationToken);

    public async Task<Address> PodAddressAsync(string pod, CancellationToken cancellationToken)
    {
        if (forwards is null)
            return await DirectAddresses.OfPodAsync(Client, In(pod), cancellationToken);
        var found = await Client.GetAsync(BuiltInKinds.Pod, In(pod), cancellationToken) ?? throw new IOException($"no pod {pod}");
        return await forwards.ToAsync(pod, found.Metadata.Uid!, DirectAddresses.SqlPort, cancellationToken);
    }

    public async Task SignalAsync(string pod, ServerSignal signal, CancellationToken cancellationToken)
    {
        var name = signal switch
        {
            ServerSignal.Kill => "KILL",
            ServerSignal.Freeze => "STOP",
            _ => "CONT",
        };

        // Process 1 is tini, which takes no SIGKILL from inside its container; the image has no pkill.
        var script = $"for p in /proc/[0-9]*; do read name < $p/comm; if [ \"$name\" = dolt ]; then kill -{name} ${{p#/proc/}}; fi; done";
        var result = await Kubectl.RunAsync("", ["--namespace", Namespace, "exec", pod, "--container", "dolt", "--", "sh", "-c", script], cancellationToken);
        if (result.ExitCode is not (0 or Killed) && !result.Errors.Contains("not found", StringComparison.Ordinal))
            throw new IOException($"kubectl exec {pod}: {result.Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (forwards is not null)
            await forwards.DisposeAsync();
        await Client.DeleteAsync(BuiltInKinds.Namespace, new NamespacedName("", Namespace), new DeleteOptions(), CancellationToken.None);
        Client.Dispose();
        metrics.Dispose();
    }

    /// <summary>A forward to a pod that the Service sends to: kubectl itself looks neither at readiness nor at endpoints.</summary>
    private async Task<Address> ForwardServiceAsync(PortForwards ports, string service, CancellationToken cancellationToken)
    {
        var slices = await Client.ListAsync(BuiltInKinds.EndpointSlice, new ListOptions { Namespace = Namespace, LabelSelector = $"kubernetes.io/service-name={service}" }, cancellationToken);
        var ready =
            (from slice in slices.Items
             from endpoint in slice.Endpoints ?? []
             where endpoint.Conditions?.Ready == true && endpoint.TargetRef is { Kind: "Pod" }
             select (Pod: endpoint.TargetRef!, Port: (slice.Ports is [var port, ..] ? port.Port : null) ?? DirectAddresses.SqlPort)).FirstOrDefault();
        return ready.Pod is null ? throw new IOException($"{service} has no ready endpoint") : await ports.ToAsync(ready.Pod.Name!, ready.Pod.Uid!, ready.Port, cancellationToken);
    }

    private NamespacedName In(string name) => new(Namespace, name);
}
